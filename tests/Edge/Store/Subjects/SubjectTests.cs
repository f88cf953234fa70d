using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Edge.Egress;
using Ringwright.Store;
using Ringwright.Store.Ledgers;
using Ringwright.Testing;

namespace Ringwright.Edge.Store.Subjects;

/// <summary>The ledger and a kind of subjects that is no leg.</summary>
public abstract class SubjectTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task A_leg_and_a_room_of_one_number_are_two_subjects()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        var leg = new Script(tenant);
        var room = new RoomScript(tenant, leg.Facts.Id.Value);
        foreach (var happened in new SubjectEvent[]
        {
            leg.Initiated(), room.Opened(), room.Entered("ann"), leg.Answered(), leg.Ended(), room.Entered("ben"), room.Closed()
        })
            Assert.True(await ledger.AppendAsync(happened));

        Assert.Equal(["opened", "entered", "entered", "closed", "counted"],
            (await test.Database.Events.ListAsync(tenant, room.Subject, Stop)).Select(row => row.Type));
        Assert.Equal(["leg_initiated", "leg_answered", "leg_ended"], (await test.Database.Events.ListLegAsync(tenant, leg.Facts.Id, Stop))
            .Select(row => row.Type));
        Assert.Equal(8, (await test.Database.Events.ListAsync(tenant, after: 0, limit: 100, Stop)).Count);
        Assert.Equal(2,
            Assert.IsType<RoomEvent.Counted>((await test.Database.Events.ListAsync(tenant, room.Subject, Stop))[^1].ToEvent()).Guests);
        Assert.Equal(["lobby 2 0"], await test.QueryAsync("select name || ' ' || guests || ' ' || is_open from test_room"));
        Assert.Empty(await test.Database.Events.ListAsync(new(Guid.NewGuid()), room.Subject, Stop));
    }

    [Fact]
    public async Task What_never_began_or_is_over_takes_no_events_but_those_that_may_come_late()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        List<string> heard = [];
        ledger.Committed = happened => heard.Add(happened.GetType().Name);
        var room = new RoomScript(tenant, 7);
        Assert.False(await ledger.AppendAsync(room.Entered("ann")));
        Assert.True(await ledger.AppendAsync(room.Opened()));
        Assert.True(await ledger.AppendAsync(room.Closed()));
        Assert.False(await ledger.AppendAsync(room.Entered("ben")));
        Assert.False(await ledger.AppendAsync(room.Closed()));
        Assert.True(await ledger.AppendAsync(room.Transcribed()));
        await ledger.FlushAsync();
        Assert.Equal(["Opened", "Closed", "Counted", "Transcribed"], heard);
        Assert.Equal(["lobby 0 0"], await test.QueryAsync("select name || ' ' || guests || ' ' || is_open from test_room"));
    }

    [Fact]
    public async Task Its_webhooks_leave_with_its_events_and_in_their_order()
    {
        List<string> arrived = [];
        await using var sink = await Sink.StartAsync((received, _) =>
        {
            var data = JsonNode.Parse(received.Body)!["data"]!;
            lock (arrived) arrived.Add($"{(string)data["type"]!} {(double)data["room_age"]!}");
            return Task.CompletedTask;
        });
        await using var node = await DeliveryRig.StartAsync(product, configure: Configure);
        await node.Test.Database.Sql.WriteAsync(db => db.Execute(RoomWriter.Table), Stop);
        var ledger = Open(node.Test, new RoomProjector(sink.Url));
        var room = new RoomScript(node.Tenant, 8);
        foreach (var happened in new SubjectEvent[]
        {
            room.Opened(), new Script(node.Tenant, 8).Initiated(), room.Entered("ann", 2), room.Entered("ben", 3),
            room.Closed(5), room.Transcribed(9)
        })
            Assert.True(await ledger.AppendAsync(happened));
        await Eventually.TrueAsync(() => { lock (arrived) return arrived.Count == 6; }, "all have arrived");
        Assert.Equal(["Opened 0", "Entered 1", "Entered 2", "Closed 4", "Counted 4", "Transcribed 8"], arrived);
    }

    [Fact]
    public async Task What_a_crash_left_open_is_closed_at_the_next_start_beside_the_legs()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        var leg = new Script(tenant);
        RoomScript open = new(tenant, 1), closed = new(tenant, 2);
        foreach (var happened in new SubjectEvent[]
        {
            leg.Initiated(), open.Opened(), open.Entered("ann"), closed.Opened(), closed.Closed()
        }) await ledger.AppendAsync(happened);

        await test.ReopenAsync();
        ledger = Open(test);
        Assert.Equal(2, await ledger.RecoverAsync(Stop));
        Assert.Equal(["opened", "entered", "closed", "counted"], (await test.Database.Events.ListAsync(tenant, open.Subject, Stop))
            .Select(row => row.Type));
        Assert.Equal("the node stopped",
            ((RoomEvent.Closed)(await test.Database.Events.ListAsync(tenant, open.Subject, Stop))[2].ToEvent()).Why);
        Assert.Equal("leg_ended", (await test.Database.Events.ListLegAsync(tenant, leg.Facts.Id, Stop))[^1].Type);
        Assert.Equal(0, await Open(test).RecoverAsync(Stop));
    }

    [Fact]
    public async Task An_event_that_the_database_refuses_costs_the_others_nothing()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        RoomScript room = new(tenant, 1), other = new(tenant, 2);
        await test.Database.Sql.WriteAsync(
            db => db.Execute("insert into test_room values (@id, 'x', 'taken', 0, 0)", new { id = room.Subject.Id }), Stop);
        var appended = new[] { room.Opened(), other.Opened(), room.Entered("ann"), other.Entered("ben"), other.Closed() }.Select(happened =>
            ledger.AppendAsync(happened)).ToArray();
        bool[] kept = await Task.WhenAll(appended);
        Assert.Equal([false, true, false, true, true], kept);
        Assert.Equal(["opened", "entered", "closed", "counted"], (await test.Database.Events.ListAsync(tenant, after: 0, limit: 100, Stop))
            .Select(row => row.Type));
    }

    [Fact]
    public void A_full_queue_has_room_for_ends_and_none_for_beginnings()
    {
        var queue = new LedgerQueue();
        var room = new RoomScript(new(Guid.NewGuid()), 1);
        LedgerEntry? Add(SubjectEvent happened) => queue.Add(new(happened, null, static (_, _) => { }), bound: 1);
        Assert.NotNull(Add(room.Opened()));
        Assert.Null(Add(room.Opened()));
        Assert.Null(Add(room.Entered("ann")));
        Assert.NotNull(Add(room.Closed()));
        Assert.NotNull(Add(room.Transcribed()));
    }

    [Fact]
    public async Task An_event_of_before_there_were_subjects_is_a_legs()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var leg = new Script(tenant);
        await Open(test).AppendAsync(leg.Initiated());
        // As the migration leaves a row that was there.
        await test.Database.Sql.WriteAsync(db => db.Execute(
            "insert into rw_ledger (subject_id, tenant_id, type, at, body) select subject_id, tenant_id, type, at, body from rw_ledger"),
            Stop);
        var rows = await test.Database.Events.ListLegAsync(tenant, leg.Facts.Id, Stop);
        Assert.Equal([Subject.Of(leg.Facts.Id), Subject.Of(leg.Facts.Id)], rows.Select(row => row.Subject));
    }

    private async Task<TestDatabase> OpenAsync()
    {
        var test = await TestDatabase.OpenAsync(product, configure: Configure);
        await test.Database.Sql.WriteAsync(db => db.Execute(RoomWriter.Table), Stop);
        return test;
    }

    private static DatabaseOptions Configure(DatabaseOptions options) => options with { Subjects = new(new LegWriter(), new RoomWriter()) };

    private static Ledger Open(TestDatabase test, params IProjector[] projectors) =>
        new(test.Database, Script.Anchor, projectors, NullLogger.Instance);
}

public sealed class SubjectTestsOnSqlite() : SubjectTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class SubjectTestsOnPostgres() : SubjectTests(Product.Postgres);
