using System.Globalization;
using System.Text;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

public enum StoredLegState { Initiated, Ringing, Answered, Ended }

/// <summary>A leg as its events have made it so far. Kept after the end.</summary>
public sealed record LegRow
{
    public required LegId Id { get; init; }
    public required Guid Uuid { get; init; }
    public required SessionId Session { get; init; }
    public required TenantId Tenant { get; init; }
    public required ConnectionId Connection { get; init; }
    public required Direction Direction { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public string? FromUri { get; init; }
    public string? ToUri { get; init; }
    public string? CallerName { get; init; }
    /// <inheritdoc cref="LegFacts.BroughtCaller"/>
    public string? BroughtCaller { get; init; }
    public TrunkId? Trunk { get; init; }
    public string? CommandId { get; init; }
    public required StoredLegState State { get; init; }
    public bool IsHeld { get; init; }
    /// <summary>SDP name, from the answer on.</summary>
    public string? Codec { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>When the end was found, where that was later: by the start after a crash.</summary>
    public DateTimeOffset? FoundEndedAt { get; init; }
    public HangupCause? Cause { get; init; }
    public HangupParty? By { get; init; }
    public int? SipStatus { get; init; }
    /// <summary>Of its INVITE; of an outbound leg from its end on. Null where none came over the network.</summary>
    public string? SipCallId { get; init; }
    public string? Evidence { get; init; }
    public MediaQuality? Quality { get; init; }
    public Labels Labels { get; init; } = Labels.Empty;
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];

    public bool IsAlive => State is not StoredLegState.Ended;
}

/// <summary>A page of live legs. The cursors are null where nothing lies beyond.</summary>
public sealed record LegPage(IReadOnlyList<LegRow> Rows, string? Before, string? After, long Total);

/// <summary>Asks for a page: after or before a cursor, or from an offset when there is neither.</summary>
public sealed record LegQuery
{
    public string? After { get; init; }
    public string? Before { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

public sealed class LegTable
{
    private const string Columns = """
        id, uuid, session_id, tenant_id, connection_id, direction, from_party, to_party, from_uri, to_uri, caller_name, brought_caller, trunk_id, command_id, state, is_held,
        codec, started_at, answered_at, ended_at, found_ended_at, cause, ended_by, sip_status, sip_call_id, evidence, quality, labels, headers
        """;
    internal const string Select = $"select {Columns} from rw_leg where tenant_id = @tenant and id = @id";
    internal const string SelectByUuid = $"select {Columns} from rw_leg where tenant_id = @tenant and uuid = @uuid";
    internal const string SelectByUuids = $"select {Columns} from rw_leg where tenant_id = @tenant and uuid in @uuids";
    // An API that says of a call that it is another account's.
    internal const string SelectOtherAllTenants = "select 1 from rw_leg where uuid = @uuid and tenant_id <> @tenant limit 1";
    internal const string SelectByCommand = $"""
        select {Columns} from rw_leg where tenant_id = @tenant and command_id = @commandId and started_at >= @since order by started_at desc limit 1
        """;
    internal const string SelectSession =
        $"select {Columns} from rw_leg where tenant_id = @tenant and session_id = @session order by started_at, id";
    internal const string CountLive =
        "select count(*) from rw_leg where tenant_id = @tenant and connection_id = @connection and ended_at is null";
    internal const string SelectLive = $"""
        select {Columns} from rw_leg where tenant_id = @tenant and connection_id = @connection and ended_at is null
        order by started_at, id limit @limit offset @offset
        """;
    internal const string SelectLiveAfter = $"""
        select {Columns} from rw_leg where tenant_id = @tenant and connection_id = @connection and ended_at is null
            and (started_at > @at or (started_at = @at and id > @id))
        order by started_at, id limit @limit
        """;
    internal const string SelectLiveBefore = $"""
        select {Columns} from rw_leg where tenant_id = @tenant and connection_id = @connection and ended_at is null
            and (started_at < @at or (started_at = @at and id < @id))
        order by started_at desc, id desc limit @limit
        """;
    private const string Fits = """
        tenant_id = @tenant and started_at >= @startedFrom and started_at < @startedBefore
            and (@from = '' or from_party = @from) and (@to = '' or to_party = @to) and (@direction = '' or direction = @direction)
            and (@end = '' or (ended_at >= @endedFrom and ended_at < @endedBefore))
            and (@status = '' or (answered_at is null and cause in @unanswered) or (answered_at is not null and cause in @answered)
                or (ended_at is null and (direction || ' ' || state in @live or state in @live)))
        """;
    internal const string CountFound = $"select count(*) from rw_leg where {Fits}";
    internal const string Search = $"""
        select {Columns} from rw_leg where {Fits} and (started_at < @at or (started_at = @at and id < @id))
        order by started_at desc, id desc limit @limit offset @offset
        """;
    internal const string SelectDialled = $"""
        select {Columns} from rw_leg where tenant_id = @tenant and {UpLegs.Only} and direction = 'outbound'
            and (answered_at is null or answered_at >= @since) and cast(labels as text) like @like
        order by started_at, id
        """;
    /// <summary>Legs of which there is a recording are few beside all of an account's.</summary>
    internal const string SelectRecorded = """
        select id from rw_leg where tenant_id = @tenant and sip_call_id = @sipCallId
            and id in (select leg_id from rw_recording where tenant_id = @tenant)
        """;
    internal const string SelectLiveIds =
        $"select id from rw_leg where tenant_id = @tenant and {UpLegs.Only} order by started_at, id";
    internal const string CountEndedAllTenants = "select count(*) from rw_leg where id = @id and ended_at is not null";
    internal const string SelectAccountAllTenants = "select tenant_id from rw_leg where id = @id";
    // At start, for the legs that the last process left alive.
    /// <summary>Calls that are up: what they will have been is not known yet.</summary>
    internal const string SelectUpAllTenants = "select up.id from rw_leg up where up.ended_at is null";
    internal const string CountUpAllTenants = $"select count(*) from rw_leg where tenant_id in @tenants and {UpLegs.Only}";
    internal const string SelectLiveAllTenants = $"select {Columns} from rw_leg where ended_at is null order by started_at, id";

    internal const string SelectRecoveryByesAllTenants =
        $"select {Columns} from rw_leg where id in (select leg_id from rw_goodbye) order by started_at, id";

    private readonly Sql _sql;
    private readonly TimeProvider _time;
    /// <summary>Where nodes share the database: their clocks may be apart.</summary>
    private readonly string _selectByClaim;

    internal LegTable(Sql sql, TimeProvider time)
    {
        (_sql, _time) = (sql, time);
        _selectByClaim = $"""
            select {Columns} from rw_leg where tenant_id = @tenant and id = (select leg_id from rw_dial_claim where tenant_id = @tenant and command_id = @commandId
                and made_at > {sql.Engine.ClockMillis} - {(long)DialClaimTable.Kept.TotalMilliseconds})
            """;
    }

    public async ValueTask<LegRow?> FindAsync(TenantId tenant, LegId id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false))?.ToLeg();

    public async ValueTask<LegRow?> FindByUuidAsync(TenantId tenant, Guid uuid, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QueryFirstOrDefault<Row>(SelectByUuid, new { tenant, uuid }), stop).ConfigureAwait(false))?.ToLeg();

