using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class TraceTableTests(Product product)
{
    private const string Ending = "LegEnded";
    private static CancellationToken Stop => TestDatabase.Stop;

    private static TraceEntry Entry(LegFacts leg, double at, string name, TraceKind kind = TraceKind.Sip) => new()
    {
        Tenant = leg.Tenant,
        Leg = leg.Id,
        At = Script.Anchor.Wall.AddSeconds(at),
        Kind = kind,
        IsOutgoing = true,
        Local = "192.0.2.1:5060",
        Remote = "192.0.2.2:5060",
        Name = name,
        CommandId = kind is TraceKind.Command ? "c" : null,
        Outcome = kind is TraceKind.Command ? "wrong_state" : null,
        Text = kind is TraceKind.Sip ? name + "\r\n\r\n" : null,
    };

    [Fact]
    public async Task What_was_kept_is_read_in_the_order_of_its_times_by_its_own_account_until_it_is_pruned()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var leg = new Script(await test.TenantAsync()).Facts;
        var stranger = await test.TenantAsync("other");
        TraceEntry[] entries = [Entry(leg, 2, "BYE"), Entry(leg, 1, "INVITE"), Entry(leg, 3, "hangup", TraceKind.Command)];
        await test.Database.Traces.WriteAsync(entries, Stop);

        Assert.Equal([entries[1], entries[0], entries[2]], await test.Database.Traces.ListLegAsync(leg.Tenant, leg.Id, Stop));
        Assert.Empty(await test.Database.Traces.ListLegAsync(stranger, leg.Id, Stop));

        await test.Database.Traces.PruneAsync(Script.Anchor.Wall.AddSeconds(2), Stop);
        Assert.Equal(["BYE", "hangup"], (await test.Database.Traces.ListLegAsync(leg.Tenant, leg.Id, Stop)).Select(e => e.Name));
    }

    [Fact]
    public async Task What_is_seen_of_a_call_within_a_second_shares_a_row_and_comes_back_as_it_was()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        LegFacts leg = new Script(tenant).Facts, other = new Script(tenant).Facts with { Id = LegId.Compose(1, 0, 1, 9, 9) };
        TraceEntry[] entries =
        [
            Entry(leg, 1, "INVITE sip:\"ä\"@<x>") with { Transport = SipTransport.Udp },
            Entry(leg, 1.125, "SIP/2.0 180 Ringing") with
            {
                Transport = SipTransport.Tcp, IsOutgoing = false, Remote = "[2001:db8::1]:5061"
            },
            Entry(leg, 1.25, "Its audio began late.", TraceKind.Note) with { IsOutgoing = false, Local = null, Remote = null },
            Entry(leg, 1.375, "hangup", TraceKind.Command),
            Entry(other, 1.375, "OPTIONS") with { Text = "OPTIONS\0\r\n" },
            Entry(leg, 1.5, "named otherwise than its text"),
            Entry(leg, 1.625, "one of before, without a transport"),
            Entry(leg, 2.5, "BYE") with { Transport = SipTransport.Udp },
        ];
        entries[5] = entries[5] with { Text = "ACK\r\n", Transport = SipTransport.Udp };
        await test.Database.Traces.WriteAsync(entries, Stop);

        var kept = await test.Database.Traces.ListLegAsync(tenant, leg.Id, Stop);
        TraceEntry[] expected = [.. entries[..4], .. entries[5..]];
        Assert.Equal(expected.Length, kept.Count);
        Assert.All(expected, (entry, i) => Assert.Equal(entry, kept[i]));
        Assert.Equal("OPTIONS", Assert.Single(await test.Database.Traces.ListLegAsync(tenant, other.Id, Stop)).Name);
        // The pack, the command, what no pack takes, and what came more than a second behind the first.
        Assert.Equal(4, await CountAsync(test, leg));
    }

    [Fact]
    public async Task A_message_that_comes_as_bytes_is_read_as_the_text_that_it_is_in_a_pack_and_alone()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var leg = new Script(await test.TenantAsync()).Facts;
        const string line = "INVITE sip:\"ä\"@<x> SIP/2.0", text = line + "\r\nSubject: \\ \"€\" \t'&'\r\n\r\n";
        var message = Entry(leg, 1, line) with { Transport = SipTransport.Udp, Text = null, Utf8 = Encoding.UTF8.GetBytes(text) };
        await test.Database.Traces.WriteAsync(
            [message, message with { At = message.At.AddSeconds(0.5) }, message with { At = message.At.AddSeconds(5) }], Stop);

        var kept = await test.Database.Traces.ListLegAsync(leg.Tenant, leg.Id, Stop);
        Assert.Equal([(line, text), (line, text), (line, text)], kept.Select(entry => (entry.Name, entry.Text)));
        Assert.Equal(2, await CountAsync(test, leg));
    }

    private static ValueTask<long> CountAsync(TestDatabase test, LegFacts leg) => test.Database.Sql.ReadAsync(
        db => db.ExecuteScalar<long>("select count(*) from rw_trace where leg_id = @id", new { id = leg.Id.ToString() }), Stop);

    [Fact]
    public async Task The_event_log_joins_pending_and_finished_webhooks_commands_and_the_verdict()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var script = new Script(await test.TenantAsync());
        var ledger = new Ledger(test.Database, Script.Anchor, [new Projector()], NullLogger.Instance);
        await ledger.AppendAsync(script.Initiated());
        await ledger.AppendAsync(script.Answered());
        await ledger.AppendAsync(script.Ended());
        await test.Database.Traces.WriteAsync(
            [Entry(script.Facts, 2, "answer", TraceKind.Command), Entry(script.Facts, 2, "INVITE")], Stop);
        var first = (await test.Database.Outbox.ListPendingAsync(0, 1, Stop))[0];
        var attempt = new DeliveryAttempt
        {
            Number = 1, Url = first.Url, IsDelivered = false, StartedAt = Script.Anchor.Wall, FinishedAt = Script.Anchor.Wall
        };
        await test.Database.Outbox.RecordAsync(first.Tenant, first.Id, attempt, new OutboxStep.GivenUp(), Stop);

        var all = await ListAsync(test, script, new());
        Assert.Equal([("LegEnded", "pending"), ("LegAnswered", "pending"), ("answer", "wrong_state"), ("LegInitiated", "failed")],
            all.Select(e => (e.Name, e.Outcome)));
        Assert.Equal((HangupCause.RemoteHangup, "BYE received."), (all[0].Verdict?.Cause, all[0].Verdict?.Evidence));
        Assert.Equal(["answer", "LegInitiated"], (await ListAsync(test, script, new() { IsFailed = true })).Select(e => e.Name));
        Assert.Equal(["LegAnswered"],
            (await ListAsync(test, script, new() { IsFailed = false, Offset = 1, Limit = 1 })).Select(e => e.Name));
        Assert.Empty(await ListAsync(test, script, new() { Connections = [] }));
        Assert.Equal(4, (await ListAsync(test, script,
            new() { Connections = [script.Facts.Connection], Progress = CallProgress.Completed, Direction = Direction.Outbound })).Count);
        Assert.Equal(["answer", "LegInitiated"],
            (await ListAsync(test, script, new() { ToTime = Script.Anchor.Wall.AddSeconds(2) })).Select(e => e.Name));

        var webhooks = await test.Database.Deliveries.ListOrderAsync(script.Facts.Tenant, script.Facts.Id.ToString(), Stop);
        Assert.Equal([("LegInitiated", "failed", 1), ("LegAnswered", "pending", 0), ("LegEnded", "pending", 0)],
            webhooks.Select(w => (w.EventType, w.Outcome, w.Attempts.Count)));
    }

    [Fact]
    public async Task An_end_that_no_webhook_told_of_is_in_the_event_log_all_the_same()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var script = new Script(await test.TenantAsync());
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        await ledger.AppendAsync(script.Initiated());
        await ledger.AppendAsync(script.Ended());
        var ended = Assert.Single(await ListAsync(test, script, new()));
        Assert.Equal((Ending, "not_sent", HangupCause.RemoteHangup), (ended.Name, ended.Outcome, ended.Verdict?.Cause));
        var stranger = await test.TenantAsync("other");
        Assert.Equal(0, (await test.Database.CallEvents.ListAsync(stranger, Ending, new(), Stop))!.Total);
    }

    private static async Task<IReadOnlyList<CallEventRow>> ListAsync(TestDatabase test, Script script, CallEventQuery query) =>
        (await test.Database.CallEvents.ListAsync(script.Facts.Tenant, Ending, query, Stop))!.Rows;
}

public sealed class TraceTableOnSqlite() : TraceTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class TraceTableOnPostgres() : TraceTableTests(Product.Postgres);
