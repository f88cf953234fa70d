using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>Each of the fifteen words by what really leads to it.</summary>
public sealed class ChakraStatusTests
{
    private readonly HashSet<string> _seen = [];

    /// <summary>PostgreSQL is deep, as for calls of other faces.</summary>
    public static TheoryData<bool> OnPostgres => Depth.Rows([false], [true]);

    [Depth("Pure's FaceOracle judges the table of words; CallFacesTests have twenty calls of all ends")]
    [Theory, MemberData(nameof(OnPostgres))]
    public async Task Every_status_has_a_cause_and_is_found_by_its_word(bool isPostgres)
    {
        await using var host = await ChakraHost.StartAsync(isPostgres);
        await NobodyTalksAsync(host);
        await InboundAsync(host);
        // A team without dispositions.
        string before = await TalkAsync(host, "now-1");
        await EndAsync(host, "now-1");
        Saw(await host.BecomesAsync(before, "COMPLETED"));
        await host.RefusesAsync(400, "disposition", "POST", $"/call/{before}/dispose", """{"disposition":"paid"}""");

        await host.DoneAsync("PUT", "/config", """{"dispositions":["paid","later"]}""");
        await DisposeAfterAsync(host);
        await DisposeBeforeAsync(host);
        await WrongNumberAsync(host);
        await InboundDisposedAsync(host);
        Assert.Equal("COMPLETED", (string?)(await host.CallAsync(before))["callStatus"]);

        foreach (string word in new[] { "UNKNOWN", "LOGGED" })
        {
            string said = word == "LOGGED" ? ""","callStatus":"LOGGED" """ : "";
            Saw((await host.DoneAsync("POST", "/call/log",
                $$"""{"to":"+15550177001","from":"{{ChakraHost.Number}}","type":"OUTBOUND"{{said}}}""")).AsObject());
        }
        Assert.Equal(ChakraRules.Statuses.Order(), _seen.Order());

        // What is asked for by a word is what is shown by it.
        var all = (await host.ListAsync("""{"limit":200}""")).Calls;
        foreach (string word in ChakraRules.Statuses)
        {
            var (found, meta) = await host.ListAsync($$"""{"filter":{"callStatus":["{{word}}"]},"limit":200}""");
            Assert.Equal(Ids(all.Where(call => (string?)call["callStatus"] == word)), Ids(found));
            Assert.Equal(found.Count, (int)meta["total"]!);
        }
    }

    private async Task NobodyTalksAsync(ChakraHost host)
    {
        foreach (var (user, word) in new[]
            {
                ("busy-1", "BUSY"), ("noans-1", "UNANSWERED"), ("decline-1", "REJECTED"), ("err-1", "FAILED"), ("nf-1", "FAILED"),
            })
        {
            string id = await host.DialAsync(user);
            var call = await host.BecomesAsync(id, word);
            Saw(call);
            Assert.Equal(("OUTBOUND", "api", null, null), ((string?)call["type"], (string?)call["callInitiateLocation"],
                (string?)call["user"], (string?)call["recordingUrl"]));
            Assert.Equal("+15559876543", (string?)call["from"]);
            Assert.StartsWith("+999", (string?)call["to"]);
            Assert.Contains(id, Ids((await host.ListAsync($$$"""{"filter":{"to":"{{{call["to"]}}}"}}""")).Calls));
        }
        // Nobody says anything there.
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string queued = await host.DialAsync($"far@127.0.0.1:{((IPEndPoint)silent.Client.LocalEndPoint!).Port}", "sip",
            """{"type":"hangup"}""");
        Saw(await host.BecomesAsync(queued, "QUEUED"));
        string ringing = await host.DialAsync("ring-1");
        Saw(await host.BecomesAsync(ringing, "RINGING"));
        await host.DoneAsync("PUT", "/config", """{"dispositions":["paid"]}""");
        await host.RefusesAsync(409, null, "POST", $"/call/{ringing}/dispose", """{"disposition":"paid"}""");
        await host.DoneAsync("PUT", "/config", """{"dispositions":[]}""");
        foreach (string id in new[] { queued, ringing })
        {
            await host.DoneAsync("POST", $"/call/{id}/hangup");
            Saw(await host.BecomesAsync(id, "FAILED"));
            await host.RefusesAsync(409, null, "POST", $"/call/{id}/hangup");
        }
    }

    private async Task InboundAsync(ChakraHost host)
    {
        var (missed, _, caller, callId) = await host.RingAsync();
        Saw(await host.BecomesAsync(missed, "RINGING"));
        caller.Send(caller.Request("CANCEL", ChakraHost.Number, callId, $"<sip:{ChakraHost.Number}@{host.Node.Node.Settings.Sip}>", 1,
            "z9hG4bK" + callId, null));
        Saw(await host.BecomesAsync(missed, "MISSED"));
        caller.Dispose();

        var (rejected, control, other, _) = await host.RingAsync();
        await host.ActAsync(control, "reject", """{"cause":"CALL_REJECTED"}""");
        Saw(await host.BecomesAsync(rejected, "REJECTED"));
        other.Dispose();

        var (answered, call) = await AnswerAsync(host);
        var over = await host.BecomesAsync(answered, "ANSWERED");
        Saw(over);
        Assert.Equal(("INBOUND", "inbound", "+4930123", ChakraHost.Number), ((string?)over["type"],
            (string?)over["callInitiateLocation"], (string?)over["from"], (string?)over["to"]));
        call.Dispose();
    }

