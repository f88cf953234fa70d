using System.Web;
using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Whoever a TwiML Dial has reached refers the caller to somebody else: referUrl says what the caller goes on with.</summary>
public sealed class ReferUrlTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private const string Target = "sip:+15550100007@pbx.example.com?User-to-User=abc";

    /// <summary>The other one answers, refers the caller, and is gone.</summary>
    private async Task<(ScriptedCall Call, Step? Step, bool GoesOn)> RunAsync(string dial)
    {
        DialledNews.Refers? referral = null;
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target), Dialling = Dialling };
        var step = await rig.RunAsync($"<Response><Dial {dial}>sip:desk@127.0.0.1:9</Dial><Say>Not reached.</Say></Response>", call);
        Assert.NotNull(referral);
        return (call, step, await referral.Decision.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        Dialled Dialling(DialRequest request)
        {
            Assert.True(request.AsksOfReferrals);
            var script = new Script(request.Tenant, counter: 2);
            script.Facts = script.Facts with { To = request.To, Application = request.Application };
            referral = new(script.Facts, Target);
            var dialled = rig.Dialled.Find(request.Application.Target)!;        // the Dial has named it so
            dialled.Tell(referral);
            dialled.Tell(new DialledNews.Over((CallEvent.LegEnded)script.Ended(5, HangupCause.CalleeBusy)));
            return Dialled.Accepted(script.Facts);
        }
    }

    private static Task<Sink> ServeAsync(string body) => Sink.StartAsync((_, context) =>
    {
        context.Response.ContentType = "text/xml";
        return context.Response.WriteAsync(body, TestContext.Current.CancellationToken);
    });

    [Theory, InlineData("", "POST"), InlineData("referMethod=\"GET\"", "GET")]
    public async Task Its_document_goes_on_with_the_caller_in_place_of_the_action(string written, string method)
    {
        await using var sink = await ServeAsync("<Response><Say>One moment.</Say></Response>");
        var (call, step, goesOn) = await RunAsync($"action=\"{sink.Url}/action\" referUrl=\"{sink.Url}/refer\" {written}");
        Assert.True(goesOn);
        Assert.Equal(Step.Done, step);
        Assert.Equal(["One moment."], call.Commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Text));
        Assert.Empty(call.Warnings);
        var asked = Assert.Single(sink.All);
        Assert.Equal((method, "/refer"), (asked.Method, asked.Path));
        var fields = HttpUtility.ParseQueryString(method == "GET" ? asked.Query : asked.Text);
        Assert.Equal(Target, fields["ReferTransferTarget"]);
        Assert.StartsWith("CA", fields["CallSid"], StringComparison.Ordinal);
    }

    [Theory, InlineData("referUrl=\"/nobody\""), InlineData("referUrl=\"{0}/sound\"")]
    public async Task Where_it_leads_to_no_document_the_two_talk_on(string written)
    {
        await using var sink = await ServeAsync("no document");
        var (call, step, goesOn) = await RunAsync($"action=\"/action\" {written.Replace("{0}", sink.Url, StringComparison.Ordinal)}");
        Assert.False(goesOn);
        Assert.EndsWith("/action", Assert.IsType<Step.Go>(step).Url, StringComparison.Ordinal);
        Assert.StartsWith("referUrl: ", Assert.Single(call.Warnings), StringComparison.Ordinal);
    }
}
