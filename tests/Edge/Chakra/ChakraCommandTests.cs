using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Chakra.Calling;
using Ringwright.Chakra.Telling;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>Calls that go on are held, handed on and ended; what the cases of the call log say beside (CH4, CH8, CH14).</summary>
public sealed class ChakraCommandTests
{
    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A_call_is_held_and_handed_on()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await NotRequiredAsync(host);
        await MissedAsync(host);
        var (id, control, caller, callId) = await host.RingAsync();
        using var peer = caller;
        await host.RefusesAsync(409, null, "POST", $"/call/{id}/hold");         // nobody has answered
        await host.ActAsync(control, "answer");
        string ok = await caller.HearAsync("SIP/2.0 200");
        caller.Send(caller.Inside(ok, ChakraHost.Number, "ACK", 1, callId));
        await host.BecomesAsync(id, "IN_PROGRESS");

        Assert.Equal("IN_PROGRESS", (string?)(await host.DoneAsync("POST", $"/call/{id}/hold"))["callStatus"]);
        string held = await caller.HearAsync("INVITE ");
        Assert.Matches("(?m)^a=(sendonly|inactive)\r$", held);
        caller.Send(caller.Response(held, "200 OK", caller.Sdp));
        await host.DoneAsync("POST", $"/call/{id}/hold", """{"hold":false}""");
        string back = await caller.HearAsync("INVITE ");
        Assert.DoesNotMatch("(?m)^a=(sendonly|inactive)\r$", back);
        caller.Send(caller.Response(back, "200 OK", caller.Sdp));

        int called = host.Far.Calls.Count;
        foreach (var (field, json) in new[]
            {
                ("to", """{"to":"+99912345678901"}"""), ("to", """{"to":"+99900000000"}"""), ("to", """{"to":"Bob"}"""), ("to", "{}"),
                ("from", """{"to":"+15550177001","from":"+99900000000"}"""), ("whom", """{"to":"+15550177001","whom":"Bob"}"""),
            })
            await host.RefusesAsync(400, field, "POST", $"/call/{id}/transfer", json);
        await host.RefusesAsync(400, "mood", "POST", $"/call/{id}/hold", """{"mood":"good"}""");
        Assert.Equal(called, host.Far.Calls.Count);
        await host.RefusesAsync(404, null, "POST", $"/call/{id}/hold", token: host.Other);
        await host.RefusesAsync(404, null, "POST", $"/call/{id}/transfer", """{"to":"+15550177001"}""", host.Other);

