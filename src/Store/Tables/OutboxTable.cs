using System.Data;
using System.Text.Json;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// The messages that are committed and not yet delivered or given up. Delivery works over all tenants. A finished message leaves this table
/// for the delivery log in one transaction.
/// </summary>
public sealed class OutboxTable
{
    private const string EntryColumns =
        "seq, id, tenant_id, order_key, format, url, failover_url, attempts, is_on_failover, attempts_on_url, next_at, "
        + "retries, retry_until, other_from";
    internal const string Insert = """
        insert into rw_outbox (id, tenant_id, order_key, format, event_type, url, failover_url, method, timeout_ms, version, occurred_at, body, retries,
            attempts, is_on_failover, attempts_on_url, node, is_handed_over)
        values (@id, @tenant, @orderKey, @format, @eventType, @url, @failoverUrl, @method, @timeoutMs, @version, @occurredAt, @body, @retries,
            0, @no, 0, @node, @no)
        returning seq
        """;
    // While another node has first attempts of the same order key before it, they all are that node's; the number is negative then.
    internal const string InsertShared = """
        insert into rw_outbox (id, tenant_id, order_key, format, event_type, url, failover_url, method, timeout_ms, version, occurred_at, body, retries,
            attempts, is_on_failover, attempts_on_url, node, is_handed_over)
        select @id, @tenant, @orderKey, @format, @eventType, @url, @failoverUrl, @method, @timeoutMs, @version, @occurredAt, @body, @retries, 0, @no, 0,
            coalesce(o.node, @node), o.node is not null
        from (select 1 as one) n left join (
            select node from rw_outbox
            where tenant_id = @tenant and order_key = @orderKey and attempts = 0 and (node <> @node or is_handed_over) order by seq limit 1) o on n.one = 1
        returning case when is_handed_over then 0 - seq else seq end
        """;
    internal const string SelectPendingAllTenants = $"select {EntryColumns} from rw_outbox where seq > @after order by seq limit @limit";
    internal const string SelectNewAllTenants = $"""
        select {EntryColumns} from rw_outbox where seq > @after and next_at is null and node = @node and not is_handed_over order by seq limit @limit
        """;
    // By their numbers, so that it ends with the first.
    internal const string SelectOldestAllTenants = $"""
        select {EntryColumns}, occurred_at, is_handed_over from rw_outbox
        where next_at is null and attempts = 0 and node = @node order by seq limit 1
        """;
    internal const string SelectHandedOverAllTenants = $"""
        select {EntryColumns} from rw_outbox where node = @node and is_handed_over and seq > @after and next_at is null order by seq limit @limit
        """;
    internal const string SelectDueAllTenants = $"""
        select {EntryColumns} from rw_outbox
        where next_at >= @after and next_at <= @until and (next_at > @after or seq > @afterSeq) and node = @node order by next_at, seq limit @limit
        """;
    internal const string HastenAllTenants =
        "update rw_outbox set next_at = @latest where next_at > @latest and retries = @retries and node = @node";
    internal const string CountStrayAllTenants = "select count(*) from rw_outbox where node = 0 and is_handed_over";
    internal const string TakeStrayAllTenants =
        "update rw_outbox set node = @node, is_handed_over = (next_at is null) where node = 0 and is_handed_over";
    internal const string TakeRestAllTenants = "update rw_outbox set node = @node, is_handed_over = (next_at is null) where node <> @node";
    internal const string TakeOverAllTenants = "update rw_outbox set node = @node, is_handed_over = (next_at is null) where node = @from";
    internal const string CountOfNodeAllTenants = "select count(*) from rw_outbox where node = @from";
    internal const string SelectNode = "select node from rw_outbox where tenant_id = @tenant and id = @id";
    internal const string SelectMessage = """
        select id, tenant_id, order_key, format, event_type, url, failover_url, method, timeout_ms, version, occurred_at, body, retries from rw_outbox
        where tenant_id = @tenant and id = @id
        """;
    internal const string Advance = """
        update rw_outbox set attempts = @number, next_at = @nextAt, is_on_failover = @isOnFailover, attempts_on_url = @attemptsOnUrl,
            retry_until = @until, other_from = @otherFrom, started_at = coalesce(started_at, @startedAt)
        where tenant_id = @tenant and id = @id and node = @node
        """;
    private const string Delivered = """
        into rw_delivery (id, message_id, tenant_id, event_type, status, started_at, finished_at, body, order_key, occurred_at,
            format, failover_url, method, timeout_ms, version, retries, attempt_url, attempt_errors, attempt_request_headers,
            attempt_response_status, attempt_response_headers, attempt_response_body)
        select @delivery, id, tenant_id, event_type, @status, coalesce(started_at, @startedAt), @finishedAt, body, order_key, occurred_at,
            format, failover_url, method, timeout_ms, version, retries, @url, @errors, @requestHeaders,
            @responseStatus, @responseHeaders, @responseBody from rw_outbox
        where tenant_id = @tenant and id = @id and node = @node
        """;
    internal const string InsertDelivery = $"""
        insert {Delivered}
        on conflict (message_id) do update set finished_at = excluded.finished_at,
            status = case when rw_delivery.status = 'delivered' then rw_delivery.status else excluded.status end
        """;
    // Of a file alone, and of a message that was tried once: as a rule it has no row there yet, and to be ready for one costs a third more.
    internal const string InsertNewDelivery = $"insert or ignore {Delivered}";
    internal const string Delete = "delete from rw_outbox where tenant_id = @tenant and id = @id";
    // The first attempt went to the first URL; what was tried before is counted on.
    internal const string InsertReplay = """
        insert into rw_outbox (id, tenant_id, order_key, format, event_type, url, failover_url, method, timeout_ms, version, occurred_at, body, retries,
            attempts, is_on_failover, attempts_on_url, node, is_handed_over, started_at)
        select d.message_id, d.tenant_id, d.order_key, d.format, d.event_type, a.url, d.failover_url, d.method, d.timeout_ms, d.version, d.occurred_at, d.body, coalesce(d.retries, 'short'),
            (select max(n.number) from rw_delivery_attempt n where n.tenant_id = @tenant and n.message_id = d.message_id), @no, 0, @node, @no, d.started_at
        from (select * from rw_delivery where tenant_id = @tenant and id = @id) d
            join rw_delivery_attempt a on a.tenant_id = d.tenant_id and a.message_id = d.message_id and a.number = 1
        where d.format is not null
        on conflict (id) do nothing
        """;
    internal const string SelectReplay =
        $"select {EntryColumns} from rw_outbox where tenant_id = @tenant and id = (select message_id from rw_delivery where tenant_id = "
        + "@tenant and id = @id)";
    internal const string CountReplays = "select count(*) from rw_outbox where tenant_id = @tenant and attempts > 0 and next_at is null";
    internal const string CountAllTenants = "select count(*) from rw_outbox";

