using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Net;
using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// The routing snapshot, built from the tables and swapped by reference. Every write to a table that it is made of waits until the snapshot
/// has it, so whoever was told "done" meets the change on the next call. All is read at start; later the rows that have changed (ADR 74).
/// </summary>
public sealed class Routing : IRouting
{
    /// <summary>A transaction sees the moment of its first look.</summary>
    private const string Look = "select count(*) from rw_node";

    /// <summary>Of the node, not of an account: no request can name a negative id.</summary>
    private static readonly ConnectionId EchoLine = new(-1);
    /// <summary>The first of them; the next ones are below it.</summary>
    private const long AgentLine = -2;

    private readonly Sql _sql;
    private readonly RowChanges _changes;
    private readonly SecretBox _box;
    private readonly string? _echoNumber;
    private readonly IReadOnlyList<(string Number, string Script)> _agentLines;
    private readonly SemaphoreSlim _gate = new(1);
    private int _wholeLoads;
    private RoutingSnapshot _current = RoutingSnapshot.Empty;
    /// <summary>By deck, with the revision that was read. Replaced as a whole, by who holds the gate.</summary>
    private Dictionary<Guid, (long Revision, RateDeck Deck)> _decks = [];

    internal Routing(Sql sql, RowChanges changes, SecretBox box, string? echoNumber = null,
        IReadOnlyList<(string Number, string Script)>? agentLines = null) =>
        (_sql, _changes, _box, _echoNumber, _agentLines) = (sql, changes, box, echoNumber, agentLines ?? []);

    public RoutingSnapshot Current => Volatile.Read(ref _current);

    /// <summary>How often all was read.</summary>
    internal int WholeLoads => Volatile.Read(ref _wholeLoads);

    /// <summary>Completes when the snapshot shows everything that was committed before the call.</summary>
    internal async ValueTask ReloadAsync(CancellationToken stop)
    {
        // The write is committed: a caller who gave up must not leave a stale snapshot behind.
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            // Who waited may find it done by whoever came before.
            if (!_changes.IsEmpty) await FollowAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
        stop.ThrowIfCancellationRequested();
    }

    private async ValueTask FollowAsync()
    {
        // What is committed after this moment may not be seen below, and is read again the next time.
        long moment = _changes.Now;
        var (snapshot, decks) = await _sql.ReadAsync(Load, CancellationToken.None).ConfigureAwait(false);
        _decks = decks;
        Volatile.Write(ref _current, snapshot);
        _changes.Forget(moment);
    }

    private (RoutingSnapshot Snapshot, Dictionary<Guid, (long Revision, RateDeck Deck)> Decks) Load(IDbConnection db)
    {
        // One read transaction, so that a connection and its profile come from the same moment.
        var connection = (DbConnection)db;
        connection.Run(_sql.Engine.BeginRead);
        try
        {
            db.ExecuteScalar<long>(Look);
            // Only now: whatever is seen from here on is among them.
            var rows = _changes.List();
            bool isWhole = IsWhole(rows);
            if (isWhole) Interlocked.Increment(ref _wholeLoads);
            var loaded = isWhole ? Read(db) : Follow(db, rows);
            connection.Run("commit;");
            return loaded;
        }
        catch when (connection.State is ConnectionState.Open)
        {
            connection.Run("rollback;");
            throw;
        }
    }

    /// <summary>
    /// Lines of the node's own are of the first account, and are nobody's numbers: where either changes, which it does on few nodes, all is
    /// read.
    /// </summary>
    private bool IsWhole(IReadOnlyList<ChangedRow> rows) => rows.Contains(ChangedRow.All)
        || (_echoNumber is not null || _agentLines.Count > 0)
            && rows.Any(row => row.Table == "rw_tenant" || row.Table == "rw_number" && IsOwnLine(row.First));

    private bool IsOwnLine(string? number) => number == _echoNumber || _agentLines.Any(line => line.Number == number);

