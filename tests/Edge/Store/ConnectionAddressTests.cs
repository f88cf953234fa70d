using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Migrations;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>An address has one tenant, whoever asks at the same moment.</summary>
public abstract class ConnectionAddressTests(Product product)
{
    private static readonly ResourceView<ConnectionAddress> Addresses = new()
    {
        Read = row => new(long.Parse(row.Id), row.Tenant, new((long?)row.Body["connection"] ?? 0),
            IPAddress.Parse((string)row.Body["address"]!), (int?)row.Body["port"] ?? 5060)
        {
            ListedAt = row.CreatedAt
        },
    };

    private static readonly ResourceView<Connection> Connections = new()
    {
        Read = row => new()
        {
            Id = new(long.Parse(row.Id)), Tenant = row.Tenant, Kind = ConnectionKind.Ip, Name = $"c{row.Id}",
            Sip = new() { Origination = new() { Token = (string?)row.Body["token"] } },
        },
    };

    private static CancellationToken Stop => TestDatabase.Stop;

    private static ValueTask<WriteOutcome> ListAsync(Database database, TenantId tenant, long id, string address,
        long? connection = null) =>
        database.ConnectionAddresses.Rows(Addresses)
            .InsertAsync(Shop.Row(tenant, id, new() { ["address"] = address, ["connection"] = connection }), Stop);

    private static async Task<TenantId> TenantAsync(Database database, string name) =>
        (await database.Tenants.CreateAsync(name, TenantLimits.None, null, Stop))!.Tenant.Id;

    [Fact]
    public async Task Of_many_who_ask_at_once_for_one_address_exactly_one_gets_it()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        using var folder = new TempFolder();
        Database? other = null;
        if (product is Product.Postgres)
        {
            File.Copy(Path.Combine(test.Folder, "key"), folder.File("key"));
            other = await Database.OpenAsync(new() { DataFolder = folder.Path, Connection = test.Connection, Node = 2 }, test.Time,
                Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, Stop);
        }
        try
        {
            var tenants = new List<TenantId>();
            for (int i = 0; i < 8; i++) tenants.Add(await TenantAsync(test.Database, $"t{i}"));
            for (int round = 0; round < 10; round++)
            {
                string address = $"93.184.216.{round + 1}";
                var asked = tenants.Select((t, i) => Task.Run(async () =>
                    await ListAsync(i % 2 == 0 ? test.Database : other ?? test.Database, t, 100 * round + i, address), Stop)).ToArray();
                var outcomes = await Task.WhenAll(asked);
                Assert.Equal(1, outcomes.Count(o => o is WriteOutcome.Done));
                Assert.Equal(7, outcomes.Count(o => o is WriteOutcome.Taken));
            }
        }
        finally
        {
            if (other is not null) await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_change_of_the_address_asks_too_and_another_change_does_not()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (one, two) = (await TenantAsync(test.Database, "one"), await TenantAsync(test.Database, "two"));
        var rows = test.Database.ConnectionAddresses.Rows(Addresses);
        Assert.Equal(WriteOutcome.Done, await ListAsync(test.Database, one, 1, "93.184.216.1"));
        Assert.Equal(WriteOutcome.Done, await ListAsync(test.Database, two, 2, "93.184.216.2"));
        Assert.Equal(WriteOutcome.Taken, await rows.UpdateAsync(Shop.Row(two, 2, new() { ["address"] = "93.184.216.1" }), Stop));
        Assert.Equal(WriteOutcome.Done,
            await rows.UpdateAsync(Shop.Row(two, 2, new() { ["address"] = "93.184.216.2", ["port"] = 5070 }), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.DeleteAsync(one, "1", Stop));
        Assert.Equal(WriteOutcome.Done,
            await rows.UpdateAsync(Shop.Row(two, 2, new() { ["address"] = "93.184.216.1" }) with { Revision = 2 }, Stop));
    }

    [Fact]
    public async Task Loopback_shared_addresses_and_connections_with_a_token_are_free()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (one, two) = (await TenantAsync(test.Database, "one"), await TenantAsync(test.Database, "two"));
        await test.Database.Connections.Rows(ConnectionKind.Ip, Connections)
            .InsertAsync(Shop.Row(two, 70, new() { ["token"] = "long-enough" }), Stop);
        Assert.Equal(WriteOutcome.Done, await ListAsync(test.Database, one, 1, "127.0.0.1"));
        Assert.Equal(WriteOutcome.Done, await ListAsync(test.Database, two, 2, "127.0.0.1"));
        Assert.Equal(WriteOutcome.Done, await ListAsync(test.Database, one, 3, "93.184.216.3"));
        Assert.Equal(WriteOutcome.Taken, await ListAsync(test.Database, two, 4, "93.184.216.3"));
        Assert.Equal(WriteOutcome.Done, await ListAsync(test.Database, two, 5, "93.184.216.3", connection: 70));
        Assert.True(await test.Database.SharedAddresses.AddAsync(IPAddress.Parse("::ffff:93.184.216.3"), Stop));
        Assert.False(await test.Database.SharedAddresses.AddAsync(IPAddress.Parse("93.184.216.3"), Stop));
        Assert.True(test.Database.Routing.Current.Sip.IsShared(IPAddress.Parse("93.184.216.3")));
        Assert.Equal(WriteOutcome.Done, await ListAsync(test.Database, two, 6, "93.184.216.3"));
        Assert.True(await test.Database.SharedAddresses.RemoveAsync(IPAddress.Parse("93.184.216.3"), Stop));
        Assert.Equal(WriteOutcome.Taken, await ListAsync(test.Database, two, 7, "93.184.216.3"));
    }

