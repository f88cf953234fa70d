using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A customer with a web server and a TeXML application, which calls come to and are placed by.</summary>
public abstract class DocumentCase(RunningNode node) : CallCase(node), IAsyncLifetime
{
    /// <summary>Longer than what is said or pressed, the silence that ends it, and a request on a busy machine.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(4);

    private protected DocumentServer Web { get; private set; } = null!;       // set before each test
    private protected Customer Customer { get; private set; } = null!;           // the same
    private protected string Application { get; private set; } = "";

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Web = await DocumentServer.StartAsync();
        Customer = await CustomerAsync();
        Application = await ApplicationAsync(Customer);
        await Customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(Customer.Number)}",
            new() { ["connection_id"] = Application });
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Web.DisposeAsync();
    }

    /// <summary>The customer's number is answered by this document from now on.</summary>
    private protected void Apply(string verbs) => Web.Serve("voice", verbs.Trim());

    private protected async Task<PhoneCall> CallAsync(string from = "+13125550142", string? header = null)
    {
        var call = NewPhone().Call(Customer.Number, from, header: header);
        await call.ReachesAsync(200);
        return call;
    }

    private protected async Task<string> ApplicationAsync(Customer of) =>
        (string)(await of.SendAsync(HttpMethod.Post, "texml_applications", new()
        {
            ["friendly_name"] = $"Documents {Guid.NewGuid():N}", ["voice_url"] = Web.Root + "voice",
            ["status_callback"] = Web.Root + "status", ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = of.Profile },
        }))["id"]!;

    /// <summary>A call to the customer's number, which this document answers.</summary>
    private protected PhoneCall Begin(string verbs, string from = "+13125550142")
    {
        Web.Serve("voice", verbs);
        return NewPhone().Call(Customer.Number, from);
    }

    private protected async Task<PhoneCall> AnsweredAsync(string verbs)
    {
        var call = Begin(verbs);
        await Eventually.TrueAsync(() => call.Statuses.Contains(200), () => $"the caller is answered; it got "
            + $"{string.Join(", ", call.Statuses)}; asked were {string.Join(", ", Web.All.Select(asked => asked.Path))}\n{Node.Output}");
        return call;
    }

    /// <summary>The callback that tells of a call's end.</summary>
    private protected async Task<Asked> CompletedAsync(int nth) => await Eventually.SomeAsync(
        () => ValueTask.FromResult(Web.All.Where(asked => asked.Path == "status" && asked["SequenceNumber"] == "3")
            .ElementAtOrDefault(nth - 1)),
        () => $"end {nth}; there were {string.Join(", ", Web.All.Select(a => $"{a.Path} {a["CallStatus"]}"))}");

    /// <summary>What the trace of a call that is over says, as text.</summary>
    private protected async Task<string> TraceAsync(string sid) =>
        (await Customer.GetAsync($"calls/{Uri.EscapeDataString(sid)}/trace")).Text;

    /// <summary>One speaks until the other hears it.</summary>
    private protected static Task HearAsync(PhoneCall from, PhoneCall to) => from.SpeaksToAsync(to);

    /// <summary>A file that a callback names, as soon as it is there.</summary>
    private protected static async Task<byte[]> FetchAsync(string url) => await Eventually.SomeAsync(async () =>
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(url, TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken) : null;
    }, $"{url} can be fetched");

    /// <summary>A phone that answers, and then runs the document of this URL.</summary>
    /// <returns>The call's id.</returns>
    private protected async Task<string> PlaceAsync(JsonObject body)
    {
        var phone = NewPhone();
        (body["To"], body["From"]) = (phone.Uri, Customer.Number);
        string sid = (string)(await Customer.SendAsync(HttpMethod.Post, $"texml/calls/{Application}", body))["sid"]!;
        await (await phone.RingsAsync()).AcceptAsync();
        return sid;
    }

    /// <summary>Another document in place of what the call runs.</summary>
    private protected Task<Answer> ReplaceAsync(string sid, string verbs) => Customer.TryAsync(HttpMethod.Post,
        $"texml/calls/{Uri.EscapeDataString(sid)}/update", new() { ["Texml"] = $"<Response>{verbs}</Response>" });

    private protected async Task<Asked> CompletedAsync(Func<Asked, bool>? which = null, string path = "status", TimeSpan? within = null) =>
        await Eventually.SomeAsync(
            () => ValueTask.FromResult(Web.All.FirstOrDefault(asked =>
                asked.Path == path && asked["SequenceNumber"] == "3" && which?.Invoke(asked) is not false)),
            () => $"the end; there were {string.Join(", ", Web.All.Select(a => $"{a.Path} {a["CallStatus"]}"))}\n{Node.Output}", within);

    /// <summary>Its trace, in which it ends once; its end has been told once.</summary>
    private protected async Task<string> EndedOnceAsync(string sid)
    {
        var trace = await Customer.GetAsync($"calls/{Uri.EscapeDataString(sid)}/trace");
        Assert.Equal(200, trace.Status);
        foreach (var leg in trace.Data["legs"]!.AsArray())
            Assert.Single(leg!["entries"]!.AsArray(), entry => (string?)entry!["name"] == "leg_ended");
        Assert.Single(Web.All, asked => asked["CallSid"] == sid && asked["SequenceNumber"] == "3");
        return trace.Text;
    }

    /// <summary>
    /// Does something, and again after a while, until it has led to a request: what listens to a phone may have begun too late for the
    /// first time.
    /// </summary>
    private protected async Task<Asked> UntilAskedAsync(Action act, string path, int nth = 1)
    {
        var asked = Web.NextAsync(path, nth);
        while (!asked.IsCompleted)
        {
            act();
            await Task.WhenAny(asked, Task.Delay(Again, TestContext.Current.CancellationToken));
        }
        return await asked;
    }
}
