using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

public sealed class ARestartOnSqlite : RestartTests
{
    private protected override Task<RunningNode> NodeAsync() => Task.FromResult(new RunningNode());
}

[Depth("the gate restarts on SQLite, and kills a node on PostgreSQL")]
public sealed class ARestartOnPostgres : RestartTests
{
    private protected override async Task<RunningNode> NodeAsync() =>
        new("--database", await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
}

/// <summary>A node that is killed in mid-call, seen from the API and from its webhooks.</summary>
public abstract class RestartTests
{
    private protected abstract Task<RunningNode> NodeAsync();

    [Fact] // case 86
    public async Task State_persists_an_orphan_leg_ends_once_and_undelivered_webhooks_go_on()
    {
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        // The receiver never answers this one, so it is on its way when the node dies.
        var never = new TaskCompletionSource<int>();
        customer.Sink.React("hooks", webhook => webhook.Type == "call.answered" ? never.Task : Task.FromResult(200));
        using var phone = new Phone(node);
        var call = phone.Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        string id = (string)initiated["call_control_id"]!;
        await customer.ActAsync(initiated, "answer", new() { ["client_state"] = "c3RhdGU=" });
        await call.ReachesAsync(200);
        var cut = await customer.WebhookAsync(w => w.Type == "call.answered", "the webhook that is cut off");

        await node.KillAsync();
        customer.Sink.React("hooks", 200);
        await node.StartAgainAsync();

        var application = await customer.GetAsync($"call_control_applications/{customer.Application}");
        Assert.Equal(customer.Sink.Root + "hooks", (string?)application.Succeeds().Data["webhook_event_url"]);
        var number = await customer.GetAsync($"phone_numbers/{Uri.EscapeDataString(customer.Number)}");
        Assert.Equal(customer.Application, (string?)number.Succeeds().Data["connection_id"]);
        Assert.Equal(customer.PublicKey,
            Convert.FromBase64String((string)(await customer.GetAsync("public_key")).Succeeds().Data["public"]!));

        await call.ReceivesAsync("BYE");
        var hangup = await customer.WebhookAsync(w => w.Type == "call.hangup" && w.Call == id, "the call's one hang-up");
        Assert.Equal("c3RhdGU=", (string?)hangup.Payload["client_state"]);
        await Eventually.TrueAsync(() => customer.Sink.Taken.Count(w => w.Id == cut.Id) > 1, "the webhook comes again");
        var again = customer.Sink.Taken.Last(w => w.Id == cut.Id);
        Assert.Equal(cut.Data.ToJsonString(), again.Data.ToJsonString());
        Assert.True(again.IsSignedBy(customer.PublicKey));

        var shown = await customer.GetAsync($"calls/{Uri.EscapeDataString(id)}");
        Assert.False((bool)shown.Succeeds().Data["is_alive"]!);
        (await customer.TryActAsync(id, "speak", new() { ["payload"] = "Hello", ["voice"] = "female", ["language"] = "en-US" }))
            .Refuses(422, "90018");
        // Whatever comes behind it: a later event of another call proves that nothing of this one was still on its way.
        using var other = new Phone(node);
        other.Call(customer.Number);
        await customer.WebhookAsync(w => w.Type == "call.initiated" && w.Call != id, "a new call");
        Assert.Single(customer.Sink.Taken.Where(w => w.Type == "call.hangup" && w.Call == id).Select(w => w.Id).Distinct());
    }

    /// <summary>Longer than a node may be without a sign of life.</summary>
    private static readonly TimeSpan Talk = TimeSpan.FromSeconds(12), Outage = TimeSpan.FromSeconds(8);
    /// <summary>What a call may be found shorter than it was.</summary>
    private static readonly TimeSpan MostLost = TimeSpan.FromSeconds(10);

    [Fact, Depth("LastSignTests in Edge end a call by the last sign of its node"), Failure("process-killed")]
    public async Task The_outage_is_not_part_of_the_call()
    {
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var phone = new Phone(node);
        var call = phone.Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        string id = (string)initiated["call_control_id"]!;
        await customer.ActAsync(initiated, "answer");
        await call.ReachesAsync(200);
        await customer.NextAsync("call.answered");
        await Task.Delay(Talk, TestContext.Current.CancellationToken);      // it is time itself that is measured

        var before = DateTimeOffset.UtcNow;
        await node.KillAsync();
        var killed = DateTimeOffset.UtcNow;
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        var again = DateTimeOffset.UtcNow;
        await node.StartAgainAsync();

        var hangup = await customer.WebhookAsync(w => w.Type == "call.hangup" && w.Call == id, "the call's hang-up");
        var end = Time(hangup.Payload["end_time"]);
        Assert.InRange(end, before - MostLost, killed);
        Assert.True(Time(hangup.Data["occurred_at"]) >= again, $"{hangup.Data}");
        var shown = (await customer.GetAsync($"calls/{Uri.EscapeDataString(id)}")).Succeeds().Data;
        Assert.Equal((int)(end - Time(hangup.Payload["start_time"])).TotalSeconds, (int?)shown["call_duration"]);
        var log = (await customer.GetAsync($"call_events?filter[leg_id]={(string?)initiated["call_leg_id"]}")).Succeeds().Data.AsArray();
        var verdict = log.Select(e => e!["metadata"]?["verdict"]).Single(v => v is not null)!;
        Assert.Contains("a sign of the node", (string?)verdict["evidence"], StringComparison.Ordinal);
        var record = Assert.Single((await customer.GetAsync("detail_records?filter[record_type]=sip-trunking")).Succeeds().Data.AsArray(),
            r => (string?)r!["call_leg_id"] == (string?)initiated["call_leg_id"]);
        Assert.Equal(end, Time(record!["finished_at"]), TimeSpan.FromMilliseconds(1));
    }

    private static DateTimeOffset Time(JsonNode? node) =>
        DateTimeOffset.Parse((string)node!, System.Globalization.CultureInfo.InvariantCulture);
}