    private async Task InboundDisposedAsync(ChakraHost host)
    {
        var (id, call) = await AnswerAsync(host);
        await host.BecomesAsync(id, "DISCONNECTED_NOT_DISPOSED");
        await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"later"}""");
        await host.BecomesAsync(id, "COMPLETED");
        call.Dispose();
    }

    private async Task<(string Id, SipPeer Caller)> AnswerAsync(ChakraHost host)
    {
        var (id, control, caller, callId) = await host.RingAsync();
        await host.ActAsync(control, "answer");
        string ok = await caller.HearAsync("SIP/2.0 200");
        caller.Send(caller.Inside(ok, ChakraHost.Number, "ACK", 1, callId));
        Saw(await host.BecomesAsync(id, "IN_PROGRESS"));
        caller.Send(caller.Inside(ok, ChakraHost.Number, "BYE", 2, callId));
        return (id, caller);
    }

    private async Task DisposeAfterAsync(ChakraHost host)
    {
        string id = await TalkAsync(host, "now-2");
        await EndAsync(host, "now-2");
        var left = await host.BecomesAsync(id, "DISCONNECTED_NOT_DISPOSED");
        Saw(left);
        await host.RefusesAsync(404, null, "GET", $"/call/{id}/disposition");
        await host.RefusesAsync(400, "disposition", "POST", $"/call/{id}/dispose", """{"disposition":"nothing of the kind"}""");
        var done = await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"paid","notes":"in two parts"}""");
        Assert.Equal("COMPLETED", (string?)done["callStatus"]);
        Assert.True((long)done["disposedAt"]! >= (long)done["callEnd"]!);
        Assert.Equal(((long)left["callDuration"]!, (long)left["connectionDuration"]!),
            ((long)done["callDuration"]!, (long)done["connectionDuration"]!));
        await host.RefusesAsync(409, null, "POST", $"/call/{id}/dispose", """{"disposition":"later"}""");
        var said = await host.DoneAsync("GET", $"/call/{id}/disposition");
        Assert.Equal(("paid", "in two parts", false, (long)done["disposedAt"]!),
            ((string?)said["disposition"], (string?)said["notes"], (bool)said["wrongNumber"]!, (long)said["disposedAt"]!));
    }

    private async Task DisposeBeforeAsync(ChakraHost host)
    {
        string id = await TalkAsync(host, "now-3");
        var disposed = await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"later"}""");
        Saw(disposed.AsObject());
        Assert.Equal("DISPOSED_NOT_DISCONNECTED", (string?)disposed["callStatus"]);
        Assert.Null(disposed["callEnd"]);
        var far = await host.Far.CalledAsync("now-3");
        Assert.False(far.IsOver, "it goes on");
        await EndAsync(host, "now-3");
        var over = await host.BecomesAsync(id, "COMPLETED");
        Assert.Equal((long)disposed["disposedAt"]!, (long)over["disposedAt"]!);
        Assert.True((long)over["disposedAt"]! < (long)over["connectionEnd"]!);
    }

    private async Task WrongNumberAsync(ChakraHost host)
    {
        const string wrong = """{"disposition":"later","wrongNumber":true}""";
        string first = await TalkAsync(host, "now-4"), second = await TalkAsync(host, "now-5");
        Assert.Equal("DISPOSED_NOT_DISCONNECTED", (string?)(await host.DoneAsync("POST", $"/call/{first}/dispose", wrong))["callStatus"]);
        await EndAsync(host, "now-4");
        await EndAsync(host, "now-5");
        await host.BecomesAsync(second, "DISCONNECTED_NOT_DISPOSED");
        Assert.Equal("WRONG_NUM", (string?)(await host.DoneAsync("POST", $"/call/{second}/dispose", wrong))["callStatus"]);
        Saw(await host.BecomesAsync(first, "WRONG_NUM"));
    }

    private async Task<string> TalkAsync(ChakraHost host, string user)
    {
        string id = await host.DialAsync(user);
        Saw(await host.BecomesAsync(id, "IN_PROGRESS"));
        return id;
    }

    private static async Task EndAsync(ChakraHost host, string user) => (await host.Far.CalledAsync(user)).Hangup();

    private void Saw(JsonObject call)
    {
        ChakraRules.Hold(call);
        _seen.Add((string)call["callStatus"]!);
    }

    private static IEnumerable<string> Ids(IEnumerable<JsonObject> calls) => calls.Select(call => (string)call["id"]!).Order();
}
