using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Ledgers;

namespace Ringwright.Store.Tables;

/// <summary>One line of the event log: a webhook of a call and how its delivery went, or a command and what the engine said.</summary>
public sealed record CallEventRow
{
    public required Guid LegUuid { get; init; }
    public required SessionId Session { get; init; }
    public required bool IsCommand { get; init; }
    /// <summary>The webhook's event type, the command's name in snake case.</summary>
    public required string Name { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>The webhook's body as the dialect projected it; null for a command, and for an end that no webhook told of.</summary>
    public string? Body { get; init; }
    /// <summary>Webhooks: delivered, failed, pending, not_sent. Commands: accepted, or the refusal.</summary>
    public required string Outcome { get; init; }
    public string? CommandId { get; init; }
    /// <summary>On the event that ends a leg.</summary>
    public CallEvent.LegEnded? Verdict { get; init; }
}

public enum CallProgress { Init, InProgress, Completed }

/// <summary>Conditions, joined by AND; null asks for nothing.</summary>
public sealed record CallEventQuery
{
    public Guid? LegUuid { get; init; }
    public Guid? Session { get; init; }
    public IReadOnlyList<ConnectionId>? Connections { get; init; }
    public Direction? Direction { get; init; }
    public string? From { get; init; }
    public string? To { get; init; }
    public bool? IsCommand { get; init; }
    /// <summary>Any of these.</summary>
    public IReadOnlyList<string>? Names { get; init; }
    /// <summary>Webhooks that were not delivered and commands that were refused; false asks for the others.</summary>
    public bool? IsFailed { get; init; }
    public CallProgress? Progress { get; init; }
    /// <summary>Both ends included.</summary>
    public DateTimeOffset FromTime { get; init; } = DateTimeOffset.UnixEpoch;
    public DateTimeOffset ToTime { get; init; } = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);
    /// <summary>A cursor of an earlier page: the older events behind it, or the newer ones before it. Counts before an offset.</summary>
    public string? After { get; init; }
    public string? Before { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

/// <summary>One page, newest first, with the cursors of the pages around it; null where there is none.</summary>
public sealed record CallEventPage(IReadOnlyList<CallEventRow> Rows, long Total, string? Before = null, string? After = null);

/// <summary>
/// The event log, read from what is there: the outbox, the delivery log, the call traces' commands,
/// and the ledger's ends that no webhook told of.
/// </summary>
public sealed class CallEventTable
{
    internal const string Condition = """
        from (
            select message_id as id, order_key as leg_id, false as is_command, event_type as name, occurred_at as at, body, status as outcome, null as command_id
                from rw_delivery where tenant_id = @tenant and order_key is not null
            union all
            select id, order_key, false, event_type, occurred_at, body, 'pending', null from rw_outbox where tenant_id = @tenant
                and not exists (select 1 from rw_delivery d where d.tenant_id = @tenant and d.message_id = rw_outbox.id)
            union all
            select 'c' || seq, leg_id, true, name, at, null, outcome, command_id from rw_trace where tenant_id = @tenant and kind = 'command'
            union all
            select 'e' || seq, subject_id, false, @ending, at, null, 'not_sent', null from rw_ledger g where tenant_id = @tenant and type = 'leg_ended'
                and not exists (select 1 from rw_outbox o where o.tenant_id = @tenant and o.order_key = g.subject_id and o.event_type = @ending)
                and not exists (select 1 from rw_delivery d where d.tenant_id = @tenant and d.order_key = g.subject_id and d.event_type = @ending)
        ) e join rw_leg l on l.id = e.leg_id
        where l.tenant_id = @tenant and e.at >= @fromTime and e.at <= @toTime
            and (l.uuid = @uuid or @uuid is null)
            and (l.session_id = @session or @session is null)
            and (@anyConnection or l.connection_id in @connections)
            and (l.direction = @direction or @direction is null)
            and (l.from_party = @from or @from is null)
            and (l.to_party = @to or @to is null)
            and (@isCommand is null or e.is_command = @isCommand)
            and (@anyName or e.name in @names)
            and (@isFailed is null or @isFailed = (case when e.is_command then e.outcome <> 'accepted' else e.outcome = 'failed' end))
            and ((case when l.ended_at is not null then 'completed' when l.answered_at is not null then 'in_progress' else 'init' end) = @progress or @progress is null)
        """;
    // The legs are found by their index; their life then bounds the search in everything else.
    internal const string SelectLife = """
        select min(started_at) as starts, case when count(ended_at) = count(*) then max(coalesce(found_ended_at, ended_at)) end as ends from rw_leg
        where tenant_id = @tenant and (uuid = @uuid or session_id = @session)
        """;
    internal const string Count = $"select count(*) {Condition}";
    internal const string SelectAll = $"""
        select e.id, l.uuid, l.session_id, e.is_command, e.name, e.at, e.body, e.outcome, e.command_id,
            case when e.name = @ending then (select g.body from rw_ledger g where g.tenant_id = @tenant and g.subject_id = e.leg_id and g.type = 'leg_ended') end as verdict
        {Condition}
        """;
    internal const string SelectMany = $"{SelectAll} order by e.at desc, e.id desc limit @limit offset @offset";
    internal const string SelectAfter =
        $"{SelectAll} and (e.at < @at or (e.at = @at and e.id < @id)) order by e.at desc, e.id desc limit @limit";
    internal const string SelectBefore = $"{SelectAll} and (e.at > @at or (e.at = @at and e.id > @id)) order by e.at, e.id limit @limit";

    /// <summary>What still comes after a leg's end: commands that came too late.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(1);

    private readonly Sql _sql;

    internal CallEventTable(Sql sql) => _sql = sql;

    /// <summary>Newest first.</summary>
    /// <param name="ending">What the dialect calls the event that ends a leg.</param>
    /// <returns>Null when a cursor is not one of ours.</returns>
    public async ValueTask<CallEventPage?> ListAsync(TenantId tenant, string ending, CallEventQuery query, CancellationToken stop)
    {
        string? cursor = query.After ?? query.Before;
        string cursorAt = "", cursorId = "";
        if (cursor is not null && !TimeCursor.TryRead(cursor, out cursorAt, out cursorId)) return null;
        bool isBackwards = query.After is null && query.Before is not null;

        if (query.LegUuid is not null || query.Session is not null)
        {
            var named = new { tenant, uuid = query.LegUuid?.ToString(), session = query.Session?.ToString() };
            var life = await _sql.ReadAsync(db => db.QuerySingle<Life>(SelectLife, named), stop).ConfigureAwait(false);
            if (life.Starts is not { } starts) return new([], 0);
            if (starts > query.FromTime) query = query with { FromTime = starts };
            if (life.Ends is { } ends && ends + Afterwards < query.ToTime) query = query with { ToTime = ends + Afterwards };
        }
        var parameters = new
        {
            tenant,
            ending,
            uuid = query.LegUuid?.ToString(),
            session = query.Session?.ToString(),
            anyConnection = query.Connections is null,
            connections = new InList<long>([.. (query.Connections ?? []).Select(c => c.Value)]),
            direction = query.Direction is { } direction ? Names<Direction>.Of(direction) : null,
            from = query.From,
            to = query.To,
            isCommand = query.IsCommand,
            anyName = query.Names is null,
            names = new InList<string>([.. query.Names ?? []]),
            isFailed = query.IsFailed,
            progress = query.Progress is { } progress ? Names<CallProgress>.Of(progress) : null,
            fromTime = Times.Text(query.FromTime),
            toTime = Times.Text(query.ToTime),
            at = cursorAt,
            id = cursorId,
            limit = query.Limit + 1,        // one more than asked tells whether there is a next page
            offset = query.Offset,
        };
        return await _sql.ReadAsync(db =>
        {
            long total = db.ExecuteScalar<long>(Count, parameters);
            var rows = db.Query<Row>(cursor is null ? SelectMany : isBackwards ? SelectBefore : SelectAfter, parameters).AsList();
            bool isMore = rows.Count > query.Limit;
            if (isMore) rows.RemoveAt(query.Limit);
            if (isBackwards) rows.Reverse();
            bool isNewer = isBackwards ? isMore : cursor is not null || query.Offset > 0;
            bool isOlder = isBackwards || isMore;
            return new CallEventPage([.. rows.Select(r => r.ToEvent())], total,
                isNewer && rows.Count > 0 ? TimeCursor.Write(rows[0].At, rows[0].Id) : null,
                isOlder && rows.Count > 0 ? TimeCursor.Write(rows[^1].At, rows[^1].Id) : null);
        }, stop).ConfigureAwait(false);
    }

    private sealed record Life
    {
        public DateTimeOffset? Starts { get; init; }
        public DateTimeOffset? Ends { get; init; }
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public Guid Uuid { get; init; }
        public SessionId SessionId { get; init; }
        public bool IsCommand { get; init; }
        public string Name { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string? Body { get; init; }
        public string Outcome { get; init; } = "";
        public string? CommandId { get; init; }
        public string? Verdict { get; init; }

        public CallEventRow ToEvent() => new()
        {
            LegUuid = Uuid,
            Session = SessionId,
            IsCommand = IsCommand,
            Name = Name,
            At = At,
            Body = Body,
            Outcome = Outcome,
            CommandId = CommandId,
            Verdict = Verdict is null ? null : EventJson.OfLegs.Read("leg_ended", Verdict) as CallEvent.LegEnded,
        };
    }
}
