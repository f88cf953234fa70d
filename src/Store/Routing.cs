using System.Data;
using System.Data.Common;
using System.Net;
using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// The routing snapshot, built from the tables and swapped by reference. Every write to a table that it is made of reloads it before the write returns,
/// so whoever was told "done" meets the change on the next call.
/// </summary>
public sealed class Routing : IRouting
{
    /// <summary>What the snapshot is made of.</summary>
    internal static readonly IReadOnlyList<string> Tables =
    [
        "rw_tenant", "rw_connection", "rw_number", "rw_outbound_profile", "rw_trunk", "rw_route", "rw_sip_credential", "rw_connection_address", "rw_connection_host", "rw_shared_address", "rw_access_network",
        "rw_rate_deck", "rw_money_account", "rw_verified_number",
    ];

    /// <summary>Of the node, not of an account: no request can name a negative id.</summary>
    private static readonly ConnectionId EchoLine = new(-1);

    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly string? _echoNumber;
    private readonly SemaphoreSlim _gate = new(1);
    private RoutingSnapshot _current = RoutingSnapshot.Empty;
    /// <summary>By deck, with the revision that was read. Replaced as a whole, by who holds the gate.</summary>
    private Dictionary<Guid, (long Revision, RateDeck Deck)> _decks = [];
    private long _asked;
    private long _answered;

    internal Routing(Sql sql, SecretBox box, string? echoNumber = null) => (_sql, _box, _echoNumber) = (sql, box, echoNumber);

    public RoutingSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Completes when the snapshot shows everything that was committed before the call. Calls that wait together share one load.</summary>
    internal async ValueTask ReloadAsync(CancellationToken stop)
    {
        long mine = Interlocked.Increment(ref _asked);
        // The write is committed: a caller who gave up must not leave a stale snapshot behind.
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_answered >= mine) return;
            long upTo = Interlocked.Read(ref _asked);
            Volatile.Write(ref _current, await _sql.ReadAsync(Load, CancellationToken.None).ConfigureAwait(false));
            _answered = upTo;
        }
        finally
        {
            _gate.Release();
        }
        stop.ThrowIfCancellationRequested();
    }

    private RoutingSnapshot Load(IDbConnection db)
    {
        // One read transaction, so that a connection and its profile come from the same moment.
        var connection = (DbConnection)db;
        connection.Run(_sql.Engine.BeginRead);
        try
        {
            (var snapshot, _decks) = Read(db);
            connection.Run("commit;");
            return snapshot;
        }
        catch when (connection.State is ConnectionState.Open)
        {
            connection.Run("rollback;");
            throw;
        }
    }

    /// <summary>Reads what a transaction under way would leave behind, and keeps nothing of it.</summary>
    /// <exception cref="Snapshots.SnapshotException">Calls could not be routed by it.</exception>
    internal void TryRead(IDbConnection db)
    {
        try
        {
            Read(db);
        }
        catch (Exception unusable) when (unusable is FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or DataException or System.Text.Json.JsonException)
        {
            throw new Snapshots.SnapshotException($"a row of the file cannot be used: {unusable.Message}", unusable);
        }
    }

    private (RoutingSnapshot Snapshot, Dictionary<Guid, (long Revision, RateDeck Deck)> Decks) Read(IDbConnection db)
    {
        var access = db.Query<AccessNetworkTable.Row>(AccessNetworkTable.SelectAllTenants).ToLookup(r => r.TenantId, r => r.ToNetwork());
        List<Tenant> tenants = [.. db.Query<TenantTable.TenantRow>(TenantTable.SelectAllTenants).Select(r => r.ToTenant(access.Contains(r.Id) ? new(access[r.Id]) : null))];
        List<Connection> connections = [.. db.Query<ConnectionTable.Row>(ConnectionTable.SelectAllTenants).Select(r => r.ToConnection(_box))];
        List<Number> numbers = [.. db.Query<NumberTable.Row>(NumberTable.SelectAllTenants).Select(r => r.ToNumber())];
        AddEchoLine(tenants, connections, numbers);
        var (rates, decks) = LoadRates(db, tenants);
        var snapshot = new RoutingSnapshot(
            tenants,
            connections,
            numbers,
            db.Query<OutboundProfileTable.Row>(OutboundProfileTable.SelectAllTenants).Select(r => r.ToProfile()),
            db.Query<TrunkTable.Row>(TrunkTable.SelectAll).Select(r => r.ToTrunk(_box)),
            db.Query<RouteTable.Row>(RouteTable.SelectAll).Select(r => r.ToRoute()),
            new SipEquipment(
                [.. db.Query<SipCredentialTable.Row>(SipCredentialTable.SelectAllTenants).Select(r => r.ToUser(_box))],
                [.. db.Query<ConnectionAddressTable.Row>(ConnectionAddressTable.SelectAllTenants).Select(r => r.ToAddress())],
                [.. db.Query<ConnectionHostTable.Row>(ConnectionHostTable.SelectAllTenants).Select(r => r.ToHost())])
            {
                SharedAddresses = [.. db.Query<string>(SharedAddressTable.SelectAll).Select(IPAddress.Parse)],
            })
        {
            Rates = rates,
            VerifiedNumbers = [.. db.Query<VerifiedNumberTable.Row>(VerifiedNumberTable.SelectAllTenants).Select(r => new VerifiedNumber(r.TenantId, r.Text))],
        };
        return (snapshot, decks);
    }

    /// <summary>A deck may have a hundred thousand prices: it is read when they have changed, and not with every other change.</summary>
    private (RateBook Rates, Dictionary<Guid, (long Revision, RateDeck Deck)> Decks) LoadRates(IDbConnection db, List<Tenant> tenants)
    {
        List<RateDeckTable.Head> heads = [.. db.Query<RateDeckTable.Head>(RateDeckTable.SelectAll)];
        var known = _decks;
        Dictionary<Guid, (long Revision, RateDeck Deck)> decks = heads.ToDictionary(head => head.Id, head =>
            known.TryGetValue(head.Id, out var same) && same.Revision == head.Revision && same.Deck.Name == head.Name ? same : (head.Revision, head.Load(db)));
        return (new(decks.Values.Select(deck => deck.Deck), heads.Find(head => head.IsDefault)?.Id,
            db.Query<MoneyAccountTable.Row>(MoneyAccountTable.SelectAllTenants).Select(row => row.ToAccount()), tenants), decks);
    }

    /// <summary>In no table: the node's own, in the name of the first account. A number that an account has stays the account's.</summary>
    private void AddEchoLine(List<Tenant> tenants, List<Connection> connections, List<Number> numbers)
    {
        if (_echoNumber is not { } number || tenants.Count == 0 || numbers.Any(n => n.Text == number)) return;
        var line = new Connection { Id = EchoLine, Tenant = tenants[0].Id, Kind = ConnectionKind.CallControl, Application = Application.Echo, Name = "echo test line" };
        connections.Add(line);
        numbers.Add(new(number, line.Tenant, line.Id));
    }
}
