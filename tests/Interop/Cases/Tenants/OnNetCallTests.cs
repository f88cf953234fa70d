using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Calls from one account of the node to a number of another: each has a leg of its own, with sound between them, and neither learns more
/// than by a carrier. The accounts are others than those that may see nothing of each other: who calls a number knows it.
/// </summary>
public sealed class OnNetCallTests(RunningNode node) : IAsyncLifetime
{
    private static readonly string[] Ids = ["call_control_id", "call_leg_id", "call_session_id"];

    private static int _numbers;

    private readonly List<Party> _parties = [];

    private sealed record Party(string Name, Customer Customer);

    /// <summary>An account, one below it, and a stranger to both.</summary>
    public async ValueTask InitializeAsync()
    {
        string mark = Guid.NewGuid().ToString("N")[..8], agency = $"agency {mark}";
        foreach (var (name, parent) in new (string, string?)[] { (agency, null), ($"client {mark}", agency), ($"rival {mark}", null) })
        {
            string number = $"+1555043{Interlocked.Increment(ref _numbers):D4}";
            var made = await node.NewTenantAsync(name, parent);
            await node.ImportNumbersAsync([number], name);
            _parties.Add(new(name, await Customer.CreateAsync(node, number, key: (string)made["telnyx_key"]!)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var party in _parties) await party.Customer.DisposeAsync();
    }

    [Fact]
    public async Task A_dial_to_anothers_number_is_answered_heard_and_seen_by_each_in_his_own_leg()
    {
        var pairs = from caller in _parties from callee in _parties where caller != callee select (caller, callee);
        // In the gate the first account with the one below it and with the stranger.
        foreach (var (caller, callee) in pairs.Take(Depth.Times(2, int.MaxValue)))
        {
            string mine = Convert.ToBase64String(Encoding.UTF8.GetBytes($"only {caller.Name}'s, of a call to {callee.Name}"));
            var before = callee.Customer.Sink.Taken.Select(w => w.Call).ToHashSet();
            var dialled = await caller.Customer.DialAsync(callee.Customer.Number, new() { ["client_state"] = mine });
            var called = (await callee.Customer.WebhookAsync(w => w.Type == "call.initiated"
                && IsBetween(w.Payload, caller, callee, "incoming") && !before.Contains(w.Call),
                $"the call of {caller.Name} at {callee.Name}")).Payload;
            Assert.All(Ids, id => Assert.NotEqual((string?)dialled[id], (string?)called[id]));
            await callee.Customer.ActAsync(called, "answer");
            await OfAsync(caller, dialled, "call.answered");

            await callee.Customer.ActAsync(called, "send_dtmf", new() { ["digits"] = "4" });
            Assert.Equal("4", (string?)(await OfAsync(caller, dialled, "call.dtmf.received"))["digit"]);
            await caller.Customer.ActAsync(dialled, "send_dtmf", new() { ["digits"] = "7" });
            Assert.Equal("7", (string?)(await OfAsync(callee, called, "call.dtmf.received"))["digit"]);

            Assert.NotInRange((await caller.Customer.TryActAsync(called, "hangup")).Status, 200, 299);
            await caller.Customer.ActAsync(dialled, "hangup");
            Assert.Equal("caller", (string?)(await OfAsync(callee, called, "call.hangup"))["hangup_source"]);
            await OfAsync(caller, dialled, "call.hangup");

            foreach (string id in Ids)
            {
                Assert.DoesNotContain(caller.Customer.Sink.Taken,
                    w => w.Body.ToJsonString().Contains((string)called[id]!, StringComparison.Ordinal));
                Assert.DoesNotContain(callee.Customer.Sink.Taken,
                    w => w.Body.ToJsonString().Contains((string)dialled[id]!, StringComparison.Ordinal));
            }
            Assert.DoesNotContain(callee.Customer.Sink.Taken, w => w.Body.ToJsonString().Contains(mine, StringComparison.Ordinal));
            await HasLadderAsync(caller, dialled, "--->");
            await HasLadderAsync(callee, called, "<---");
        }
    }

    [Fact]
    public async Task Two_accounts_whose_numbers_forward_to_each_other_end_the_call_and_hold_nothing()
    {
        var (one, two) = (_parties[0], _parties[2]);
        var before = Legs(one, "call.initiated").Union(Legs(two, "call.initiated")).ToHashSet();
        await ForwardAsync(one, two.Customer.Number);
        await ForwardAsync(two, one.Customer.Number);
        try
        {
            var dialled = await one.Customer.DialAsync(two.Customer.Number);
            var end = await OfAsync(one, dialled, "call.hangup");
            Assert.Equal("482", (string?)end["sip_hangup_cause"]);
            await Eventually.SomeAsync(
                async () => (await LiveAsync(one)).Contains(two.Customer.Number, StringComparison.Ordinal) ? null : "gone",
                "nothing of the loop is left");
            // Both accounts have heard of all its legs, each of which has ended: who calls next is not taken for one of them.
            foreach (var party in new[] { one, two })
                await Eventually.TrueAsync(() => Legs(party, "call.initiated").Except(before).ToHashSet()
                    .IsSubsetOf(Legs(party, "call.hangup")), "each leg's end is told");
        }
        finally
        {
            await ForwardAsync(one, null);
            await ForwardAsync(two, null);
        }
    }

    private static HashSet<string> Legs(Party party, string type) =>
        [.. party.Customer.Sink.Taken.Where(w => w.Type == type).Select(w => w.Call)];

    private static bool IsBetween(JsonObject payload, Party caller, Party callee, string direction) =>
        (string?)payload["from"] == caller.Customer.Number && (string?)payload["to"] == callee.Customer.Number
        && (string?)payload["direction"] == direction;

    private static async Task<JsonObject> OfAsync(Party party, JsonNode call, string type) =>
        (await party.Customer.WebhookAsync(w => w.Type == type && (string?)w.Payload["call_leg_id"] == (string?)call["call_leg_id"],
            $"{type} of {party.Name}")).Payload;

    private static async Task<string> LiveAsync(Party party) =>
        (await party.Customer.GetAsync($"connections/{party.Customer.Application}/active_calls")).Text;

    /// <summary>Of this account's leg alone.</summary>
    private async Task HasLadderAsync(Party party, JsonNode call, string first)
    {
        string trace = await Eventually.SomeAsync(async () => await node.RunAsync("call", "trace", (string)call["call_leg_id"]!)
            is var text && text.Contains("BYE sip:", StringComparison.Ordinal) ? text : null, "the call trace has the whole call");
        Assert.Contains($"account {party.Name}", trace, StringComparison.Ordinal);
        Assert.Single(trace.Split('\n'), line => line.StartsWith("leg ", StringComparison.Ordinal));
        Assert.Contains(first, trace.Split('\n').First(line => line.Contains("INVITE sip:", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    private static async Task ForwardAsync(Party party, string? to)
    {
        var number = await party.Customer.SendAsync(HttpMethod.Get, $"phone_numbers/{Uri.EscapeDataString(party.Customer.Number)}");
        await party.Customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{number["id"]}/voice", new()
        {
            ["call_forwarding"] =
                new JsonObject { ["call_forwarding_enabled"] = to is not null, ["forwards_to"] = to ?? "", ["forwarding_type"] = "always" },
        });
    }
}
