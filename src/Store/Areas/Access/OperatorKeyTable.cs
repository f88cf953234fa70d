using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Keys of the operator, which open the admin listener beyond loopback. They belong to no tenant.</summary>
public sealed class OperatorKeyTable
{
    internal const string Insert = "insert into rw_operator_key (hash, created_at) values (@hash, @at) on conflict (hash) do nothing";
    internal const string Count = "select count(*) from rw_operator_key where hash = @hash and revoked_at is null";
    internal const string CountAll = "select count(*) from rw_operator_key where revoked_at is null";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal OperatorKeyTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    public async ValueTask AddAsync(string keyText, CancellationToken stop)
    {
        string hash = ApiKeyTable.Hash(keyText);
        await _sql.WriteAsync(db => db.Execute(Insert, new { hash, at = _time.GetUtcNow() }), stop).ConfigureAwait(false);
    }

    public async ValueTask<bool> IsKnownAsync(string keyText, CancellationToken stop)
    {
        string hash = ApiKeyTable.Hash(keyText);
        return await _sql.ReadAsync(db => db.ExecuteScalar<long>(Count, new { hash }), stop).ConfigureAwait(false) > 0;
    }

    /// <summary>False on a new node: then one is to be made and printed once.</summary>
    public async ValueTask<bool> AnyAsync(CancellationToken stop) =>
        await _sql.ReadAsync(db => db.ExecuteScalar<long>(CountAll), stop).ConfigureAwait(false) > 0;
}
