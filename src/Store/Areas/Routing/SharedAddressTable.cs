using System.Net;
using Dapper;
using Ringwright.Calls;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// The addresses that the operator lets several accounts list. The routing snapshot has them as <see cref="SipDirectory.IsShared"/>.
/// </summary>
public sealed class SharedAddressTable
{
    internal const string Insert =
        "insert into rw_shared_address (address, created_at) values (@address, @at) on conflict (address) do nothing";
    internal const string Delete = "delete from rw_shared_address where address = @address";
    internal const string SelectAll = "select address from rw_shared_address order by created_at, address";
    internal const string Count = "select count(*) from rw_shared_address where address = @address";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly TimeProvider _time;

    internal SharedAddressTable(Sql sql, Routing routing, TimeProvider time) => (_sql, _routing, _time) = (sql, routing, time);

    /// <returns>False when it is shared already.</returns>
    public ValueTask<bool> AddAsync(IPAddress address, CancellationToken stop) => WriteAsync(Insert, address, stop);

    /// <summary>Those who list it keep their rows; from now on it is the first one's.</summary>
    /// <returns>False when it is not shared.</returns>
    public ValueTask<bool> RemoveAsync(IPAddress address, CancellationToken stop) => WriteAsync(Delete, address, stop);

    private async ValueTask<bool> WriteAsync(string statement, IPAddress address, CancellationToken stop)
    {
        int changed = await _sql.WriteAsync(
            db => db.Execute(statement, new { address = address.Plain().ToString(), at = _time.GetUtcNow() }), stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed == 1;
    }
}
