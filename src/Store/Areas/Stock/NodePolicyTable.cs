using System.Data;
using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Who decides on the number orders of accounts that have no policy of their own: one for all nodes of a database.</summary>
public sealed class NodePolicyTable
{
    private const string Orders = "number_order";
    internal const string Select = "select value from rw_node_policy where kind = @kind";
    internal const string Put = """
        insert into rw_node_policy (kind, value, updated_at) values (@kind, @value, @at)
        on conflict (kind) do update set value = excluded.value, updated_at = excluded.updated_at
        """;

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal NodePolicyTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Nobody, as long as the operator has said nothing.</summary>
    public ValueTask<OrderPolicy> FindAsync(CancellationToken stop) => _sql.ReadAsync(db => Find(db), stop);

    /// <summary>For orders from now on.</summary>
    public ValueTask<bool> SetAsync(OrderPolicy policy, CancellationToken stop) => _sql.WriteAsync(db =>
        db.Execute(Put, new { kind = Orders, value = policy.ToString(), at = _time.GetUtcNow() }) == 1, stop);

    internal static OrderPolicy Find(IDbConnection db) =>
        db.QuerySingleOrDefault<string>(Select, new { kind = Orders }) is { } value && OrderPolicy.Of(value) is { } policy
            ? policy : OrderPolicy.Nobody;
}
