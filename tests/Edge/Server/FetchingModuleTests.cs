using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Net;
using Ringwright.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A module's program fetches by the node's egress under its target policy. Whatever the far end does is a value, and the call has one end.
/// </summary>
public sealed class FetchingModuleTests
{
    /// <summary>No healthy machine reaches it.</summary>
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_an_address_answers_is_a_value_and_the_call_ends_by_its_program()
    {
        await using var sink = await Sink.StartAsync(AnswerAsync);
        var module = new FetchingModule(Patient);
        await using var node = await RunningNode.StartAsync(modules: [module]);
        using var far = new SipPeer(node.Node.Settings.Sip);
        (string Url, string Told)[] asked =
        [
            ($"{sink.Url}/fine", "go on"),
            ($"{sink.Url}/broken", $"{EgressFailure.HttpStatus} 500"),
            ($"{sink.Url}/huge", $"{EgressFailure.TooLarge}"),
            ($"{sink.Url}/endless", $"{EgressFailure.TooLarge}"),
            ($"{sink.Url}/loop", $"{EgressFailure.TooManyRedirects}"),
            ($"{sink.Url}/inside", $"{EgressFailure.Forbidden}"),
            ($"{sink.Url}/file", $"{EgressFailure.BadUrl}"),
            ("http://169.254.169.254/latest/meta-data/", $"{EgressFailure.Forbidden}"),
            ("file:///etc/passwd", $"{EgressFailure.BadUrl}"),
        ];
        foreach (var (url, _) in asked)
        {
            await module.Joined!.CallAsync($"sip:anybody@{far.Local}", url, Stop);     // it has joined
            string invite = await far.HearAsync("INVITE");
            far.Send(far.Response(invite, "180 Ringing"));
            far.Send(far.Response(await far.HearAsync("CANCEL"), "200 OK"));
            far.Send(far.Response(invite, "487 Request Terminated"));
        }
        Assert.Equal(asked.Select(one => one.Told), module.Joined!.Told);
        // Nobody was asked again, and nothing but what was named.
        Assert.Equal(["/fine", "/broken", "/huge", "/endless", "/loop", "/loop", "/loop", "/inside", "/file"],
            sink.All.Select(received => received.Path));
    }

    [Fact]
    public async Task An_address_that_hangs_is_given_up_by_the_programs_patience()
    {
        await using var sink = await Sink.StartAsync(AnswerAsync);
        var module = new FetchingModule(TimeSpan.FromSeconds(1));
        await using var node = await RunningNode.StartAsync(modules: [module]);
        using var far = new SipPeer(node.Node.Settings.Sip);
        await module.Joined!.CallAsync($"sip:anybody@{far.Local}", $"{sink.Url}/hang", Stop);      // it has joined
        string invite = await far.HearAsync("INVITE");
        far.Send(far.Response(invite, "180 Ringing"));
        far.Send(far.Response(await far.HearAsync("CANCEL"), "200 OK"));
        far.Send(far.Response(invite, "487 Request Terminated"));
        Assert.Equal($"{EgressFailure.TimedOut}", Assert.Single(module.Joined!.Told));
    }

    [Fact]
    public async Task A_call_that_ends_takes_the_fetch_of_its_program_with_it()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var sink = await Sink.StartAsync((_, http) =>
        {
            http.RequestAborted.Register(() => left.TrySetResult());
            return left.Task;
        });
        var module = new FetchingModule(Patient);
        await using var node = await RunningNode.StartAsync(modules: [module]);
        using var far = new SipPeer(node.Node.Settings.Sip);
        await module.Joined!.CallAsync($"sip:anybody@{far.Local}", $"{sink.Url}/hang", Stop);      // it has joined
        string invite = await far.HearAsync("INVITE");
        far.Send(far.Response(invite, "180 Ringing"));
        await Eventually.TrueAsync(() => sink.All.Count == 1, "the program asks");
        far.Send(far.Response(invite, "486 Busy Here"));
        await left.Task.WaitAsync(Patient, Stop);
        await Eventually.TrueAsync(() => !module.Joined!.Told.IsEmpty, "the program has heard of it");
        Assert.Equal(FetchingModule.LetGo, Assert.Single(module.Joined!.Told));
    }

    private static async Task AnswerAsync(Received received, HttpContext http)
    {
        switch (received.Path)
        {
            case "/fine":
                await http.Response.WriteAsync("go on", http.RequestAborted);
                break;
            case "/broken":
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                break;
            case "/huge":
                http.Response.ContentLength = FetchingModule.MostBytes + 1;
                await http.Response.WriteAsync(new string('x', FetchingModule.MostBytes + 1), http.RequestAborted);
                break;
            // Says no length, and does not end by itself.
            case "/endless":
                while (!http.RequestAborted.IsCancellationRequested) await http.Response.WriteAsync(new string('x', 100), Stop);
                break;
            case "/loop":
                http.Response.Redirect("/loop");
                break;
            case "/inside":
                http.Response.Redirect("http://169.254.169.254/latest/meta-data/");
                break;
            case "/file":
                http.Response.Redirect("file:///etc/passwd");
                break;
            case "/hang":
                var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                http.RequestAborted.Register(() => left.TrySetResult());
                await left.Task;
                break;
        }
    }
}
