using System.Data;
using System.Data.Common;
using Dapper;
using Ringwright.Calls;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// The routing snapshot, built from the tables and swapped by reference. Every write to a table that it is made of reloads it before the write returns,
/// so whoever was told "done" meets the change on the next call.
/// </summary>
public sealed class Routing : IRouting
{
    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly SemaphoreSlim _gate = new(1);
    private RoutingSnapshot _current = RoutingSnapshot.Empty;
    private long _asked;
    private long _answered;

    internal Routing(Sql sql, SecretBox box) => (_sql, _box) = (sql, box);

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
            return new(
                db.Query<TenantTable.TenantRow>(TenantTable.SelectAllTenants).Select(r => r.ToTenant()),
                db.Query<ConnectionTable.Row>(ConnectionTable.SelectAllTenants).Select(r => r.ToConnection(_box)),
                db.Query<NumberTable.Row>(NumberTable.SelectAllTenants).Select(r => r.ToNumber()),
                db.Query<OutboundProfileTable.Row>(OutboundProfileTable.SelectAllTenants).Select(r => r.ToProfile()),
                db.Query<TrunkTable.Row>(TrunkTable.SelectAll).Select(r => r.ToTrunk(_box)),
                db.Query<RouteTable.Row>(RouteTable.SelectAll).Select(r => r.ToRoute()),
                new SipEquipment(
                    [.. db.Query<SipCredentialTable.Row>(SipCredentialTable.SelectAllTenants).Select(r => r.ToUser(_box))],
                    [.. db.Query<ConnectionAddressTable.Row>(ConnectionAddressTable.SelectAllTenants).Select(r => r.ToAddress())],
                    [.. db.Query<ConnectionHostTable.Row>(ConnectionHostTable.SelectAllTenants).Select(r => r.ToHost())]));
        }
        finally
        {
            connection.Run("commit;");
        }
    }
}