    // An hour, a day: whoever comes second within what the key says finds the first.
    internal const string InsertOnce =
        "insert into rw_outbox_once (tenant_id, key, created_at) values (@tenant, @key, @at) on conflict (tenant_id, key) do nothing";
    internal const string PruneOnce = "delete from rw_outbox_once where tenant_id = @tenant and created_at < @before";

    private static readonly Statement New = new(Insert), NewShared = new(InsertShared);
    private static readonly Statement First = new(InsertOnce), Advanced = new(Advance),
        Finished = new(InsertDelivery), FinishedAtOnce = new(InsertNewDelivery), Deleted = new(Delete);

    private static readonly List<OutboxEntry> None = [];

    private readonly Sql _sql;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _added = new(0);
    private readonly AddedMessages _newest = new();
    private readonly Statement _new;
    private readonly StreamTable _stream;
    private readonly int _node;

    internal OutboxTable(Sql sql, StreamTable stream, NodeLease lease, TimeProvider time)
    {
        (_sql, _stream, _time, Lease, _node) = (sql, stream, time, lease, lease.Node);
        // Nobody else finds what this insert hands over.
        _new = lease.IsShared ? NewShared : New;
        sql.Unheard += () =>
        {
            Distrust();
            _stream.Ring();
            _added.Release();
        };
    }

    /// <summary>Whether this node may send what is its own.</summary>
    public NodeLease Lease { get; }