    /// <summary>What an earlier program let in stays, and at use the first one has it.</summary>
    [Fact]
    public async Task Rows_that_overlap_from_before_are_kept_and_the_earliest_has_the_address()
    {
        await using var test = await TestDatabase.ReserveAsync(product);
        TenantId first = new(Guid.NewGuid()), second = new(Guid.NewGuid());
        Before(test, $"""
            insert into rw_tenant (id, name, created_at) values ('{first}', 'first', '2019-01-01T00:00:00.000000Z'), ('{second}', 'second', '2019-01-01T00:00:00.000000Z');
            insert into rw_connection (tenant_id, id, kind, name, is_active, webhook_version, codecs, is_dtmf_redacted, doc, revision, created_at, updated_at) values {Rows("'ip', 'pbx', true, '2', '[]', false, ")};
            insert into rw_connection_address (tenant_id, id, connection_id, address, port, doc, revision, created_at, updated_at) values {Rows("ID, '93.184.216.9', 5060, ")};
            """);
        await using var now = await test.OpenAgainAsync();
        var listed = now.Routing.Current.Sip.FindSource(IPAddress.Parse("93.184.216.9"));
        Assert.Equal([first, second], listed.Select(s => s.Connection.Tenant));
        Assert.Equal(["93.184.216.9"], now.Routing.Current.Sip.Contested.Select(a => a.ToString()));
        Assert.Equal(WriteOutcome.Taken, await ListAsync(now, second, 3, "93.184.216.9"));
        Assert.Equal(WriteOutcome.Done, await ListAsync(now, first, 4, "93.184.216.9"));

        // The younger row has the smaller number.
        string Rows(string values) => string.Join(", ", new[] { (second, 1, 2022), (first, 2, 2020) }
            .Select(r => $"('{r.Item1}', {r.Item2}, {values.Replace("ID", $"{r.Item2}")}'{{}}', 1, '{r.Item3}-01-01T00:00:00.000000Z', '"
                + $"{r.Item3}-01-01T00:00:00.000000Z')"));
    }

    /// <summary>Runs statements on the database as it was before addresses had one tenant.</summary>
    private static void Before(TestDatabase test, string sql)
    {
        var engine = Database.EngineOf(new() { DataFolder = test.Folder, Connection = test.Connection });
        using var writer = engine.OpenWriter();
        Migrator.RunHistory(engine, writer.Connection, [.. Migration.Embedded().Where(m => m.Version < 23)], test.Time);
        writer.Connection.Execute(sql);
    }
}

public sealed class ConnectionAddressesOnSqlite() : ConnectionAddressTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ConnectionAddressesOnPostgres() : ConnectionAddressTests(Product.Postgres);
