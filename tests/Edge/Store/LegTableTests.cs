using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class LegTableTests(Product product)
{
    private static readonly ConnectionId Connection = new(77);
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task Live_legs_are_walked_forwards_and_backwards_by_cursor()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ids = await SevenAsync(test, tenant);
        var legs = test.Database.Legs;

        var first = (await legs.ListLiveAsync(tenant, Connection, new() { Limit = 3 }, Stop))!;
        Assert.Equal(ids[..3], first.Rows.Select(r => r.Id));
        Assert.Equal((7L, null), (first.Total, first.Before));
        var second = (await legs.ListLiveAsync(tenant, Connection, new() { Limit = 3, After = first.After }, Stop))!;
        Assert.Equal(ids[3..6], second.Rows.Select(r => r.Id));
        var third = (await legs.ListLiveAsync(tenant, Connection, new() { Limit = 3, After = second.After }, Stop))!;
        Assert.Equal(ids[6..], third.Rows.Select(r => r.Id));
        Assert.Null(third.After);
        Assert.NotNull(third.Before);

        var back = (await legs.ListLiveAsync(tenant, Connection, new() { Limit = 3, Before = third.Before }, Stop))!;
        Assert.Equal(ids[3..6], back.Rows.Select(r => r.Id));
        var start = (await legs.ListLiveAsync(tenant, Connection, new() { Limit = 3, Before = back.Before }, Stop))!;
        Assert.Equal(ids[..3], start.Rows.Select(r => r.Id));
        Assert.Null(start.Before);

        var offset = (await legs.ListLiveAsync(tenant, Connection, new() { Limit = 3, Offset = 5 }, Stop))!;
        Assert.Equal(ids[5..], offset.Rows.Select(r => r.Id));
        Assert.Null(offset.After);
    }

    [Fact]
    public async Task Ended_legs_and_those_of_others_are_not_live()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        Script live = new(acme, 1), ended = new(acme, 2), foreign = new(other, 3);
        foreach (var script in new[] { live, ended, foreign }) await ledger.AppendAsync(script.Initiated());
        await ledger.AppendAsync(ended.Ended());
        Assert.Equal(live.Facts.Id, Assert.Single((await test.Database.Legs.ListLiveAsync(acme, Connection, new(), Stop))!.Rows).Id);
        Assert.Empty((await test.Database.Legs.ListLiveAsync(acme, new(78), new(), Stop))!.Rows);
        Assert.Null(await test.Database.Legs.FindAsync(acme, foreign.Facts.Id, Stop));
        Assert.Null(await test.Database.Legs.FindByUuidAsync(acme, foreign.Facts.Uuid, Stop));
        Assert.Empty(await test.Database.Legs.ListSessionAsync(acme, foreign.Facts.Session, Stop));
        Assert.Single(await test.Database.Legs.ListSessionAsync(other, foreign.Facts.Session, Stop));
        Assert.NotNull(await test.Database.Legs.FindByUuidAsync(other, foreign.Facts.Uuid, Stop));
    }

    [Fact]
    public async Task A_leg_on_a_line_of_the_node_itself_is_up_as_any_other_is()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        Script bought = new(tenant, 1), own = new(tenant, 2, Direction.Inbound);
        own.Facts = own.Facts with { Connection = new(-2), From = "+15550100002" };
        foreach (var script in new[] { bought, own }) await ledger.AppendAsync(script.Initiated());
        Assert.Equal([bought.Facts.Id, own.Facts.Id], await test.Database.Legs.ListLiveAsync(tenant, Stop));
        Assert.Equal([own.Facts.From], await OnLineAsync());
        await ledger.AppendAsync(own.Ended());
        Assert.Equal([bought.Facts.Id], await test.Database.Legs.ListLiveAsync(tenant, Stop));
        Assert.Empty(await OnLineAsync());

        ValueTask<List<string>> OnLineAsync() => test.Database.Sql.ReadAsync(db => db.Query<string>(CalledNumbers.SelectOnLineAllTenants,
            new { tenant, numbers = new InList<string>([own.Facts.From]) }).ToList(), Stop);
    }

    [Theory, InlineData(""), InlineData("zz"), InlineData("00"), InlineData("aGVsbG8"), InlineData("7c"), InlineData("' or 1=1")]
    public async Task A_cursor_that_is_not_ours_is_none(string cursor)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        Assert.Null(await test.Database.Legs.ListLiveAsync(tenant, Connection, new() { After = cursor }, Stop));
        Assert.Null(await test.Database.Legs.ListLiveAsync(tenant, Connection, new() { Before = cursor }, Stop));
    }

    [Fact]
    public async Task A_command_id_finds_its_leg_for_a_minute_within_its_tenant()
    {
        var time = new FakeTimeProvider(Script.Anchor.Wall.AddSeconds(2));
        await using var test = await TestDatabase.OpenAsync(product, time);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        var script = new Script(acme);
        await ledger.AppendAsync(script.Initiated(commandId: "c-1"));
        Assert.Equal(script.Facts.Id, (await test.Database.Legs.FindByCommandAsync(acme, "c-1", Stop))!.Id);
        Assert.Null(await test.Database.Legs.FindByCommandAsync(acme, "c-2", Stop));
        Assert.Null(await test.Database.Legs.FindByCommandAsync(other, "c-1", Stop));
        // Nodes that share a database go by its clock.
        time.Advance(TimeSpan.FromSeconds(60));
        if (product is Product.Postgres)
            await test.Database.Sql.WriteAsync(db => db.Execute("update rw_dial_claim set made_at = made_at - 60000"), Stop);
        Assert.Null(await test.Database.Legs.FindByCommandAsync(acme, "c-1", Stop));
    }

    private static async Task<LegId[]> SevenAsync(TestDatabase test, TenantId tenant)
    {
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        var ids = new List<LegId>();
        for (uint i = 1; i <= 7; i++)
        {
            // Two and two start at the same moment.
            var script = new Script(tenant, i);
            script.Facts = script.Facts with { StartedAt = Script.At(i / 2) };
            await ledger.AppendAsync(script.Initiated(at: i / 2));
            ids.Add(script.Facts.Id);
        }
        return [.. ids];
    }
}

public sealed class LegTableOnSqlite() : LegTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class LegTableOnPostgres() : LegTableTests(Product.Postgres);
