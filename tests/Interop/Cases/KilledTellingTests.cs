using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>kill -9 under a call that two dialects tell of, each at an address of its own and in its own words.</summary>
[Depth("the gate kills a node that tells one address in RestartTests")]
public sealed class KilledTellingTests
{
    private static readonly string[] Told = ["call.answered", "call.hangup", "call.initiated"],
        ToldToo = ["call_created", "call_hangup", "call_progressing", "call_ringing"];

    [Failure("process-killed")]
    [Fact]
    public async Task Each_address_is_told_each_event_once_and_in_its_own_words_alone()
    {
        await using var node = new RunningNode("--api-rate", "100000");
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var other = await Sink.StartAsync();
        var set = await customer.TryAsync(HttpMethod.Put, "/v1.0/customer", new() { ["webhook_uri"] = other.Root + "events" });
        Assert.True(set.Status is 200, $"{set.Status} {set.Text}");
        // One address never answers this one: it is on its way when the node dies. The other has heard of the same moment by then.
        var never = new TaskCompletionSource<int>();
        other.React("events", webhook => TypeOf(webhook) is "call_progressing" ? never.Task : Task.FromResult(200));
        using var phone = new Phone(node);
        var call = phone.Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        string leg = (string)initiated["call_leg_id"]!;
        await customer.ActAsync(initiated, "answer");
        await call.ReachesAsync(200);
        await customer.NextAsync("call.answered");
        await Eventually.TrueAsync(() => Is(other, leg, "call_progressing"), "the other address is told of the answer");

        await node.KillAsync();
        other.React("events", 200);
        await node.StartAgainAsync();
        await call.ReceivesAsync("BYE");
        await customer.NextAsync("call.hangup");
        await Eventually.TrueAsync(() => Is(other, leg, "call_hangup"), "the other address is told of the end");
        // Whatever of this call was still on its way comes before a later call's beginning.
        using var second = new Phone(node);
        second.Call(customer.Number);
        string later = (string)(await customer.NextAsync("call.initiated", 2))["call_leg_id"]!;
        await Eventually.TrueAsync(() => Is(other, later, "call_ringing"), "the other address is told of a later call");

        Assert.Equal(Told, customer.Events.Where(one => (string?)one.Payload["call_leg_id"] == leg).Select(one => one.Type)
            .Order(StringComparer.Ordinal));
        Assert.Equal(ToldToo, Of(other, leg).DistinctBy(one => one.Headers["webhook-id"].ToString()).Select(TypeOf)
            .Order(StringComparer.Ordinal));
        // What was cut off came again, as the same event.
        var cut = Of(other, leg).Where(one => TypeOf(one) is "call_progressing").ToList();
        Assert.True(cut.Count > 1, $"it came {cut.Count} times");
        Assert.Single(cut.Select(one => one.Headers["webhook-id"].ToString()).Distinct());
        Assert.All(customer.Sink.Taken, one => Assert.StartsWith("call.", one.Type, StringComparison.Ordinal));
        Assert.All(other.Taken, one => Assert.NotEqual("", TypeOf(one)));
    }

    private static string TypeOf(Webhook told) => (string?)told.Body["type"] ?? "";

    private static IEnumerable<Webhook> Of(Sink sink, string leg) => sink.Taken.Where(one => (string?)one.Data["id"] == leg);

    private static bool Is(Sink sink, string leg, string type) => Of(sink, leg).Any(one => TypeOf(one) == type);
}
