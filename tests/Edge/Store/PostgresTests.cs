using System.Net;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Postgres;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What only a database on a server can do, or suffer.</summary>
public sealed class PostgresTests
{
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task Both_databases_have_the_same_tables_and_columns()
    {
        await using var file = await TestDatabase.OpenAsync(Product.Sqlite);
        await using var server = await TestDatabase.OpenAsync(Product.Postgres);
        Assert.Equal(await file.ColumnsAsync(),
            (await server.ColumnsAsync()).Where(c => !c.StartsWith("writer_mark.", StringComparison.Ordinal)));
    }

    [Fact, Depth("the gate has each table that routing reads, written by another node, in RoutingFollowsTests")]
    public async Task A_change_by_one_node_is_soon_in_the_snapshot_of_another()
    {
        await using var one = await TestDatabase.OpenAsync(Product.Postgres);
        using var folder = new TempFolder();
        File.Copy(Path.Combine(one.Folder, "key"), folder.File("key"));
        await using var two = await OpenAsync(folder.Path, one.Connection, node: 2);

        var tenant = await one.TenantAsync();
        await Eventually.TrueAsync(() => two.Routing.Current.FindTenant(tenant) is not null, "the tenant in the other's snapshot");
        await two.Tenants.ChangeLimitsAsync(tenant, limits => limits with { Channels = 3 }, Stop);
        await Eventually.TrueAsync(() => one.Database.Routing.Current.FindTenant(tenant)!.Limits.Channels == 3,
            "the limit in the first one's snapshot");
    }

    [Fact]
    public async Task Another_node_reads_only_the_rows_that_one_has_changed()
    {
        await using var one = await TestDatabase.OpenAsync(Product.Postgres);
        using var folder = new TempFolder();
        File.Copy(Path.Combine(one.Folder, "key"), folder.File("key"));
        await using var two = await OpenAsync(folder.Path, one.Connection, node: 2);
        var tenant = await one.TenantAsync();
        await Eventually.TrueAsync(() => two.Routing.Current.FindTenant(tenant) is not null && two.Routing.WholeLoads > 1
            && one.Database.Routing.WholeLoads > 1, "both listen");
        var loads = (one.Database.Routing.WholeLoads, two.Routing.WholeLoads);

        await one.Database.Connections.Records.AddAsync("5",
            new() { Id = new(5), Tenant = tenant, Kind = ConnectionKind.CallControl, Name = "desk" }, one.Time.GetUtcNow(), null, Stop);
        await one.Database.Numbers.Records.AddAsync("7", new("+15550100001", tenant, new(5)), one.Time.GetUtcNow(), null, Stop);
        await Eventually.TrueAsync(() => two.Routing.Current.FindOwnNumber("+15550100001")?.Connection is { Value: 5 }
            && two.Routing.Current.FindConnection(tenant, new(5)) is not null, "both rows");
        // What is deleted on the side is told too.
        await two.Connections.Records.RemoveAsync(tenant, "5", null, Stop);
        await Eventually.TrueAsync(() => one.Database.Routing.Current.FindOwnNumber("+15550100001") is { Connection: null }
            && one.Database.Routing.Current.FindConnection(tenant, new(5)) is null, "the number without its connection");
        Assert.Equal(loads, (one.Database.Routing.WholeLoads, two.Routing.WholeLoads));

        // A node of an earlier version tells of a change, and not of which.
        await one.Database.Sql.WriteAsync(db => db.Execute(
            "alter table rw_number disable trigger ringwright_tell_row; update rw_number set tags = '[\"old\"]'; "
            + "alter table rw_number enable trigger ringwright_tell_row; select pg_notify('ringwright_tables', 'ringwright node 3')"),
            Stop);
        await Eventually.TrueAsync(() => two.Routing.Current.FindOwnNumber("+15550100001")!.Tags.Count == 1, "what nobody has told");
    }

