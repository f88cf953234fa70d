using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Keeping;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What an account asked for and did not get, written down with that which it is about.</summary>
public abstract class WarningTableTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task Each_has_its_call_its_place_and_its_cause_and_goes_with_the_traces()
    {
        var time = new FakeTimeProvider(Script.Anchor.Wall.AddMinutes(1));
        await using var test = await TestDatabase.OpenAsync(product, time);
        var ledger = new Ledger(test.Database, Script.Anchor, [new Projector("http://127.0.0.1:9/hook?secret=1")], NullLogger.Instance);
        var (tenant, other) = (await test.TenantAsync(), await test.TenantAsync("other"));
        var script = new Script(tenant);
        await ledger.AppendAsync(script.Initiated());
        var message = Assert.Single(await test.Database.Outbox.ListPendingAsync(0, 10, Stop));
        await ledger.AppendAsync(new CallEvent.Noted(NoteKind.Step, "<Say> (line 3, column 5)") { Leg = script.Facts, At = Script.At(2) });
        await ledger.AppendAsync(new CallEvent.Noted(NoteKind.Warning, "Dance is no verb that can stand here (line 3, column 5)")
        {
            Leg = script.Facts, At = Script.At(3), Url = "http://127.0.0.1:9/voice", Line = 3,
        });
        await ledger.AppendAsync(new CallEvent.Noted(NoteKind.Warning, "the assistant cannot talk")
        {
            Leg = script.Facts, At = Script.At(4),
        });
        var attempt = new DeliveryAttempt
        {
            Number = 3, Url = message.Url, IsDelivered = false, StartedAt = time.GetUtcNow(), FinishedAt = time.GetUtcNow(),
            Errors = [75500], ResponseStatus = 500,
        };
        Assert.True(await test.Database.Outbox.RecordAsync(tenant, message.Id, attempt, new OutboxStep.GivenUp(), Stop));

        var (rows, total) = await test.Database.Warnings.ListAsync(tenant, 0, 20, Stop);
        Assert.Equal(3, total);
        (WarningSource, string?, int?, string)[] wanted =
        [
            (WarningSource.Webhook, "http://127.0.0.1:9/hook", null,
                "LegInitiated was given up after 3 attempts: the last answer was 500 (75500)"),
            (WarningSource.Command, null, null, "the assistant cannot talk"),
            (WarningSource.Document, "http://127.0.0.1:9/voice", 3, "Dance is no verb that can stand here (line 3, column 5)"),
        ];
        Assert.Equal(wanted, rows.Select(row => (row.Source, row.Url, row.Line, row.Cause)));
        Assert.All(rows, row => Assert.Equal((script.Facts.Uuid, script.Facts.Session.Value), (row.Leg, row.Session)));
        Assert.Equal(Script.Anchor.Wall.AddSeconds(3), rows[2].At);
        Assert.Equal([rows[1]], (await test.Database.Warnings.ListAsync(tenant, 1, 1, Stop)).Rows);
        Assert.Equal(0, (await test.Database.Warnings.ListAsync(other, 0, 20, Stop)).Total);

        // What was delivered is none.
        var next = (await test.Database.Outbox.ListPendingAsync(0, 10, Stop))[0];
        var good = attempt with { Number = 1, IsDelivered = true, Errors = [], ResponseStatus = 200 };
        Assert.True(await test.Database.Outbox.RecordAsync(tenant, next.Id, good, new OutboxStep.Delivered(), Stop));
        Assert.Equal(3, (await test.Database.Warnings.ListAsync(tenant, 0, 1, Stop)).Total);

        var kept = new Housekeeping(test.Database, new() { Traces = TimeSpan.FromDays(1) }, test.Folder, NullLogger.Instance);
        await kept.RunAsync(Stop);
        Assert.Equal(3, (await test.Database.Warnings.ListAsync(tenant, 0, 1, Stop)).Total);
        time.Advance(TimeSpan.FromDays(2));
        await kept.RunAsync(Stop);
        Assert.Equal(0, (await test.Database.Warnings.ListAsync(tenant, 0, 1, Stop)).Total);
    }
}

public sealed class WarningTableOnSqlite() : WarningTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class WarningTableOnPostgres() : WarningTableTests(Product.Postgres);