    private (RoutingSnapshot Snapshot, Dictionary<Guid, (long Revision, RateDeck Deck)> Decks) Follow(IDbConnection db,
        IReadOnlyList<ChangedRow> rows)
    {
        var changes = new RoutingChanges();
        var decks = _decks;
        foreach (var row in rows.Distinct())
        {
            switch (row.Table)
            {
                case "rw_number":
                    changes.Numbers[row.First] = One<NumberTable.Row>(NumberTable.SelectByTextAllTenants, new { text = row.First })
                        ?.ToNumber();
                    break;
                case "rw_connection":
                    var (tenant, id) = KeyOf(row);
                    changes.Connections[(tenant, new(id))] = One<ConnectionTable.Row>(ConnectionTable.Select, new { tenant, id })
                        ?.ToConnection(_box);
                    break;
                case "rw_outbound_profile":
                    (tenant, id) = KeyOf(row);
                    changes.Profiles[(tenant, id)] = One<OutboundProfileTable.Row>(OutboundProfileTable.Select, new { tenant, id })
                        ?.ToProfile();
                    break;
                case "rw_sip_credential":
                    changes.Users[row.First] = One<SipCredentialTable.Row>(SipCredentialTable.SelectByNameAllTenants,
                        new { name = row.First })?.ToUser(_box);
                    break;
                case "rw_connection_address" when row.Second.Length > 0:     // else it belongs to none
                    (tenant, id) = KeyOf(row);
                    var addresses = db.Query<ConnectionAddressTable.Row>(ConnectionAddressTable.SelectOf, new { tenant, connection = id });
                    changes.Addresses[(tenant, new(id))] = [.. addresses.Select(r => r.ToAddress())];
                    break;
                case "rw_connection_host":
                    (tenant, id) = KeyOf(row);
                    var hosts = db.Query<ConnectionHostTable.Row>(ConnectionHostTable.SelectOf, new { tenant, connection = id });
                    changes.Hosts[(tenant, new(id))] = [.. hosts.Select(r => r.ToHost())];
                    break;
                case "rw_verified_number":
                    var verified = db.Query<VerifiedNumberTable.Row>(VerifiedNumberTable.SelectByTextAllTenants, new { text = row.First });
                    changes.Verifiers[row.First] = [.. verified.Select(r => r.TenantId)];
                    break;
                case "rw_waiting_messages":
                    var account = new TenantId(Guid.Parse(row.First));
                    changes.Messages[(account, row.Second)] = One<WaitingMessageTable.Row>(WaitingMessageTable.Select,
                        new { tenant = account, user = row.Second })?.ToMessages();
                    break;
                case "rw_mailbox":
                    var owner = new TenantId(Guid.Parse(row.First));
                    changes.Mailboxes[(owner, row.Second)] = One<MailboxTable.Row>(MailboxTable.Select,
                        new { tenant = owner, number = row.Second })?.ToMailbox();
                    break;
                case "rw_tenant" or "rw_access_network" or "rw_money_account" or "rw_rate_deck" when changes.Tenants is null:
                    var tenants = ReadTenants(db);
                    (changes.Rates, decks) = LoadRates(db, tenants);
                    changes.Tenants = tenants;
                    break;
                case "rw_trunk":
                    changes.Trunks = ReadTrunks(db);
                    break;
                case "rw_route":
                    changes.Routes = ReadRoutes(db);
                    break;
                case "rw_shared_address":
                    changes.SharedAddresses = ReadSharedAddresses(db);
                    break;
                default:
                    break;
            }
        }
        return (Current.With(changes), decks);

        T? One<T>(string select, object key) where T : class => db.QuerySingleOrDefault<T>(select, key);
    }

    private static (TenantId Tenant, long Id) KeyOf(ChangedRow row) =>
        (new(Guid.Parse(row.First)), long.Parse(row.Second, CultureInfo.InvariantCulture));

    /// <summary>Reads what a transaction under way would leave behind, and keeps nothing of it.</summary>
    /// <exception cref="Snapshots.SnapshotException">Calls could not be routed by it.</exception>
    internal RoutingSnapshot TryRead(IDbConnection db)
    {
        try
        {
            return Read(db).Snapshot;
        }
        catch (Exception unusable) when (unusable is FormatException or InvalidOperationException or ArgumentException
            or KeyNotFoundException or DataException or System.Text.Json.JsonException)
        {
            throw new Snapshots.SnapshotException($"a row of the file cannot be used: {unusable.Message}", unusable);
        }
    }

