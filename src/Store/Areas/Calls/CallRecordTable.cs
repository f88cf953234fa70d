using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>One per ended leg, written in the transaction of its last event. Every face's record of the call is a view of this.</summary>
public sealed record CallRecord
{
    public required LegId Leg { get; init; }
    public required TenantId Tenant { get; init; }
    public required SessionId Session { get; init; }
    public required ConnectionId Connection { get; init; }
    public required Direction Direction { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public TrunkId? Trunk { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    /// <summary>Start to end, rounded up.</summary>
    public required int TotalSeconds { get; init; }
    /// <summary>Answer to end, rounded up; 0 when unanswered.</summary>
    public required int TalkSeconds { get; init; }
    public required HangupCause Cause { get; init; }
    public required HangupParty By { get; init; }
    public int? SipStatus { get; init; }
    /// <summary>Null when the leg had no price.</summary>
    public int? BilledSeconds { get; init; }
    /// <summary>Price of a minute, in millionths.</summary>
    public long? RateMicros { get; init; }
    public Money? Cost { get; init; }
}

public sealed class CallRecordTable
{
    private const string Columns = """
        leg_id, tenant_id, session_id, connection_id, direction, from_party, to_party, trunk_id, started_at, answered_at, ended_at,
        total_seconds, talk_seconds, cause, ended_by, sip_status, billed_seconds, rate_micros, cost_micros, cost_currency
        """;
    internal const string Select = $"select {Columns} from rw_call_record where tenant_id = @tenant and leg_id = @leg";
    internal const string SelectMany = $"""
        select {Columns} from rw_call_record where tenant_id = @tenant and ended_at >= @since order by ended_at desc, leg_id desc limit @limit offset @offset
        """;

    private readonly Sql _sql;

    internal CallRecordTable(Sql sql) => _sql = sql;

    public async ValueTask<CallRecord?> FindAsync(TenantId tenant, LegId leg, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, leg }), stop).ConfigureAwait(false))?.ToRecord();

    /// <summary>Newest first.</summary>
    public async ValueTask<IReadOnlyList<CallRecord>> ListAsync(TenantId tenant, DateTimeOffset since, int offset, int limit,
        CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectMany, new { tenant, since, offset, limit }), stop).ConfigureAwait(false))
            .Select(r => r.ToRecord())];

    private sealed record Row
    {
        public LegId LegId { get; init; }
        public TenantId TenantId { get; init; }
        public SessionId SessionId { get; init; }
        public ConnectionId ConnectionId { get; init; }
        public string Direction { get; init; } = "";
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";
        public TrunkId? TrunkId { get; init; }
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
        public DateTimeOffset EndedAt { get; init; }
        public int TotalSeconds { get; init; }
        public int TalkSeconds { get; init; }
        public string Cause { get; init; } = "";
        public string EndedBy { get; init; } = "";
        public int? SipStatus { get; init; }
        public int? BilledSeconds { get; init; }
        public long? RateMicros { get; init; }
        public long? CostMicros { get; init; }
        public string? CostCurrency { get; init; }

        public CallRecord ToRecord() => new()
        {
            Leg = LegId,
            Tenant = TenantId,
            Session = SessionId,
            Connection = ConnectionId,
            Direction = Names<Direction>.Parse(Direction),
            From = FromParty,
            To = ToParty,
            Trunk = TrunkId,
            StartedAt = StartedAt,
            AnsweredAt = AnsweredAt,
            EndedAt = EndedAt,
            TotalSeconds = TotalSeconds,
            TalkSeconds = TalkSeconds,
            Cause = Names<HangupCause>.Parse(Cause),
            By = Names<HangupParty>.Parse(EndedBy),
            SipStatus = SipStatus,
            BilledSeconds = BilledSeconds,
            RateMicros = RateMicros,
            Cost = CostMicros is { } micros && CostCurrency is { } currency ? new(micros, currency) : null,
        };
    }
}
