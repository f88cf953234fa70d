using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>A change of a resource, and all that comes of it, is there or it is not.</summary>
public abstract class UnitOfWorkTests(Product product)
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestDatabase.Stop;

    private static readonly DocumentKind Kind = new("thing") { Unique = ["name"] };

    private static ResourceRow Thing(TenantId tenant, string id, string name) =>
        new() { Id = id, Tenant = tenant, Body = new() { ["name"] = name }, CreatedAt = At, UpdatedAt = At };

    internal static UnitOfWork Work(TenantId tenant, string says) => new()
    {
        Note = new() { Tenant = tenant, At = At, By = AuditActor.Owner, Change = "created", RecordType = "thing", ResourceId = says },
        Messages = [Message(tenant, says), Message(tenant, says + " again")],
        Jobs = [new("tidy", new() { ["says"] = says })],
        Money = [new() { Tenant = tenant, Kind = MoneyKind.Charge, Amount = new(-5_000, "USD"), Product = "thing", Note = says, At = At }],
    };

    private static OutboxMessage Message(TenantId tenant, string says) => new()
    {
        Id = Guid.NewGuid(), Tenant = tenant, OrderKey = "thing", Format = "telnyx", EventType = "thing.made",
        Url = "https://example.com/hook", Method = "POST",
        Timeout = TimeSpan.FromSeconds(5), Version = "2", OccurredAt = At, Body = $$"""{"says":"{{says}}"}""",
    };

    private static async Task<(long Things, long Messages, long Jobs, long Notes, long Micros)> CountAsync(TestDatabase test)
    {
        async Task<long> Of(string sql) => long.Parse((await test.QueryAsync(sql)).Single());
        return (await Of("select cast(count(*) as text) from rw_resource"), await Of("select cast(count(*) as text) from rw_outbox"),
            await Of("select cast(count(*) as text) from rw_job"),
            await Of("select cast(count(*) as text) from rw_audit_event where record_type = 'thing'"),
            await Of("select cast(coalesce(sum(micros), 0) as text) from rw_money_balance"));
    }

    [Fact]
    public async Task All_of_it_is_committed_and_who_waits_for_it_is_told()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Kind);
        var (waits, jobs) = (test.Database.Outbox.WaitForMoreAsync(Stop), test.Database.Jobs.Changed);
        var posted = new List<MoneyEntry>();
        test.Database.Money.Posted = posted.Add;

        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Thing(tenant, "a", "first"), Work(tenant, "made"), Stop));
        await waits.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await jobs.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Equal((-5_000, -5_000), (Assert.Single(posted).Amount.Micros, posted[0].BalanceMicros));
        Assert.Equal((1, 2, 1, 1, -5_000), await CountAsync(test));
        var pending = await test.Database.Outbox.ListPendingAsync(0, 10, Stop);
        Assert.Equal(["made", "made again"], await Task.WhenAll(pending.Select(async entry =>
            (string)JsonNode.Parse((await test.Database.Outbox.FindAsync(tenant, entry.Id, Stop))!.Body)!["says"]!)));

        var row = (await rows.FindAsync(tenant, "a", Stop))!;
        Assert.Equal(WriteOutcome.Done,
            await rows.UpdateAsync(row with { Body = new() { ["name"] = "second" } }, Work(tenant, "changed"), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.DeleteAsync(tenant, "a", Work(tenant, "gone"), Stop));
        Assert.Equal((0, 6, 3, 3, -15_000), await CountAsync(test));
    }

    [Fact]
    public async Task A_warning_is_there_with_its_change_or_neither_is()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Kind);
        var work = new UnitOfWork { Warning = new("nothing asks for its colour", At) };
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Thing(tenant, "a", "taken"), work, Stop));
        var (warnings, _) = await test.Database.Warnings.ListAsync(tenant, 0, 20, Stop);
        var warning = Assert.Single(warnings);
        Assert.Equal(("nothing asks for its colour", WarningSource.Command, (Guid?)null), (warning.Cause, warning.Source, warning.Leg));
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Thing(tenant, "b", "taken"), work, Stop));
        Assert.Equal(1, (await test.Database.Warnings.ListAsync(tenant, 0, 20, Stop)).Total);
    }

    [Fact]
    public async Task Of_a_write_that_does_not_happen_nothing_is_left()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Kind);
        await rows.InsertAsync(Thing(tenant, "a", "taken"), null, Stop);
        var row = (await rows.FindAsync(tenant, "a", Stop))!;
        var before = await CountAsync(test);

        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Thing(tenant, "b", "taken"), Work(tenant, "x"), Stop));
        Assert.Equal(WriteOutcome.Stale, await rows.UpdateAsync(row with { Revision = 7 }, Work(tenant, "x"), Stop));
        Assert.Equal(WriteOutcome.Missing, await rows.DeleteAsync(tenant, "c", Work(tenant, "x"), Stop));
        // What goes with it is refused: the row is not there either.
        var twice = Work(tenant, "x");
        await Assert.ThrowsAnyAsync<Exception>(async () =>
            await Refused(rows.InsertAsync(Thing(tenant, "d", "new"), twice with { Jobs = [new("tidy", null!)] }, Stop)));
        Assert.Equal(WriteOutcome.Duplicate,
            await rows.InsertAsync(Thing(tenant, "e", "newer"), twice with { Messages = [twice.Messages[0], twice.Messages[0]] }, Stop));
        Assert.Equal(before, await CountAsync(test));
        Assert.Empty(await test.Database.Outbox.ListPendingAsync(0, 10, Stop));

        static async Task Refused(ValueTask<WriteOutcome> write) => await write;
    }

    [Fact]
    public async Task Records_of_nobodys_dialect_take_one_too()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var connection = new Connection { Id = new(1), Tenant = tenant, Kind = ConnectionKind.CallControl, Name = "Desk" };
        await test.Database.Connections.Records.AddAsync("1", connection, At, Work(tenant, "made"), Stop);
        await test.Database.Connections.Records.ChangeAsync(tenant, "1", c => c with { Name = "Front" }, At,
            (before, after) => Work(tenant, $"{before.Name} to {after.Name}"), Stop);
        await test.Database.Connections.Records.RemoveAsync(tenant, "1", Work(tenant, "gone"), Stop);
        Assert.Equal(["""{"says":"made"}""", """{"says":"Desk to Front"}""", """{"says":"gone"}"""],
            (await test.QueryAsync("select body from rw_outbox order by seq")).Where((_, i) => i % 2 == 0));
    }

    [Fact]
    public async Task A_record_is_made_with_a_resource_and_calls_are_routed_by_it_at_once_or_there_is_neither()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var (rows, connections) = (test.Database.Documents.Rows(Kind), test.Database.Connections.Records);
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Thing(tenant, "a", "taken"), Beside(1), Stop));
        Assert.Equal("Desk", test.Database.Routing.Current.FindConnection(tenant, new(1))?.Name);
        Assert.Equal(["1"], await test.QueryAsync("select resource_id from rw_audit_event where record_type = 'connection'"));

        var row = (await rows.FindAsync(tenant, "a", Stop))!;
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Thing(tenant, "b", "taken"), Beside(2), Stop));
        Assert.Equal(WriteOutcome.Stale, await rows.UpdateAsync(row with { Revision = 7 }, Beside(2), Stop));
        Assert.Null(test.Database.Routing.Current.FindConnection(tenant, new(2)));
        // There is one of that id.
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Thing(tenant, "c", "free"), Beside(1), Stop));
        Assert.Null(await rows.FindAsync(tenant, "c", Stop));
        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(row, Beside(3), Stop));
        Assert.Equal(["1", "3"], await test.QueryAsync("select cast(id as text) from rw_connection order by id"));

        UnitOfWork Beside(long id)
        {
            var connection = new Connection { Id = new(id), Tenant = tenant, Kind = ConnectionKind.Document, Name = "Desk" };
            return new()
            {
                Records =
                [
                    connections.New($"{id}", connection, At, new()
                    {
                        Tenant = tenant, At = At, By = AuditActor.Owner, Change = "made", RecordType = "connection", ResourceId = $"{id}",
                    }),
                ],
            };
        }
    }
}