    private (RoutingSnapshot Snapshot, Dictionary<Guid, (long Revision, RateDeck Deck)> Decks) Read(IDbConnection db)
    {
        var tenants = ReadTenants(db);
        List<Connection> connections = [.. db.Query<ConnectionTable.Row>(ConnectionTable.SelectAllTenants)
            .Select(r => r.ToConnection(_box))];
        List<Number> numbers = [.. db.Query<NumberTable.Row>(NumberTable.SelectAllTenants).Select(r => r.ToNumber())];
        AddOwnLines(tenants, connections, numbers);
        var (rates, decks) = LoadRates(db, tenants);
        var snapshot = new RoutingSnapshot(
            tenants,
            connections,
            numbers,
            db.Query<OutboundProfileTable.Row>(OutboundProfileTable.SelectAllTenants).Select(r => r.ToProfile()),
            ReadTrunks(db),
            ReadRoutes(db),
            new SipEquipment(
                [.. db.Query<SipCredentialTable.Row>(SipCredentialTable.SelectAllTenants).Select(r => r.ToUser(_box))],
                [.. db.Query<ConnectionAddressTable.Row>(ConnectionAddressTable.SelectAllTenants).Select(r => r.ToAddress())],
                [.. db.Query<ConnectionHostTable.Row>(ConnectionHostTable.SelectAllTenants).Select(r => r.ToHost())])
            {
                SharedAddresses = ReadSharedAddresses(db),
            })
        {
            Rates = rates,
            VerifiedNumbers = [.. db.Query<VerifiedNumberTable.Row>(VerifiedNumberTable.SelectAllTenants)
                .Select(r => new VerifiedNumber(r.TenantId, r.Text))],
            Messages = [.. db.Query<WaitingMessageTable.Row>(WaitingMessageTable.SelectAllTenants).Select(r => r.ToMessages())],
            Mailboxes = [.. db.Query<MailboxTable.Row>(MailboxTable.SelectAllTenants).Select(r => r.ToMailbox()).OfType<VoiceMailbox>()],
        };
        return (snapshot, decks);
    }

    private static List<Tenant> ReadTenants(IDbConnection db)
    {
        var access = db.Query<AccessNetworkTable.Row>(AccessNetworkTable.SelectAllTenants).ToLookup(r => r.TenantId, r => r.ToNetwork());
        return [.. db.Query<TenantTable.TenantRow>(TenantTable.SelectAllTenants)
            .Select(r => r.ToTenant(access.Contains(r.Id) ? new(access[r.Id]) : null))];
    }

    private List<Trunk> ReadTrunks(IDbConnection db) => [.. db.Query<TrunkTable.Row>(TrunkTable.SelectAll).Select(r => r.ToTrunk(_box))];

    private static List<Route> ReadRoutes(IDbConnection db) => [.. db.Query<RouteTable.Row>(RouteTable.SelectAll).Select(r => r.ToRoute())];

    private static List<IPAddress> ReadSharedAddresses(IDbConnection db) =>
        [.. db.Query<string>(SharedAddressTable.SelectAll).Select(IPAddress.Parse)];

    /// <summary>A deck may have a hundred thousand prices: it is read when they have changed, and not with every other change.</summary>
    private (RateBook Rates, Dictionary<Guid, (long Revision, RateDeck Deck)> Decks) LoadRates(IDbConnection db, List<Tenant> tenants)
    {
        List<RateDeckTable.Head> heads = [.. db.Query<RateDeckTable.Head>(RateDeckTable.SelectAll)];
        var known = _decks;
        Dictionary<Guid, (long Revision, RateDeck Deck)> decks = heads.ToDictionary(head => head.Id, head =>
            known.TryGetValue(head.Id, out var same) && same.Revision == head.Revision && same.Deck.Name == head.Name ? same
                : (head.Revision, head.Load(db)));
        return (new(decks.Values.Select(deck => deck.Deck), heads.Find(head => head.IsDefault)?.Id,
            db.Query<MoneyAccountTable.Row>(MoneyAccountTable.SelectAllTenants).Select(row => row.ToAccount()), tenants), decks);
    }

    /// <summary>In no table: the node's own, in the name of the first account. A number that an account has stays the account's.</summary>
    private void AddOwnLines(List<Tenant> tenants, List<Connection> connections, List<Number> numbers)
    {
        if (_echoNumber is { } echo) Add(EchoLine, echo, Application.Echo, "echo test line");
        for (int i = 0; i < _agentLines.Count; i++)
        {
            var (number, script) = _agentLines[i];
            Add(new(AgentLine - i), number, new(ApplicationKind.Agent, script), $"agent {script}");
        }

        void Add(ConnectionId id, string number, Application application, string name)
        {
            if (tenants.Count == 0 || numbers.Any(n => n.Text == number)) return;
            var line = new Connection
            {
                Id = id, Tenant = tenants[0].Id, Kind = ConnectionKind.CallControl, Application = application, Name = name,
                // Whoever is on the line may be put through, as by any application of the account.
                OutboundProfile = application.Kind is ApplicationKind.Agent ? tenants[0].DefaultProfile : null,
            };
            connections.Add(line);
            numbers.Add(new(number, line.Tenant, line.Id));
        }
    }
}