    /// <summary>Of all nodes: oldest first, after a sequence number (0 for the beginning). Sequence numbers are never used twice.</summary>
    public ValueTask<IReadOnlyList<OutboxEntry>> ListPendingAsync(long after, int limit, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<OutboxEntry>>(
            db => [.. db.Query<Row>(SelectPendingAllTenants, new { after, limit }).Select(r => r.ToEntry(0))], stop);

    /// <summary>
    /// Those of this node that were not tried yet, for one that goes from number to number: what was just committed is not read back,
    /// and may have been finished since. One writer gives a node's own messages their numbers and commits them in that order;
    /// those that were handed over come in any, and are not among these.
    /// </summary>
    public ValueTask<IReadOnlyList<OutboxEntry>> ListNewAsync(long after, int limit, CancellationToken stop) =>
        _newest.TakeAfter(after) is { } newest ? new(newest) : ListAsync(SelectNewAllTenants, new { after, limit, node = _node }, stop);

    /// <summary>What this process believes to have written last is not all: the next list is read from the table.</summary>
    public void Distrust() => _newest.Lose();

    /// <summary>
    /// The first that was not tried, read from the table whatever this process knows of it;
    /// null when there is none.
    /// </summary>
    public async ValueTask<OldestMessage?> FindOldestAsync(CancellationToken stop)
    {
        int losses = Lease.Losses;
        return await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectOldestAllTenants, new { node = _node }) is { } row
            ? new OldestMessage(row.ToEntry(losses), row.OccurredAt, row.IsHandedOver) : null, stop).ConfigureAwait(false);
    }

    /// <summary>
    /// Those that others left to this node and that were not tried yet, in the order of their numbers, listed before or not.
    /// </summary>
    public ValueTask<IReadOnlyList<OutboxEntry>> ListHandedOverAsync(long after, int limit, CancellationToken stop) =>
        ListAsync(SelectHandedOverAllTenants, new { after, limit, node = _node }, stop);

    /// <summary>Those of this node that are to be tried again in a span of time, by that time.</summary>
    /// <param name="after">Behind which (the last of a page before, or a time with the highest number of all).</param>
    public ValueTask<IReadOnlyList<OutboxEntry>> ListDueAsync((DateTimeOffset At, long Seq) after, DateTimeOffset until, int limit,
        CancellationToken stop) =>
        ListAsync(SelectDueAllTenants, new { after = after.At, afterSeq = after.Seq, until, limit, node = _node }, stop);

    /// <summary>No attempt is later than the latest of its schedule: for a clock that was set back since the times were written.</summary>
    public async ValueTask HastenAsync(DateTimeOffset latestShort, DateTimeOffset latestLong, CancellationToken stop) =>
        await _sql.WriteAsync(db => Hasten(db, latestShort, RetrySchedule.Short) + Hasten(db, latestLong, RetrySchedule.Long),
            stop).ConfigureAwait(false);

    private int Hasten(IDbConnection db, DateTimeOffset latest, RetrySchedule schedule) =>
        db.Execute(HastenAllTenants, new { latest, retries = Names<RetrySchedule>.Of(schedule), node = _node });

    /// <summary>What is nobody's becomes this node's: rows of a snapshot, for example.</summary>
    /// <param name="isStart">A database with one node alone: also what that node had under another number.</param>
    public async ValueTask TakeStrayAsync(bool isStart, CancellationToken stop)
    {
        bool isRest = isStart && !Lease.IsShared;
        if (!isRest && await _sql.ReadAsync(db => db.ExecuteScalar<long>(CountStrayAllTenants), stop).ConfigureAwait(false) is 0) return;
        await _sql.WriteAsync(db => db.Execute(isRest ? TakeRestAllTenants : TakeStrayAllTenants, new { node = _node }),
            stop).ConfigureAwait(false);
    }

    /// <summary>False when another node delivers the message now, or it is delivered.</summary>
    public ValueTask<bool> IsHereAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<int?>(SelectNode, new { tenant, id }) == _node, stop);

    public ValueTask<long> CountAsync(CancellationToken stop) => _sql.ReadAsync(db => db.ExecuteScalar<long>(CountAllTenants), stop);

    public async ValueTask<OutboxMessage?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<MessageRow>(SelectMessage, new { tenant, id }), stop).ConfigureAwait(false))
            ?.ToMessage();

    /// <summary>Adds messages that no event of a leg stands behind; those of legs come through <see cref="Ledger"/>.</summary>
    public async ValueTask AddAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken stop) =>
        await _sql.WriteAsync(db => WriteAll(db, messages), stop, committed: Added).ConfigureAwait(false);

    /// <summary>
    /// Sends a finished delivery once more: the same event with the same id, from its first URL on. Its attempts are counted on and join
    /// those of the delivery, which stays delivered when it was.
    /// </summary>
    public async ValueTask<ReplayOutcome> ReplayAsync(TenantId tenant, Guid delivery, CancellationToken stop) =>
        (await ReplayAsync(tenant, [delivery], stop).ConfigureAwait(false))[0];

    /// <summary>The same for many, in one transaction.</summary>
    public async ValueTask<IReadOnlyList<ReplayOutcome>> ReplayAsync(TenantId tenant, IReadOnlyList<Guid> deliveries,
        CancellationToken stop)
    {
        var written = await _sql.WriteAsync(db => deliveries.Select(delivery => Replay(db, tenant, delivery)).ToList(), stop,
            committed: done => Added([.. done.Select(d => d.New).OfType<OutboxEntry>()])).ConfigureAwait(false);
        return [.. written.Select(w => w.Outcome)];
    }

    /// <summary>Replays that are committed and were not attempted yet.</summary>
    public ValueTask<long> CountReplaysAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(CountReplays, new { tenant }), stop);

    private (ReplayOutcome Outcome, OutboxEntry? New) Replay(IDbConnection db, TenantId tenant, Guid delivery)
    {
        var which = new { tenant, id = delivery.ToString(), no = false, node = _node };
        AttemptRow.GiveOwn(db, tenant, delivery);
        bool isNew = db.Execute(InsertReplay, which) > 0;
        var entry = db.QuerySingleOrDefault<Row>(SelectReplay, which)?.ToEntry(Lease.Losses);
        return isNew ? (ReplayOutcome.Begun, entry) : (entry is null ? ReplayOutcome.Impossible : ReplayOutcome.UnderWay, null);
    }

    /// <summary>Forgets what was to be told once before the moment.</summary>
    public async ValueTask PruneOnceAsync(IReadOnlyList<TenantId> tenants, DateTimeOffset before, CancellationToken stop) =>
        await _sql.WriteAsync(db => tenants.Sum(tenant => db.Execute(PruneOnce, new { tenant, before })), stop).ConfigureAwait(false);

    /// <summary>
    /// Records the attempt and what follows from it, in one transaction.
    /// Whoever awaits it goes on on the writer's thread, and must be short.
    /// </summary>
    /// <param name="also">Messages that come of it, added in the same transaction.</param>
    /// <returns>False when the message is not this node's any more, or not there: then nothing is written.</returns>
    public async ValueTask<bool> RecordAsync(
        TenantId tenant, Guid id, DeliveryAttempt attempt, OutboxStep next, CancellationToken stop,
        IReadOnlyList<OutboxMessage>? also = null)
    {
        var written = await _sql.WriteAsync(db =>
        {
            var row = new AttemptRow(attempt);
            string message = id.ToString(), owner = tenant.ToString();
            if (next is OutboxStep.Again again)
            {
                bool isOurs = Advanced.PostOne(db, attempt.Number, Times.Text(again.NextAt), again.IsOnFailover, again.AttemptsOnUrl,
                    again.Until is { } until ? Times.Text(until) : null, again.OtherFrom is { } from ? Times.Text(from) : null,
                    row.StartedAt, owner, message, _node);
                if (!isOurs) return null;
                row.Write(db, message, owner);
                return None;
            }
            // Nearly every message is done with its first attempt, which then needs no row of its own.
            bool isOnly = attempt.Number == 1;
            string delivery = Guid.CreateVersion7(_time.GetUtcNow()).ToString(),
                status = next is OutboxStep.Delivered ? "delivered" : "failed";
            ReadOnlySpan<object?> values =
            [
                delivery, status, row.StartedAt, row.FinishedAt, isOnly ? attempt.Url : null, isOnly ? row.Errors : null,
                isOnly ? row.RequestHeaders : null, isOnly ? attempt.ResponseStatus : null, isOnly ? row.ResponseHeaders : null,
                isOnly ? attempt.ResponseBody : null, owner, message, _node,
            ];
            bool isFinished = (isOnly && Statement.IsOfFile(db) && FinishedAtOnce.Run(db, values) > 0) || Finished.PostOne(db, values);
            if (!isFinished) return null;
            if (!isOnly) row.Write(db, message, owner);
            if (next is OutboxStep.GivenUp) WarningRows.Write(db, owner, message, attempt);
            Deleted.Post(db, owner, message);
            return also is null ? None : WriteAll(db, also);
        }, stop, CommitPriority.Later, committed: also is null ? null : list => Added(list ?? None),
            isFollowedHere: true).ConfigureAwait(false);
        return written is not null;
    }

    /// <summary>Completes when messages may have been added since the last call returned.</summary>
    public async Task WaitForMoreAsync(CancellationToken stop)
    {
        await _added.WaitAsync(stop).ConfigureAwait(false);
        while (_added.Wait(0, CancellationToken.None)) { } // many signals are one
    }

    /// <summary>Messages are committed. For who wrote them: on the writer thread, which tells of one commit after another.</summary>
    public void Added(IReadOnlyList<OutboxEntry> entries)
    {
        _stream.Ring();
        if (entries.Count == 0) return;
        _newest.Add(entries);
        _added.Release();
    }

    /// <param name="added">Gets it, at the latest when the transaction is committed, unless there is nothing to deliver for this node:
    /// it was told already, goes to those who listen, or waits behind another node's.</param>
    internal void Write(IDbConnection db, OutboxMessage message, List<OutboxEntry> added)
    {
        string tenant = message.Tenant.ToString();
        if (message.Once is { } once && First.Run(db, tenant, once, Times.Text(_time.GetUtcNow())) == 0) return;
        if (ReceiverText.Of(message.Body) is var body && !ReferenceEquals(body, message.Body)) message = message with { Body = body };
        if (_stream.IsHeard(message.Tenant)) _stream.Keep(db, message);
        if (message.Url.Length == 0) return;
        _new.PostInsert(db, Add, message.Id.ToString(), tenant, message.OrderKey, message.Format, message.EventType, message.Url,
            message.FailoverUrl, message.Method, (long)message.Timeout.TotalMilliseconds, message.Version, Times.Text(message.OccurredAt),
            message.Body, Names<RetrySchedule>.Of(message.Retries), false, _node);

        void Add(long seq)
        {
            if (seq > 0) added.Add(EntryOf(message, seq));
        }
    }

    /// <summary>As part of a larger transaction; who makes it says so when it is committed: <see cref="Added"/>.</summary>
    /// <returns>A list that is whole when the transaction is committed.</returns>
    public List<OutboxEntry> WriteAll(IDbConnection db, IReadOnlyList<OutboxMessage> messages)
    {
        var entries = new List<OutboxEntry>(messages.Count);
        foreach (var message in messages) Write(db, message, entries);
        return entries;
    }

    private ValueTask<IReadOnlyList<OutboxEntry>> ListAsync(string select, object values, CancellationToken stop)
    {
        // Before it is read: what is lost meanwhile is looked at once more.
        int losses = Lease.Losses;
        return _sql.ReadAsync<IReadOnlyList<OutboxEntry>>(db => [.. db.Query<Row>(select, values).Select(r => r.ToEntry(losses))], stop);
    }

    private OutboxEntry EntryOf(OutboxMessage message, long seq) => new()
    {
        Seq = seq,
        Losses = Lease.Losses,
        Id = message.Id,
        Tenant = message.Tenant,
        OrderKey = message.OrderKey,
        Format = message.Format,
        Url = message.Url,
        FailoverUrl = message.FailoverUrl,
        Attempts = 0,
        IsOnFailover = false,
        AttemptsOnUrl = 0,
        Retries = message.Retries,
        Message = message with { OccurredAt = Times.Cut(message.OccurredAt) },
    };

    private sealed record Row
    {
        public long Seq { get; init; }
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string OrderKey { get; init; } = "";
        public string Format { get; init; } = "";
        public string Url { get; init; } = "";
        public string? FailoverUrl { get; init; }
        public int Attempts { get; init; }
        public bool IsOnFailover { get; init; }
        public int AttemptsOnUrl { get; init; }
        public DateTimeOffset? NextAt { get; init; }
        public string Retries { get; init; } = "";
        public DateTimeOffset? RetryUntil { get; init; }
        public DateTimeOffset? OtherFrom { get; init; }
        public DateTimeOffset OccurredAt { get; init; }
        public bool IsHandedOver { get; init; }

        public OutboxEntry ToEntry(int losses) => new()
        {
            Seq = Seq,
            Losses = losses,
            Id = Id,
            Tenant = TenantId,
            OrderKey = OrderKey,
            Format = Format,
            Url = Url,
            FailoverUrl = FailoverUrl,
            Attempts = Attempts,
            IsOnFailover = IsOnFailover,
            AttemptsOnUrl = AttemptsOnUrl,
            NextAt = NextAt,
            Retries = Names<RetrySchedule>.Parse(Retries),
            RetryUntil = RetryUntil,
            OtherFrom = OtherFrom,
        };
    }

    private sealed record MessageRow
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string OrderKey { get; init; } = "";
        public string Format { get; init; } = "";
        public string EventType { get; init; } = "";
        public string Url { get; init; } = "";
        public string? FailoverUrl { get; init; }
        public string Method { get; init; } = "";
        public long TimeoutMs { get; init; }
        public string Version { get; init; } = "";
        public DateTimeOffset OccurredAt { get; init; }
        public string Body { get; init; } = "";
        public string Retries { get; init; } = "";

        public OutboxMessage ToMessage() => new()
        {
            Id = Id,
            Tenant = TenantId,
            OrderKey = OrderKey,
            Format = Format,
            EventType = EventType,
            Url = Url,
            FailoverUrl = FailoverUrl,
            Method = Method,
            Timeout = TimeSpan.FromMilliseconds(TimeoutMs),
            Version = Version,
            OccurredAt = OccurredAt,
            Body = Body,
            Retries = Names<RetrySchedule>.Parse(Retries),
        };
    }
}