public sealed class UnitsOfWorkOnSqlite() : UnitOfWorkTests(Product.Sqlite)
{
    [Fact]
    public async Task Killed_at_any_moment_a_node_leaves_the_resource_with_its_webhook_or_neither()
    {
        await using var test = await TestDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(new DocumentKind("thing"));
        using var folder = new TempFolder();
        var copies = await KilledCopies.TakeAsync(test, folder.Path, 300, async i => await rows.InsertAsync(new()
        {
            Id = $"{i}", Tenant = tenant, Body = [], CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch
        }, Work(tenant, $"{i}"), TestDatabase.Stop));

        var seen = new HashSet<long>();
        foreach (string copy in copies)
        {
            await using var next = await Database.OpenAsync(new() { DataFolder = copy }, TimeProvider.System,
                NullLogger.Instance, TestDatabase.Stop);
            var (things, messages, jobs, notes, micros) = await next.Sql.ReadAsync(db => (
                db.ExecuteScalar<long>("select count(*) from rw_resource"), db.ExecuteScalar<long>("select count(*) from rw_outbox"),
                db.ExecuteScalar<long>("select count(*) from rw_job"),
                db.ExecuteScalar<long>("select count(*) from rw_audit_event where record_type = 'thing'"),
                db.ExecuteScalar<long?>("select micros from rw_money_balance") ?? 0), TestDatabase.Stop);
            Assert.Equal((things, 2 * things, things, things, -5_000 * things), (things, messages, jobs, notes, micros));
            seen.Add(things);
        }
        Assert.True(seen.Count > 5, $"{copies.Count} copies saw only {string.Join(", ", seen)} resources");
    }
}

public sealed class UnitsOfWorkOnPostgres() : UnitOfWorkTests(Product.Postgres)
{
    [Fact]
    public async Task Rows_know_in_whose_name_they_are_written()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Postgres);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        // As a policy of row security would.
        await test.Database.Sql.WriteAsync(db => db.Execute("""
            create table seen (tenant text, named text);
            create function see() returns trigger as $$ begin insert into seen values (new.tenant_id, current_setting('ringwright.tenant', true)); return new; end $$ language plpgsql;
            create trigger see after insert on rw_resource for each row execute function see();
            """), TestDatabase.Stop);
        var rows = test.Database.Documents.Rows(new DocumentKind("thing"));
        // Several in one transaction, and refused ones between them.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => rows.InsertAsync(new()
        {
            Id = $"{i % 15}", Tenant = i % 2 == 0 ? acme : other,
            Body = [], CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch
        }, null, TestDatabase.Stop).AsTask()));
        Assert.Equal(["0"], await test.QueryAsync("select cast(count(*) as text) from seen where tenant is distinct from named"));
        Assert.NotEqual(["0"], await test.QueryAsync("select cast(count(*) as text) from seen"));
        Assert.Equal([""], await test.QueryAsync("select coalesce(current_setting('ringwright.tenant', true), '')"));
    }
}