    /// <summary>Those of them that the account has, in no order.</summary>
    public async ValueTask<IReadOnlyList<LegRow>> ListByUuidsAsync(TenantId tenant, IReadOnlyList<string> uuids, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectByUuids, new { tenant, uuids = new InList<string>(uuids) }), stop)
            .ConfigureAwait(false)).Select(r => r.ToLeg())];

    /// <summary>Whether an account other than this one has a leg of that UUID.</summary>
    public async ValueTask<bool> IsOthersAsync(TenantId tenant, Guid uuid, CancellationToken stop) => await _sql.ReadAsync(
        db => db.QueryFirstOrDefault<long?>(SelectOtherAllTenants, new { tenant, uuid }), stop).ConfigureAwait(false) is not null;

    /// <summary>The leg that a dial with this command id made within the last minute, whichever node made it.</summary>
    public async ValueTask<LegRow?> FindByCommandAsync(TenantId tenant, string commandId, CancellationToken stop)
    {
        var since = _time.GetUtcNow() - DialClaimTable.Kept;
        string statement = _sql.Engine.IsShared ? _selectByClaim : SelectByCommand;
        return (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(statement, new { tenant, commandId, since }),
            stop).ConfigureAwait(false))?.ToLeg();
    }

    public async ValueTask<IReadOnlyList<LegRow>> ListSessionAsync(TenantId tenant, SessionId session, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectSession, new { tenant, session }), stop).ConfigureAwait(false))
            .Select(r => r.ToLeg())];

    /// <summary>The live legs of a connection, oldest first.</summary>
    /// <returns>Null when a cursor is not one of ours.</returns>
    public async ValueTask<LegPage?> ListLiveAsync(TenantId tenant, ConnectionId connection, LegQuery query, CancellationToken stop)
    {
        string? cursor = query.After ?? query.Before;
        string at = "", id = "";
        if (cursor is not null && !(TimeCursor.TryRead(cursor, out at, out id) && LegId.TryParse(id, out _))) return null;
        bool isBackwards = query.After is null && query.Before is not null;
        string statement = cursor is null ? SelectLive : isBackwards ? SelectLiveBefore : SelectLiveAfter;

        return await _sql.ReadAsync(db =>
        {
            // One more than asked tells whether there is a next page.
            var rows = db.Query<Row>(statement, new { tenant, connection, at, id, limit = query.Limit + 1, offset = query.Offset })
                .AsList();
            bool isMore = rows.Count > query.Limit;
            if (isMore) rows.RemoveAt(query.Limit);
            if (isBackwards) rows.Reverse();
            bool isEarlier = isBackwards ? isMore : cursor is not null || query.Offset > 0;
            bool isLater = isBackwards || isMore;
            return new LegPage(
                [.. rows.Select(r => r.ToLeg())],
                isEarlier && rows.Count > 0 ? Cursor(rows[0]) : null,
                isLater && rows.Count > 0 ? Cursor(rows[^1]) : null,
                db.ExecuteScalar<long>(CountLive, new { tenant, connection }));
        }, stop).ConfigureAwait(false);
    }

    /// <summary>All that are live, on whichever node, oldest first.</summary>
    public ValueTask<IReadOnlyList<LegId>> ListLiveAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<LegId>>(db => [.. db.Query<LegId>(SelectLiveIds, new { tenant })], stop);

    /// <summary>Those with a recording whose INVITE had that Call-ID.</summary>
    public ValueTask<IReadOnlyList<LegId>> ListRecordedAsync(TenantId tenant, string sipCallId, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<LegId>>(db => [.. db.Query<LegId>(SelectRecorded, new { tenant, sipCallId })], stop);

    /// <summary>Who is dialled, or was answered since then, with a label of that value; the first that was dialled first.</summary>
    /// <param name="value">An id: it has no letter that stands for others.</param>
    public ValueTask<IReadOnlyList<LegRow>> ListDialledAsync(TenantId tenant, string label, Guid value, DateTimeOffset since,
        CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<LegRow>>(
            db => [.. db.Query<Row>(SelectDialled, new { tenant, like = $"%{value}%", since }).Select(r => r.ToLeg())
                .Where(leg => leg.Labels[label] == value.ToString())], stop);

    /// <summary>The account's calls, newest first.</summary>
    /// <returns>Null when the cursor is not one of ours.</returns>
    public async ValueTask<FoundLegs?> SearchAsync(TenantId tenant, LegSearch search, CancellationToken stop)
    {
        string at = LegSearchParameters.Never, id = "";
        if (search.Cursor is { } cursor && !(TimeCursor.TryRead(cursor, out at, out id) && LegId.TryParse(id, out _))) return null;
        return await _sql.ReadAsync(db =>
        {
            var rows = db.Query<Row>(Search, LegSearchParameters.Of(search, tenant.ToString(), at, id)).AsList();
            bool isMore = rows.Count > search.Limit;
            if (isMore) rows.RemoveAt(search.Limit);
            return new FoundLegs([.. rows.Select(r => r.ToLeg())], isMore ? Cursor(rows[^1]) : null);
        }, stop).ConfigureAwait(false);
    }

    /// <summary>How many there are, on whichever page.</summary>
    public ValueTask<long> CountAsync(TenantId tenant, LegSearch search, CancellationToken stop) => _sql.ReadAsync(
        db => db.ExecuteScalar<long>(CountFound, LegSearchParameters.Of(search, tenant.ToString(), "", "")), stop);

    internal ValueTask<bool> HasEndedAsync(LegId id, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(CountEndedAllTenants, new { id }) > 0, stop);

    /// <summary>Whose leg it is.</summary>
    internal async ValueTask<TenantId?> FindAccountAsync(LegId id, CancellationToken stop) =>
        await _sql.ReadAsync(db => db.ExecuteScalar<string?>(SelectAccountAllTenants, new { id }), stop).ConfigureAwait(false) is { } tenant
            ? new TenantId(Guid.Parse(tenant)) : null;

    internal ValueTask<IReadOnlyList<LegRow>> ListLiveOfAllTenantsAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<LegRow>>(db => [.. db.Query<Row>(SelectLiveAllTenants).Select(r => r.ToLeg())], stop);

    internal ValueTask<IReadOnlyList<LegRow>> ListRecoveryByesOfAllTenantsAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<LegRow>>(db => [.. db.Query<Row>(SelectRecoveryByesAllTenants).Select(r => r.ToLeg())], stop);

    private static string Cursor(Row row) => TimeCursor.Write(row.StartedAt, row.Id.ToString());

    private sealed record Row
    {
        public LegId Id { get; init; }
        public Guid Uuid { get; init; }
        public SessionId SessionId { get; init; }
        public TenantId TenantId { get; init; }
        public ConnectionId ConnectionId { get; init; }
        public string Direction { get; init; } = "";
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";
        public string? FromUri { get; init; }
        public string? ToUri { get; init; }
        public string? CallerName { get; init; }
        public string? BroughtCaller { get; init; }
        public TrunkId? TrunkId { get; init; }
        public string? CommandId { get; init; }
        public string State { get; init; } = "";
        public bool IsHeld { get; init; }
        public string? Codec { get; init; }
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public DateTimeOffset? FoundEndedAt { get; init; }
        public string? Cause { get; init; }
        public string? EndedBy { get; init; }
        public int? SipStatus { get; init; }
        public string? SipCallId { get; init; }
        public string? Evidence { get; init; }
        public string? Quality { get; init; }
        public string Labels { get; init; } = "{}";
        public string Headers { get; init; } = "[]";

        public LegRow ToLeg() => new()
        {
            Id = Id,
            Uuid = Uuid,
            Session = SessionId,
            Tenant = TenantId,
            Connection = ConnectionId,
            Direction = Names<Direction>.Parse(Direction),
            From = FromParty,
            To = ToParty,
            FromUri = FromUri,
            ToUri = ToUri,
            CallerName = CallerName,
            BroughtCaller = BroughtCaller,
            Trunk = TrunkId,
            CommandId = CommandId,
            State = Names<StoredLegState>.Parse(State),
            IsHeld = IsHeld,
            Codec = Codec,
            StartedAt = StartedAt,
            AnsweredAt = AnsweredAt,
            EndedAt = EndedAt,
            FoundEndedAt = FoundEndedAt,
            Cause = Cause is null ? null : Names<HangupCause>.Parse(Cause),
            By = EndedBy is null ? null : Names<HangupParty>.Parse(EndedBy),
            SipStatus = SipStatus,
            SipCallId = SipCallId,
            Evidence = Evidence,
            Quality = Quality is null ? null : System.Text.Json.JsonSerializer.Deserialize(Quality, ColumnJson.Default.MediaQuality),
            Labels = JsonLists.ReadLabels(Labels),
            Headers = JsonLists.ReadHeaders(Headers),
        };
    }
}