        await host.DoneAsync("POST", $"/call/{id}/transfer", $$"""{"to":"sip:now-9@127.0.0.1:{{host.Far.Port}}"}""");
        var other = await host.Far.CalledAsync("now-9");
        await Eventually.TrueAsync(() => other.IsUp, "he has answered");
        string second = await Eventually.SomeAsync(async () => (await host.ListAsync("""{"filter":{"type":"OUTBOUND"}}""")).Calls
            .Where(call => (string?)call["callStatus"] is "IN_PROGRESS").Select(call => (string?)call["id"]).FirstOrDefault(),
            "the call to him is listed");
        Assert.False((await host.CallAsync(id)).ContainsKey("callEnd"), "the caller stays");
        // Who is called is told of, as any call of the team: it asks for its disposition.
        other.Hangup();
        await host.BecomesAsync(second, "DISCONNECTED_NOT_DISPOSED");
        string bye = await caller.HearAsync("BYE ");
        caller.Send(caller.Response(bye, "200 OK"));
        await host.BecomesAsync(id, "DISCONNECTED_NOT_DISPOSED");
        await host.RefusesAsync(409, null, "POST", $"/call/{id}/hold");
        await host.RefusesAsync(409, null, "POST", $"/call/{id}/transfer", """{"to":"+15550177001"}""");
    }

    /// <summary>CH12: who takes a call at his device handles it.</summary>
    [Fact]
    public async Task A_call_that_an_agent_takes_at_his_device_is_his()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        string user = Guid.NewGuid().ToString(), device = $"sip:now-9@127.0.0.1:{host.Far.Port}";
        await host.DoneAsync("PUT", "/config", $$"""{"dispositions":[],"users":[{"id":"{{user}}","device":"{{device}}"}]}""");
        var (id, control, caller, callId) = await host.RingAsync();
        using var peer = caller;
        await host.ActAsync(control, "answer");
        string ok = await caller.HearAsync("SIP/2.0 200");
        caller.Send(caller.Inside(ok, ChakraHost.Number, "ACK", 1, callId));
        Assert.Null((await host.BecomesAsync(id, "IN_PROGRESS"))["user"]);
        await host.DoneAsync("POST", $"/call/{id}/transfer", $$"""{"to":"{{device}}"}""");
        Assert.Equal(user, await Eventually.SomeAsync(async () => (string?)(await host.CallAsync(id))["user"], "it is somebody's"));
        Assert.Contains(id, (await host.ListAsync($$$"""{"filter":{"user":"{{{user}}}","type":"INBOUND"}}""")).Calls
            .Select(call => (string)call["id"]!));

        // What a person says of it stays.
        string other = Guid.NewGuid().ToString();
        await host.DoneAsync("PUT", "/call/" + id, $$"""{"user":"{{other}}"}""");
        (await host.Far.CalledAsync("now-9")).Hangup();
        string bye = await caller.HearAsync("BYE ");
        caller.Send(caller.Response(bye, "200 OK"));
        Assert.Equal(other, (string?)(await host.BecomesAsync(id, "ANSWERED"))["user"]);
    }

    /// <summary>CH12: what somebody says in the moment in which the node finds out whose a call is stays.</summary>
    [Fact]
    public async Task Whose_a_call_is_is_said_by_people_first_and_found_out_past_calls_that_cannot_be_read()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        var store = host.Node.Node.Database;
        var stop = TestContext.Current.CancellationToken;
        var team = new TenantId(Guid.Parse(host.Team));
        string user = Guid.NewGuid().ToString(), other = Guid.NewGuid().ToString(), device = "sip:desk@example.org";
        await host.DoneAsync("PUT", "/config", $$"""{"dispositions":[],"users":[{"id":"{{user}}","device":"{{device}}"}]}""");
        string said = await host.DialAsync("now-1"), unsaid = await host.DialAsync("now-2");
        foreach (string id in new[] { said, unsaid }) await host.BecomesAsync(id, "IN_PROGRESS");

        var telling = new ChakraTelling(store, NullLogger.Instance);
        var calls = new ChakraCalls(store, telling);
        var seen = await calls.FindAsync(team, said, stop);
        await host.DoneAsync("PUT", "/call/" + said, $$"""{"user":"{{other}}"}""");
        var now = store.Time.GetUtcNow();
        await calls.LinkUnsaidAsync(team, seen!, new() { ["user"] = user }, now, new()
        {
            Tenant = team, At = now, By = AuditActor.Node, Change = "updated", RecordType = ChakraCalls.RecordType, ResourceId = said,
        }, stop);
        Assert.Equal(other, (string?)(await host.CallAsync(said))["user"]);

        telling.Users.On(Joined(null!));       // no call has no other end
        telling.Users.On(Joined(device));
        await telling.Users.LookAsync(stop);
        Assert.Equal(user, (string?)(await host.CallAsync(unsaid))["user"]);
        Assert.Equal(1, telling.Users.Waiting);
        for (int i = 0; i < 2; i++) await telling.Users.LookAsync(stop);
        Assert.Equal(0, telling.Users.Waiting);

        for (int i = 0; i <= CallUsers.Most; i++) telling.Users.On(Joined(device));
        Assert.Equal(CallUsers.Most, telling.Users.Waiting);

        CallEvent Joined(string to) => new CallEvent.LegBridged(default)
        {
            Leg = new Script(team).Facts with { Uuid = Guid.Parse(unsaid), To = to }, At = Script.At(3),
        };
    }

    /// <summary>CH8: what nobody has talked on is never over and talked on.</summary>
    private static async Task MissedAsync(ChakraHost host)
    {
        var (id, _, caller, callId) = await host.RingAsync();
        using var peer = caller;
        caller.Send(caller.Request("CANCEL", ChakraHost.Number, callId, $"<sip:{ChakraHost.Number}@{host.Node.Node.Settings.Sip}>", 1,
            "z9hG4bK" + callId, null));
        await host.BecomesAsync(id, "MISSED");
        await host.RefusesAsync(409, null, "POST", $"/call/{id}/dispose", """{"disposition":"paid"}""");
        await host.RefusesAsync(404, null, "GET", $"/call/{id}/disposition");
        var missed = await host.CallAsync(id);
        Assert.Equal(("MISSED", null, null), ((string?)missed["callStatus"], missed["connectionStart"], missed["disposedAt"]));
    }

    /// <summary>A team may have dispositions and demand none (CH4).</summary>
    private static async Task NotRequiredAsync(ChakraHost host)
    {
        var said = await host.DoneAsync("PUT", "/config", """{"dispositions":["paid"],"dispositionRequired":false}""");
        Assert.False((bool)said["dispositionRequired"]!);
        string id = await host.DialAsync("now-1");
        await host.BecomesAsync(id, "IN_PROGRESS");
        (await host.Far.CalledAsync("now-1")).Hangup();
        Assert.Null((await host.BecomesAsync(id, "COMPLETED"))["disposedAt"]);
        var disposed = await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"paid"}""");
        Assert.Equal("COMPLETED", (string?)disposed["callStatus"]);
        Assert.NotNull(disposed["disposedAt"]);
        Assert.True((bool)(await host.DoneAsync("PUT", "/config", """{"dispositions":["paid"]}"""))["dispositionRequired"]!);
        Assert.False((bool)(await host.DoneAsync("GET", "/config", token: host.Other))["dispositionRequired"]!);
    }

    /// <summary>CH14: the same alias on the next call, and by the next process.</summary>
    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task Who_has_no_number_keeps_his_alias_over_a_restart()
    {
        using var folder = new TempFolder();
        string ann, nobody;
        await using (var host = await ChakraHost.StartAsync(isPostgres: false, folder.Path))
        {
            ann = await PartyAsync(host, "<sip:ann@example.org>", "ann-1");
            nobody = await PartyAsync(host, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "nobody-1");
            Assert.Equal("+99900000000", nobody);
            Assert.StartsWith("+999", ann, StringComparison.Ordinal);
            Assert.NotEqual(nobody, ann);
            Assert.Equal(ann, await PartyAsync(host, "<sip:ann@example.org>", "ann-2"));
            Assert.NotEqual(ann, await PartyAsync(host, "<sip:bob@example.org>", "bob-1"));
        }
        await using var next = await ChakraHost.StartAsync(isPostgres: false, folder.Path, isAgain: true);
        Assert.Equal(2, (await next.ListAsync($$$"""{"filter":{"from":"{{{ann}}}"}}""")).Calls.Count);
        Assert.Single((await next.ListAsync($$$"""{"filter":{"from":"{{{nobody}}}"}}""")).Calls);
        Assert.Equal(ann, await PartyAsync(next, "<sip:ann@example.org>", "ann-3"));
    }

    /// <summary>Who is shown to have called; he gives up.</summary>
    private static async Task<string> PartyAsync(ChakraHost host, string from, string callId)
    {
        var known = (await host.ListAsync("""{"limit":200}""")).Calls.Select(call => (string)call["id"]!).ToHashSet();
        await host.NumberAsync();
        using var caller = new SipPeer(host.Node.Node.Settings.Sip);
        string invite = caller.Invite(ChakraHost.Number, callId).Replace("<sip:+4930123@example.net>", from, StringComparison.Ordinal);
        caller.Send(invite);
        await caller.HearAsync("SIP/2.0 180");
        var call = await Eventually.SomeAsync(async () => (await host.ListAsync("""{"limit":200}""")).Calls
            .FirstOrDefault(one => !known.Contains((string)one["id"]!)), "the call is listed");
        caller.Send(caller.Request("CANCEL", ChakraHost.Number, callId, $"<sip:{ChakraHost.Number}@{host.Node.Node.Settings.Sip}>", 1,
            "z9hG4bK" + callId, null).Replace("<sip:+4930123@example.net>", from, StringComparison.Ordinal));
        await host.BecomesAsync((string)call["id"]!, "MISSED");
        return (string)call["from"]!;
    }
}