    /// <summary>Its triggers are there already, and whoever makes one again waits for all who write, or they for him.</summary>
    [Fact, Depth("the gate has a server that restarts, a frozen one, and writers that are judged by what they get done")]
    public async Task A_node_begins_beside_one_that_is_writing()
    {
        await using var one = await TestDatabase.OpenAsync(Product.Postgres);
        using var folder = new TempFolder();
        File.Copy(Path.Combine(one.Folder, "key"), folder.File("key"));
        await using var writer = new NpgsqlConnection(PostgresAddress.Read(one.Connection)!.ConnectionString);     // the fixture's own form
        await writer.OpenAsync(Stop);
        await using (var open = await writer.BeginTransactionAsync(Stop))
        {
            await writer.ExecuteAsync("update rw_tenant set name = name; update rw_number set tags = tags");
            await using (await OpenAsync(folder.Path, one.Connection, node: 2)) { /* it waits for nobody */ }
            await open.RollbackAsync(Stop);
        }

        // What is gone, or was made otherwise, is made again.
        await writer.ExecuteAsync(
            "drop trigger ringwright_tell_row on rw_tenant; comment on trigger ringwright_tell_row on rw_number is null");
        await using (await OpenAsync(folder.Path, one.Connection, node: 2)) { }
        Assert.Equal(2, await writer.ExecuteScalarAsync<int>("""
            select count(*) from pg_trigger where tgname = 'ringwright_tell_row' and tgrelid in ('rw_tenant'::regclass, 'rw_number'::regclass)
                and obj_description(oid, 'pg_trigger') is not null
            """));
    }

