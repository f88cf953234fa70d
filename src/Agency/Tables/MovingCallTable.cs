using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A call that is up, or has ended a moment ago.</summary>
internal sealed record MovingCall
{
    public TenantId TenantId { get; init; }
    public string Uuid { get; init; } = "";
    /// <summary>As tables have it.</summary>
    public string State { get; init; } = "";
    public bool IsUp => State is not "ended";
}

/// <summary>The calls of accounts that move at this moment: no more of the ledger is read, however long it is.</summary>
internal sealed class MovingCallTable(Database store)
{
    internal const string SelectAllTenants = $"""
        select tenant_id, uuid, state from rw_leg where tenant_id in @tenants and {UpLegs.Only}
        union all
        select tenant_id, uuid, state from rw_leg where tenant_id in @tenants and ended_at >= @since
        """;

    /// <param name="accounts">The agency's, and those of its clients; or some of them.</param>
    public ValueTask<List<MovingCall>> ListAsync(IReadOnlyList<TenantId> accounts, DateTimeOffset since, CancellationToken stop) =>
        accounts.Count == 0 ? new([]) : store.Sql.ReadAsync(db => db.Query<MovingCall>(SelectAllTenants, new
        {
            tenants = new InList<string>([.. accounts.Select(account => account.ToString())]), since,
        }).AsList(), stop);
}
