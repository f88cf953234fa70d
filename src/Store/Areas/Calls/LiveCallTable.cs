using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A leg that has begun and not ended.</summary>
/// <param name="State">initiated, ringing or answered.</param>
/// <param name="AnsweredAt">Null until somebody answers.</param>
public sealed record LiveCall(CallParties Leg, Guid Session, TenantId Tenant, string State, DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt);

/// <summary>The legs that are up, of all accounts: what the operator sees.</summary>
public sealed class LiveCallTable
{
    // Few at any time, and in an index of their own.
    private const string Asked = "where ended_at is null and (tenant_id = @tenant or @tenant is null)";
    internal const string SelectAllTenants = $"""
        select uuid, session_id, tenant_id, direction, from_party, to_party, state, started_at, answered_at
        from rw_leg {Asked} order by started_at desc, id desc limit @limit offset @offset
        """;
    internal const string CountAllTenants = $"select count(*) from rw_leg {Asked}";

    private readonly Sql _sql;

    internal LiveCallTable(Sql sql) => _sql = sql;

    /// <summary>The newest first.</summary>
    /// <param name="tenant">Null lists those of all accounts.</param>
    public ValueTask<(IReadOnlyList<LiveCall> Rows, long Total)> ListAsync(TenantId? tenant, int offset, int limit, CancellationToken stop)
    {
        var parameters = new { tenant = tenant?.ToString(), limit, offset };
        return _sql.ReadAsync<(IReadOnlyList<LiveCall>, long)>(db => (
            [.. db.Query<Row>(SelectAllTenants, parameters).Select(row => row.ToCall())],
            db.ExecuteScalar<long>(CountAllTenants, parameters)), stop);
    }

    private sealed record Row
    {
        public Guid Uuid { get; init; }
        public Guid SessionId { get; init; }
        public TenantId TenantId { get; init; }
        public string Direction { get; init; } = "";
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";
        public string State { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }

        public LiveCall ToCall() => new(new(Uuid, Names<Direction>.Parse(Direction), FromParty, ToParty), SessionId, TenantId, State,
            StartedAt, AnsweredAt);
    }
}