    [Fact, Depth("the gate has a server that restarts, a frozen one, and writers that are judged by what they get done")]
    public async Task A_connection_that_only_one_end_believes_in_is_noticed()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Postgres);
        var address = PostgresAddress.Read(test.Connection)!;       // the fixture's own form
        using var way = new StallingProxy(new(IPAddress.Loopback, address.Port));
        address.Port = way.Port;
        using var begun = new SemaphoreSlim(0);
        await using var watch = new TableWatch(new(address, Durability.Full, node: 9), 9, new(), () =>
        {
            begun.Release();
            return Task.CompletedTask;
        }, pulse: TimeSpan.FromMilliseconds(100));
        await begun.WaitAsync(Eventually.Deadline, Stop);
        way.Stall();
        Assert.True(await begun.WaitAsync(Eventually.Deadline, Stop), "it listens on another connection");
    }

    [Fact]
    public async Task A_second_node_of_the_same_number_is_refused()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Postgres);
        using var folder = new TempFolder();
        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(folder.Path, test.Connection, node: 1));
        Assert.StartsWith("Another process runs node 1 on postgres://127.0.0.1:", refused.Message);
        Assert.DoesNotContain("not-a-secret", refused.Message);
    }

    [Fact]
    public async Task A_pooler_that_lends_a_connection_for_each_transaction_is_refused()
    {
        await using var test = await TestDatabase.ReserveAsync(Product.Postgres);
        int server = PostgresAddress.Read(test.Connection)!.Port;       // the fixture's own form
        using var pooler = new LendingPooler(server);
        string address = test.Connection.Replace($":{server}/", $":{pooler.Port}/", StringComparison.Ordinal);
        using var folder = new TempFolder();

        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(folder.Path, address, node: 1));
        Assert.Contains("pool_mode = session", refused.Message);
        Assert.DoesNotContain("not-a-secret", refused.Message);
        Assert.Contains("pool_mode = session",
            (await Assert.ThrowsAsync<StoreException>(() => Database.ProbeAsync(address, Stop))).Message);
        // It has left nothing behind on the connection that others are lent.
        await using (await OpenAsync(folder.Path, test.Connection, node: 1)) { }
    }

    private const string Remembered =
        "create table schema_migration "
        + "(version integer not null primary key, name text not null, sha256 text not null, applied_at text not null)";

    public static TheoryData<string> Encodings => Depth.Rows(gate: ["SQL_ASCII"], deep: ["LATIN1"]);

    /// <summary>As servers make them whose machines have no language set, or an old one.</summary>
    [Theory, MemberData(nameof(Encodings))]
    public async Task A_database_that_cannot_keep_all_texts_is_refused(string encoding)
    {
        await using var test = await TestDatabase.ReserveAsync(Product.Postgres);
        string name = $"letters_{encoding.ToLowerInvariant()}", address = test.Connection[..(test.Connection.LastIndexOf('/') + 1)] + name;
        var own = PostgresAddress.Read(test.Connection)!;       // the fixture's own form
        own.Pooling = false;
        await using var server = new NpgsqlConnection(own.ConnectionString);
        await server.OpenAsync(Stop);
        await server.ExecuteAsync($"create database {name} encoding '{encoding}' lc_collate 'C' lc_ctype 'C' template template0");
        try
        {
            using var folder = new TempFolder();
            Func<Task>[] ways = [() => OpenAsync(folder.Path, address, node: 1), () => Database.ProbeAsync(address, Stop)];
            foreach (var asked in ways)
            {
                var refused = await Assert.ThrowsAsync<StoreException>(asked);
                Assert.Contains($"keeps texts in {encoding},", refused.Message);
                Assert.DoesNotContain("not-a-secret", refused.Message);
            }

            // One that is in use goes on: where migrations are remembered, there was a node.
            own.Database = name;
            await using (var older = new NpgsqlConnection(own.ConnectionString))
            {
                await older.OpenAsync(Stop);
                await older.ExecuteAsync(Remembered);
            }
            await using (await OpenAsync(folder.Path, address, node: 1)) { }
        }
        finally
        {
            await server.ExecuteAsync($"drop database {name} with (force)");
        }
    }

    [Fact]
    public async Task Of_several_servers_one_that_is_not_there_is_passed_over()
    {
        await using var test = await TestDatabase.ReserveAsync(Product.Postgres);
        int server = PostgresAddress.Read(test.Connection)!.Port;       // the fixture's own form
        string address = test.Connection.Replace($":{server}/", $":{FreePort.Tcp()},127.0.0.1:{server}/", StringComparison.Ordinal);
        var engine = new PostgresEngine(PostgresAddress.Read(address)!, Durability.Full, node: 7);     // as above
        using var reader = engine.OpenReader();
        Assert.Equal(1, reader.ExecuteScalar<int>("select 1"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_one_sentence_without_the_password()
    {
        using var folder = new TempFolder();
        string address = $"postgres://me:not-a-secret@127.0.0.1:{FreePort.Tcp()}/calls";
        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(folder.Path, address, node: 1));
        Assert.Contains("cannot be opened", refused.Message);
        Assert.DoesNotContain("not-a-secret", refused.Message);
    }

    [Fact]
    public async Task Text_that_the_server_could_not_keep_is_kept_with_a_mark_in_its_place()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Postgres);
        var script = new Script(await test.TenantAsync());
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        script.Facts = script.Facts with { CallerName = "a\0b\ud800c" };
        Assert.True(await ledger.AppendAsync(script.Initiated()));
        Assert.Equal("a\uFFFDb\uFFFDc", (await test.Database.Legs.FindAsync(script.Facts.Tenant, script.Facts.Id, Stop))!.CallerName);
    }

    [Fact]
    public async Task A_text_too_long_for_an_index_costs_its_own_leg_and_no_other()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Postgres);
        var tenant = await test.TenantAsync();
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        string endless = Convert.ToHexString(RandomNumberGenerator.GetBytes(50_000)); // random, for the server compresses what it can
        Script tooLong = new(tenant), next = new(tenant, 2);
        Assert.False(await ledger.AppendAsync(tooLong.Initiated(commandId: endless)));
        Assert.True(ledger.IsReady);
        Assert.True(await ledger.AppendAsync(next.Initiated()));
    }

    [Fact]
    public async Task A_write_that_the_server_cancelled_is_made_again()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Postgres);
        int runs = 0;
        Assert.Equal(2, await test.Database.Sql.WriteAsync(db =>
        {
            if (++runs == 1) db.Execute("do $$ begin raise exception using errcode = 'query_canceled'; end $$");
            return runs;
        }, Stop));
    }

    /// <summary>In the gate the one that loses what was not committed.</summary>
    public static TheoryData<string> Modes => Depth.Rows(gate: ["immediate"], deep: ["fast"]);

    [Theory, MemberData(nameof(Modes)), Failure("database-restarted")]
    public async Task Events_wait_for_a_server_that_restarts_and_are_there_once(string mode)
    {
        await using var server = await PostgresServer.StartAsync();
        using var folder = new TempFolder();
        await using var database = await OpenAsync(folder.Path, await server.CreateDatabaseAsync(), node: 1);
        var tenant = (await database.Tenants.CreateAsync("acme", TenantLimits.None, parent: null, Stop))!.Tenant.Id;
        var ledger = new Ledger(database, Script.Anchor, [new Projector()], NullLogger.Instance);
        var script = new Script(tenant);
        List<Task<bool>> written = [ledger.AppendAsync(script.Initiated())];
        using var isDown = new CancellationTokenSource();

        // Events keep coming before, during and after.
        var calling = Task.Run(async () =>
        {
            for (int i = 0; !isDown.IsCancellationRequested || i < 200; i++)
            {
                written.Add(ledger.AppendAsync(script.Digit('1', at: 2 + i)));
                if (i % 10 == 0) await Task.Yield();
                if (i % 100 == 0) await Task.WhenAny(written[^1], Task.Delay(TimeSpan.FromMilliseconds(20), Stop));
            }
        }, Stop);
        await written[0];
        await server.StopAsync(mode);
        var reading = database.Legs.FindAsync(tenant, script.Facts.Id, Stop).AsTask();
        await isDown.CancelAsync();
        await calling;
        Assert.Contains(written, w => !w.IsCompleted);
        await server.StartAgainAsync();

        Assert.DoesNotContain(false, await Task.WhenAll(written));
        Assert.NotNull(await reading);
        var rows = await database.Events.ListLegAsync(tenant, script.Facts.Id, Stop);
        Assert.Equal(written.Count, rows.Count);
        Assert.Equal(written.Count, await database.Outbox.CountAsync(Stop));
        await Eventually.TrueAsync(() => ledger.IsReady, "new calls are taken again");
    }

    [Fact, Depth("the gate loses answers to commits under webhooks, in LostAnswerTests")]
    public async Task A_commit_that_only_lost_its_answer_is_known_to_have_happened()
    {
        await using var server = await PostgresServer.StartAsync();
        // the fixture's own form
        var engine = new PostgresEngine(PostgresAddress.Read(await server.CreateDatabaseAsync())!, Durability.Full, node: 7);
        using var session = engine.OpenWriter();
        session.Begin();
        session.Connection.Execute("create table kept (x integer)");
        session.Commit();       // as if nothing had come back

        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.True(session.Reconnect());

        session.Begin();
        session.Connection.Execute("insert into kept values (1)");
        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.False(session.Reconnect());
        Assert.Equal(0, session.Connection.ExecuteScalar<long>("select count(*) from kept"));
    }

    [Fact]
    public async Task A_standby_that_the_address_leads_to_for_a_moment_is_no_server_to_read_from()
    {
        await using var server = await PostgresServer.StartAsync();
        string address = await server.CreateDatabaseAsync();
        var engine = new PostgresEngine(PostgresAddress.Read(address)!, Durability.Full, node: 7);     // the fixture's own form
        await server.RestartAsync(asStandby: true);
        var standby = Assert.Throws<StandbyException>(() => engine.OpenReader());
        // He who asks waits, as for a server that is not there.
        Assert.Equal(Trouble.Lost, engine.TroubleOf(standby));
        using var folder = new TempFolder();
        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(folder.Path, address, node: 7));
        Assert.Contains("the server is a standby", refused.Message);

        await server.RestartAsync(asStandby: false);
        using var reader = engine.OpenReader();
        Assert.Equal(1, reader.ExecuteScalar<int>("select 1"));
    }

    private static Task<Database> OpenAsync(string folder, string address, int node) =>
        Database.OpenAsync(
            // Nothing here is about a silent one.
            new() { DataFolder = folder, Connection = address, Node = node, Grace = TimeSpan.FromSeconds(20) }, TimeProvider.System,
            NullLogger.Instance, Stop);
}
