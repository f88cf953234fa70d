using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Documents of one account that reach for what is another's, or the node's own.</summary>
public sealed class DocumentThiefTests(RunningNode node) : DocumentCase(node)
{
    [Fact]
    [Failure("documents-bad")]
    public async Task A_document_reaches_nothing_of_another_account_and_passes_no_gate()
    {
        var victim = await StrangerAsync();
        string name = $"shared name {Guid.NewGuid():N}", file = $"secret_{Guid.NewGuid():N}";
        // Somebody of the other account waits in a queue, and talks in a room, of the same names; and it keeps a file.
        var waiting = await WaitingAsync(victim, name);
        string media = (string)(await victim.SendAsync(HttpMethod.Post, "media", new()
        {
            ["media_name"] = file, ["media_url"] = Web.Serve("sound", (_, context) =>
            {
                context.Response.ContentType = "audio/wav";
                return context.Response.Body.WriteAsync(Wav.Tone(700, 1_000)).AsTask();
            })
        }))["media_name"]!;

        var silent = NewPhone();
        string metadata = "http://169.254.169.254/latest/meta-data/", own = new Uri(Node.Admin, "operator/v1/accounts").ToString();
        Web.Serve("after", "<Pause/>");
        await AnsweredAsync($"""
            <Dial timeout="5"><Queue>{name}</Queue></Dial>
            <Play mediaStorage="true">{media}</Play>
            <Dial timeout="5">911</Dial><Dial timeout="5">+112</Dial><Dial timeout="5">+19005550123</Dial><Dial timeout="5">+4930901820</Dial>
            <Dial timeout="5" callerId="{victim.Number}">+13125550177</Dial>
            <Dial timeout="5" callerId="{victim.Number}&#13;&#10;X-Evil: 1"><Sip>{silent.Uri}?X-Good=1&amp;P-Asserted-Identity=%3Csip:1@x%3E&amp;X-Two=a%0d%0aX-Three:b</Sip></Dial>
            <Dial timeout="5" fromDisplayName="{victim.Number}"><Sip username="a&quot;b" password="very-secret">{silent.Uri}</Sip></Dial>
            <Dial><Conference waitUrl="{metadata}" statusCallback="{own}">{name}</Conference></Dial>
            """);
        await Eventually.TrueAsync(() => silent.Calls.Count >= 2, "two calls reach the phone");
        await Eventually.TrueAsync(() => Web.All.Any(asked => asked.Path == "voice"), "asked");
        string sid = Web.All.First(asked => asked.Path == "voice")["CallSid"];
        await Eventually.SomeAsync(async () =>
        {
            string now = (await Customer.GetAsync($"calls/{Uri.EscapeDataString(sid)}/trace")).Text;
            return now.Contains("statusCallback: The URL", StringComparison.Ordinal) ? now : null;
        }, "it has come to its last verb", TimeSpan.FromSeconds(60));
        Assert.Equal(200, (await ReplaceAsync(sid, "<Hangup/>")).Status);
        await CompletedAsync(asked => asked["CallSid"] == sid);
        string trace = await EndedOnceAsync(sid);

        // Nobody was taken out of the other's queue, and nobody of its room heard of it.
        Assert.True(waiting.Received("BYE").Count == 0, "who waits for the other account is still there");
        Assert.DoesNotContain(victim.Types, type => type is "call.dequeued" or "call.bridged");
        foreach (string said in (string[])
        [
            "Play was not played", "emergency", "belongs to another account", "P-Asserted-Identity may not be set", "control characters",
            "callerId is no number", "fromDisplayName may not be another telephone number", "username has characters",
            "waitUrl: The URL's host 169.254.169.254 is not allowed", "statusCallback: The URL's host",
        ]) Assert.True(trace.Contains(said, StringComparison.OrdinalIgnoreCase), $"{said}: {trace}");
        Assert.Equal("1", silent.Calls.First(call => call.Offer["X-Good"].Length > 0).Offer["X-Good"]);
        foreach (var call in silent.Calls)
        {
            Assert.Empty(call.Offer.All("X-Evil").Concat(call.Offer.All("X-Three")));
            Assert.DoesNotContain(victim.Number, call.Offer["From"], StringComparison.Ordinal);
            Assert.DoesNotContain("1@x", string.Concat(call.Offer.All("P-Asserted-Identity")), StringComparison.Ordinal);
        }
        Assert.DoesNotContain("very-secret", trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_document_says_stays_out_of_traces_of_calls_and_of_what_others_hear()
    {
        const string secret = "s3cret-of-the-document";
        Web.Serve("menu", $"""
            <Gather numDigits="4" method="GET" action="pin?key={secret}" timeout="10"><Say>{secret}</Say></Gather>
            """);
        Web.Serve("pin", "<Hangup/>");
        var phone = await AnsweredAsync($"<Redirect method=\"GET\">menu?token={secret}</Redirect>");
        await phone.Audio.HearsSomethingAsync();
        phone.Audio.Press("4711");
        var asked = await Web.NextAsync("pin");
        Assert.Equal("4711", asked["Digits"]);
        string sid = (await CompletedAsync())["CallSid"];
        string trace = await EndedOnceAsync(sid);
        // What the gather heard is shown, where the application does not say otherwise; the document's address has it not.
        foreach (var entry in JsonNode.Parse(trace)!["data"]!["legs"]!.AsArray().SelectMany(leg => leg!["entries"]!.AsArray()))
            if ((string?)entry!["name"] == "noted") Assert.DoesNotContain("4711", entry.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, trace, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await Customer.GetAsync($"calls/{Uri.EscapeDataString(sid)}")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await Customer.GetAsync("call_events?page[size]=100")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_that_is_asked_for_by_GET_again_and_again_keeps_its_address()
    {
        int left = 12, position = 0, pressed = 0;
        PhoneCall? phone = null;
        Web.Serve("again", _ =>
        {
            position = phone?.Audio.Position ?? 0;
            return --left > 0 ? "<Gather numDigits=\"1\" method=\"GET\" timeout=\"20\"><Say>Press.</Say></Gather>" : "<Hangup/>";
        });
        phone = await AnsweredAsync("<Redirect method=\"GET\">again?of=mine</Redirect>");
        for (int i = 2; i <= 12; i++)
        {
            await Web.NextAsync("again", i - 1);
            await phone.Audio.HearsSomethingAsync(position);
            await UntilAskedAsync(() =>
            {
                pressed++;
                phone.Audio.Press("1");
            }, "again", i);
        }
        // The rest of a prompt that a key has ended may be taken for the next one's beginning. That is not so each time.
        Assert.True(pressed < 2 * 11, $"eleven keys were pressed {pressed} times");
        var last = await Web.NextAsync("again", 12);
        Assert.Equal(("mine", "1"), (last["of"], last["Digits"]));
        Assert.Equal("completed", (await CompletedAsync())["CallStatus"]);
    }

    /// <summary>A caller of that customer's, who waits in its queue.</summary>
    private async Task<PhoneCall> WaitingAsync(Customer victim, string queue)
    {
        var (call, phone) = await AnsweredAsync(victim);
        await victim.ActAsync(call, "enqueue", new JsonObject { ["queue_name"] = queue });
        await victim.NextAsync("call.enqueued");
        return phone;
    }
}
