using System.Data.Common;
using System.Net;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>The snapshot that takes over changed rows answers as one that was read as a whole.</summary>
public abstract class RoutingFollowsTests(Product product)
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
    private static readonly string[] Numbers = [.. Enumerable.Range(0, 8).Select(i => $"+1555010000{i}"), RoutingSnapshot.AnyNumber];
    private static readonly string[] Users = ["desk0", "desk1", "desk2", "spare0", "spare1", "spare2"], Labels = ["alpha", "beta", "gamma"];
    private static readonly IPAddress[] Places =
        [.. new[] { "93.184.216.1", "93.184.216.2", "93.184.216.3", "127.0.0.1" }.Select(IPAddress.Parse)];

    private static readonly ResourceView<ConnectionAddress> Addresses = new()
    {
        Read = row => new(long.Parse(row.Id), row.Tenant, new((long?)row.Body["connection"] ?? 0),
            IPAddress.Parse((string)row.Body["address"]!), (int?)row.Body["port"] ?? 5060)
        {
            ListedAt = row.UpdatedAt
        },
    };

    private static readonly ResourceView<ConnectionHost> Hosts = new()
    {
        Read = row => new(long.Parse(row.Id), row.Tenant, new((long)row.Body["connection"]!), (string)row.Body["host"]!, false, 5060),
    };

    private static readonly ResourceView<IPNetwork> Networks = new() { Read = row => IPNetwork.Parse((string)row.Body["network"]!) };

    private static CancellationToken Stop => TestDatabase.Stop;

    [Theory, Seeds(6)]
    public async Task After_any_writes_it_answers_as_a_whole_load_does(ulong seed)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var world = await World.MakeAsync(test, new Random((int)seed));
        await world.SettleAsync();
        int loads = test.Database.Routing.WholeLoads;
        for (int step = 0; step < 150; step++)
        {
            string what = await world.WriteAsync();
            Assert.Equal(await WholeAsync(test.Database), View(test.Database.Routing.Current));
            Assert.True(test.Database.Routing.WholeLoads == loads, $"{what} made it read everything");
        }
        // Many at once, whose rows are read together or in any order.
        for (int round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.WriteAsync()));
            Assert.Equal(await WholeAsync(test.Database), View(test.Database.Routing.Current));
        }
        Assert.Equal(loads, test.Database.Routing.WholeLoads);
    }

    [Fact]
    public async Task What_was_undone_is_not_taken_over_and_many_rows_at_once_are()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var world = await World.MakeAsync(test, new Random(1));
        await world.SettleAsync();
        var before = View(test.Database.Routing.Current);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await test.Database.Sql.WriteAsync<int>(db =>
        {
            db.Execute("update rw_number set connection_id = null");
            throw new NotSupportedException("changed my mind");
        }, Stop));
        await test.Database.Routing.ReloadAsync(Stop);
        Assert.Equal(before, View(test.Database.Routing.Current));

        Assert.Equal(2_000, await test.Database.Numbers.ImportAsync(
            [.. Enumerable.Range(0, 2_000).Select(i => new NewNumber(new($"+4930{i:00000}", world.First, null), 1_000 + i, At))], Stop));
        Assert.NotNull(test.Database.Routing.Current.FindOwnNumber("+493001999"));
        await test.Database.Sql.WriteAsync(db => db.Execute("delete from rw_number where id >= 1000"), Stop);
        await test.Database.Routing.ReloadAsync(Stop);
        Assert.Equal(before, View(test.Database.Routing.Current));
    }

    /// <summary>It is in no table, and goes where the first account and the numbers go.</summary>
    [Fact]
    public async Task The_echo_line_gives_way_and_comes_back()
    {
        await using var test = await TestDatabase.OpenAsync(product, echoNumber: Numbers[0]);
        var tenant = await test.TenantAsync();
        var routing = test.Database.Routing;
        Assert.Equal(Application.Echo,
            routing.Current.FindConnection(tenant, routing.Current.FindNumber(Numbers[0])!.Connection!.Value)!.Application);
        await test.Database.Numbers.Records.AddAsync("1", new(Numbers[0], tenant, null), At, null, Stop);
        Assert.Null(routing.Current.FindNumber(Numbers[0])!.Connection);
        Assert.Empty(routing.Current.Connections);
        await test.Database.Numbers.Records.RemoveAsync(tenant, "1", null, Stop);
        Assert.Single(routing.Current.Connections);
        Assert.Equal(await WholeAsync(test.Database), View(routing.Current));
    }

    internal static IReadOnlyList<string> View(RoutingSnapshot routing) => RoutingView.Of(routing, Numbers, Users, Labels, Places);

    private static async Task<IReadOnlyList<string>> WholeAsync(Database database) =>
        View(await database.Sql.ReadAsync(database.Routing.TryRead, Stop));

    /// <summary>Two accounts, one below the other, and writes of every kind to everything that calls are routed by.</summary>
    private sealed class World(TestDatabase test, Random dice, TenantId first, TenantId second)
    {
        private readonly Lock _lock = new();
        private int _turn;

        public TenantId First => first;

        public static async Task<World> MakeAsync(TestDatabase test, Random dice)
        {
            var first = await test.TenantAsync();
            var child = Assert.IsType<ChildMade.Done>(await test.Database.ChildTenants.CreateAsync(first, new("below", null, false, true),
                (_, _) => [], Stop)).Child;
            return new(test, dice, first, child.Id);
        }

        /// <summary>A watch of the database's server begins with a whole load of its own.</summary>
        public async Task SettleAsync()
        {
            int enough = test.Connection.StartsWith("postgres", StringComparison.Ordinal) ? 2 : 1;
            await Eventually.TrueAsync(() => test.Database.Routing.WholeLoads >= enough, "the watch listens");
            await test.Database.Routing.ReloadAsync(Stop);
        }

        /// <summary>One of them, which may be refused.</summary>
        public async Task<string> WriteAsync()
        {
            try
            {
                return await TryWriteAsync();
            }
            catch (DbException refused)
            {
                return $"write {_turn}, {refused.Message}";
            }
        }

        private async Task<string> TryWriteAsync()
        {
            int kind, some, other;
            TenantId tenant;
            lock (_lock)
            {
                (kind, some, other, _turn) = (dice.Next(26), dice.Next(9), dice.Next(9), _turn + 1);
                tenant = dice.Next(3) == 0 ? second : first;
            }
            var (store, at, id) = (test.Database, At.AddSeconds(_turn), $"{some + 1}");
            ConnectionId? connection = other < 6 ? new(other + 1) : null;
            switch (kind)
            {
                case 0 or 1:
                    await store.Numbers.Records.AddAsync(id, new(Numbers[some], tenant, connection), at, null, Stop);
                    break;
                case 2 or 3:
                    await store.Numbers.Records.ChangeAsync(tenant, id, n => n with { Connection = connection, Tags = [$"t{_turn}"] },
                        at, (_, _) => null, Stop);
                    break;
                case 4:
                    await store.Numbers.Records.ChangeAsync(tenant, id, n => n with { Text = Numbers[other % 8] },
                        at, (_, _) => null, Stop);
                    break;
                case 5:
                    await store.Numbers.Records.RemoveAsync(tenant, id, null, Stop);
                    break;
                case 6:
                    await store.Numbers.PortAsync(Numbers[some], other % 2 == 0, at, Stop);
                    break;
                case 7:
                    await store.Numbers.ImportAsync(
                        [.. Numbers.Take(3).Select((text, i) => new NewNumber(new(text, tenant, null), some + i + 1, at))], Stop);
                    break;
                case 8 or 9:
                    await store.Connections.Records.AddAsync(id, Equipment(tenant, some + 1, other), at, null, Stop);
                    break;
                case 10 or 11:
                    await store.Connections.Records.ChangeAsync(tenant, id, c =>
                        Equipment(tenant, c.Id.Value, other) with { Kind = c.Kind, IsActive = other % 2 == 0, InboundChannelLimit = _turn },
                        at, (_, _) => null, Stop);
                    break;
                case 12:
                    await store.Connections.Records.RemoveAsync(tenant, id, null, Stop);
                    break;
                case 13:
                    if (other < 5)
                        await store.OutboundProfiles.Records.AddAsync(id,
                            new() { Id = some + 1, Tenant = tenant, Name = $"p{_turn}" }, at, null, Stop);
                    else if (other < 7)
                        await store.OutboundProfiles.Records.ChangeAsync(tenant, id, p => p with { ConcurrentCallLimit = _turn },
                            at, (_, _) => null, Stop);
                    else await store.OutboundProfiles.Records.RemoveAsync(tenant, id, null, Stop);
                    break;
                case 14 or 15:
                    var user = new Guid(some % 3, 0, 0, new byte[8]);
                    if (other < 5)
                        await store.SipCredentials.Records.AddAsync(user.ToString(), new()
                        {
                            Credential = user, Name = Users[3 + other % 3], Password = "secret", Tenant = tenant, Connection = new(some + 1)
                        }, at, null, Stop);
                    else if (other < 7)
                        await store.SipCredentials.Records.ChangeAsync(tenant, user.ToString(),
                            u => u with { Name = Users[3 + other % 3], ExpiresAt = at }, at, (_, _) => null, Stop);
                    else await store.SipCredentials.Records.RemoveAsync(tenant, user.ToString(), null, Stop);
                    break;
                case 16 or 17:
                    var addresses = store.ConnectionAddresses.Rows(Addresses);
                    var listed = await addresses.FindAsync(tenant, id, Stop);
                    if (listed is null)
                        await addresses.InsertAsync(Shop.Row(tenant, some + 1,
                            new() { ["address"] = Places[other % 4].ToString(), ["connection"] = connection?.Value }, at), Stop);
                    else if (other < 6)
                        await addresses.UpdateAsync(listed with
                        {
                            Body = new()
                            {
                                ["address"] = Places[other % 4].ToString(), ["connection"] = connection?.Value, ["port"] = 5060 + other
                            },
                            UpdatedAt = at
                        }, Stop);
                    else await addresses.DeleteAsync(tenant, id, Stop);
                    break;
                case 18:
                    var hosts = store.ConnectionHosts.Rows(Hosts);
                    var host = await hosts.FindAsync(tenant, id, Stop);
                    if (host is null)
                        await hosts.InsertAsync(Shop.Row(tenant, some + 1,
                            new() { ["host"] = $"h{other}.example", ["connection"] = other % 6 + 1L }, at), Stop);
                    else if (other < 6)
                        await hosts.UpdateAsync(
                            host with { Body = new() { ["host"] = $"h{other}.example", ["connection"] = other + 1L } }, Stop);
                    else await hosts.DeleteAsync(tenant, id, Stop);
                    break;
                case 19:
                    if (other < 6) await store.VerifiedNumbers.AddAsync(tenant, Numbers[some % 8], Note, Stop);
                    else await store.VerifiedNumbers.RemoveAsync(tenant, Numbers[some % 8], Note, Stop);
                    break;
                case 20:
                    if (other % 2 == 0) await store.ChildTenants.DisableAsync(first, second, (_, _) => [], Stop);
                    else await store.ChildTenants.EnableAsync(first, second, some % 2 == 0, (_, _) => [], Stop);
                    break;
                case 21:
                    await store.Tenants.ChangeLimitsAsync(tenant, limits => limits with { Channels = _turn }, Stop);
                    await store.MoneyAccounts.ChangeAsync(tenant,
                        account => account with { RollsUp = other % 2 == 0, CreditLimitMicros = other }, AuditActor.Operator, Stop);
                    break;
                case 22:
                    if (other < 6) await store.SharedAddresses.AddAsync(Places[some % 4], Stop);
                    else await store.SharedAddresses.RemoveAsync(Places[some % 4], Stop);
                    var networks = store.AccessNetworks.Rows(AccessKind.Range, Networks);
                    if (await networks.FindAsync(tenant, id, Stop) is null)
                        await networks.InsertAsync(Shop.Row(tenant, some + 1, new() { ["network"] = $"93.184.216.{other}/32" }), Stop);
                    else await networks.DeleteAsync(tenant, id, Stop);
                    break;
                case 23:
                    await store.WaitingMessages.SetAsync(
                        new(tenant, Users[some % Users.Length]) { New = some % 3, Old = other % 2, UrgentNew = some % 2 }, Stop);
                    await store.MailboxSettings.SetAsync(tenant, Numbers[some % 8], new(other % 2 == 0, Pin: null), note: null, Stop);
                    var trunk = new Trunk
                    {
                        Id = new(new Guid(some % 3, 1, 0, new byte[8])), Name = $"trunk{some % 3}", Host = $"192.0.2.{other}",
                        Sources = [new(Places[other % 4], 32)]
                    };
                    if (await store.Trunks.InsertAsync(trunk, Stop) is not WriteOutcome.Done) await store.Trunks.UpdateAsync(trunk, Stop);
                    await store.Routes.InsertAsync(
                        new() { Id = Guid.NewGuid(), Trunk = trunk.Id, Prefix = Numbers[some % 8][..(other + 1)], Priority = _turn }, Stop);
                    break;
                case 24:
                    if (await store.RateDecks.CreateAsync($"deck{some % 3}", other % 2 == 0, Stop) is { } deck)
                        await store.RateDecks.ImportAsync(deck.Id, [(Direction.Outbound, new()
                        {
                            Prefix = "+1", Currency = "USD", MicrosPerMinute = _turn, InitialSeconds = 1,
                            IncrementSeconds = 1, EffectiveFrom = At
                        })], true, Stop);
                    break;
                default:
                    await RawAsync(tenant, some, other);
                    break;
            }
            return $"write {_turn} of kind {kind}";
        }

        /// <summary>Whatever a future statement might do: nobody has to say which rows it meets.</summary>
        private async Task RawAsync(TenantId tenant, int some, int other)
        {
            await test.Database.Sql.WriteAsync(db => (some % 6) switch
            {
                0 => db.Execute("update rw_number set connection_id = null, revision = revision + 1 where tenant_id = @tenant",
                    new { tenant }),
                1 => db.Execute("update rw_connection_address set address = @place where tenant_id = @tenant and id < @other",
                    new { tenant, other, place = Places[other % 4].ToString() }),
                2 => db.Execute("delete from rw_number where tenant_id = @tenant and id > @other", new { tenant, other })
                    + db.Execute("delete from rw_sip_credential where tenant_id = @tenant", new { tenant }),
                3 => db.Execute("update rw_connection set is_active = (id % 2 = 0), name = name || @other",
                    new { other = other.ToString() }),
                4 => db.Execute("update rw_connection_host set port = @other", new { other })
                    + db.Execute("delete from rw_verified_number where tenant_id = @tenant", new { tenant }),
                _ => db.Execute("update rw_number set tags = '[\"x\"]', voice = null where text like @part", new { part = $"%{other}" }),
            }, Stop);
            await test.Database.Routing.ReloadAsync(Stop);
        }

        private static Connection Equipment(TenantId tenant, long id, int which) => new()
        {
            Id = new(id),
            Tenant = tenant,
            Kind = which switch { < 3 => ConnectionKind.Credential, < 6 => ConnectionKind.Ip, _ => ConnectionKind.Fqdn },
            Name = $"c{tenant}{id}",
            Subdomain = which % 4 < 3 ? Labels[which % 4] : null,
            Sip = which < 3 ? new() { UserName = Users[which], Password = $"secret{which}" } : new(),
        };

        private static AuditNote Note(ProvedNumber number) => new()
        {
            Tenant = number.Tenant, At = At, By = AuditActor.Operator, Change = "created", RecordType = "verified_number",
            ResourceId = number.Text,
        };
    }
}

public sealed class RoutingFollowsOnSqlite() : RoutingFollowsTests(Product.Sqlite);

public sealed class RoutingFollowsOnPostgres() : RoutingFollowsTests(Product.Postgres);
