using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A leg that has begun and not ended.</summary>
/// <param name="State">initiated, ringing or answered.</param>
/// <param name="AnsweredAt">Null until somebody answers.</param>
public sealed record LiveCall(LegId Id, CallParties Leg, Guid Session, TenantId Tenant, string State, DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt);

/// <summary>A leg that has ended.</summary>
/// <param name="Cause">In snake case, as <see cref="HangupCause"/> has it.</param>
/// <param name="EndedBy">unknown, local or remote.</param>
/// <param name="SipStatus">Of what ended it; null where no SIP answer did.</param>
/// <param name="Evidence">How the cause was found out; null where it says all.</param>
public sealed record EndedLeg(CallParties Leg, Guid Session, TenantId Tenant, DateTimeOffset StartedAt, DateTimeOffset? AnsweredAt,
    DateTimeOffset EndedAt, string Cause, string EndedBy, int? SipStatus, string? Evidence);

/// <summary>The legs that are up, of all accounts, and those that have ended lately: what the operator sees.</summary>
public sealed class LiveCallTable
{
    // Few at any time, and in an index of their own.
    private const string Asked = "where ended_at is null and (tenant_id = @tenant or @tenant is null)";
    internal const string SelectAllTenants = $"""
        select id, uuid, session_id, tenant_id, direction, from_party, to_party, state, started_at, answered_at
        from rw_leg {Asked} order by started_at desc, id desc limit @limit offset @offset
        """;
    internal const string CountAllTenants = $"select count(*) from rw_leg {Asked}";

    // Account by account: each has an index of its legs by their end, and one over all would cost every call.
    internal const string SelectEnded = """
        select uuid, session_id, tenant_id, direction, from_party, to_party, started_at, answered_at, ended_at, cause, ended_by, sip_status,
            evidence
        from rw_leg where tenant_id = @tenant and ended_at is not null order by ended_at desc limit @limit
        """;

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

    /// <summary>The newest first.</summary>
    /// <param name="limit">So many of all these accounts together.</param>
    public ValueTask<IReadOnlyList<EndedLeg>> ListEndedAsync(IReadOnlyCollection<TenantId> tenants, int limit, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<EndedLeg>>(db =>
        [
            .. tenants.SelectMany(tenant => db.Query<EndedRow>(SelectEnded, new { tenant, limit }))
                .OrderByDescending(row => row.EndedAt).Take(limit).Select(row => row.ToCall()),
        ], stop);

    private sealed record EndedRow
    {
        public Guid Uuid { get; init; }
        public Guid SessionId { get; init; }
        public TenantId TenantId { get; init; }
        public string Direction { get; init; } = "";
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
        public DateTimeOffset EndedAt { get; init; }
        public string Cause { get; init; } = "";
        public string EndedBy { get; init; } = "";
        public int? SipStatus { get; init; }
        public string? Evidence { get; init; }

        public EndedLeg ToCall() => new(new(Uuid, Names<Direction>.Parse(Direction), FromParty, ToParty), SessionId, TenantId, StartedAt,
            AnsweredAt, EndedAt, Cause, EndedBy, SipStatus, Evidence);
    }

    private sealed record Row
    {
        public LegId Id { get; init; }
        public Guid Uuid { get; init; }
        public Guid SessionId { get; init; }
        public TenantId TenantId { get; init; }
        public string Direction { get; init; } = "";
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";
        public string State { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }

        public LiveCall ToCall() => new(Id, new(Uuid, Names<Direction>.Parse(Direction), FromParty, ToParty), SessionId, TenantId, State,
            StartedAt, AnsweredAt);
    }
}
