using System.Data;
using System.Text.Json;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A message that is still to be delivered, and how far its delivery got.</summary>
public sealed record OutboxEntry
{
    public required long Seq { get; init; }
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string OrderKey { get; init; }
    public required string Url { get; init; }
    public string? FailoverUrl { get; init; }
    /// <summary>Attempts made so far, on all URLs.</summary>
    public required int Attempts { get; init; }
    public required bool IsOnFailover { get; init; }
    /// <summary>Attempts made so far on the present URL.</summary>
    public required int AttemptsOnUrl { get; init; }
    /// <summary>Not before; null before the first attempt.</summary>
    public DateTimeOffset? NextAt { get; init; }
    /// <summary>What is to be sent, of one that this process has just written; null when it is to be read.</summary>
    public OutboxMessage? Message { get; init; }
}

/// <summary>One attempt to deliver, as it is written to the delivery log.</summary>
public sealed record DeliveryAttempt
{
    /// <summary>From 1, over all URLs.</summary>
    public required int Number { get; init; }
    public required string Url { get; init; }
    public required bool IsDelivered { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset FinishedAt { get; init; }
    /// <summary>Numeric codes of the 75xxx family; empty on success.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];
    /// <summary>Limited to 10 kB together.</summary>
    public IReadOnlyList<SipHeader> RequestHeaders { get; init; } = [];
    /// <summary>Null when nothing answered.</summary>
    public int? ResponseStatus { get; init; }
    public IReadOnlyList<SipHeader> ResponseHeaders { get; init; } = [];
    public string? ResponseBody { get; init; }
}

/// <summary>What becomes of a message after an attempt.</summary>
public abstract record OutboxStep
{
    private OutboxStep() { }

    public sealed record Delivered : OutboxStep;

    public sealed record GivenUp : OutboxStep;

    public sealed record Again(DateTimeOffset NextAt, bool IsOnFailover, int AttemptsOnUrl) : OutboxStep;
}

/// <summary>
/// The messages that are committed and not yet delivered or given up. Delivery works over all tenants. A finished message leaves this table for the
/// delivery log in one transaction.
/// </summary>
public sealed class OutboxTable
{
    internal const string Insert = """
        insert into rw_outbox (id, tenant_id, order_key, format, event_type, url, failover_url, method, timeout_ms, version, occurred_at, body,
            attempts, is_on_failover, attempts_on_url)
        values (@id, @tenant, @orderKey, @format, @eventType, @url, @failoverUrl, @method, @timeoutMs, @version, @occurredAt, @body, 0, @no, 0)
        returning seq
        """;
    internal const string SelectPendingAllTenants = """
        select seq, id, tenant_id, order_key, url, failover_url, attempts, is_on_failover, attempts_on_url, next_at from rw_outbox
        where seq > @after order by seq limit @limit
        """;
    internal const string SelectMessage = """
        select id, tenant_id, order_key, format, event_type, url, failover_url, method, timeout_ms, version, occurred_at, body from rw_outbox
        where tenant_id = @tenant and id = @id
        """;
    internal const string InsertAttempt = """
        insert into rw_delivery_attempt (message_id, number, tenant_id, url, status, started_at, finished_at, errors, request_headers,
            response_status, response_headers, response_body)
        values (@id, @number, @tenant, @url, @status, @startedAt, @finishedAt, @errors, @requestHeaders, @responseStatus, @responseHeaders, @responseBody)
        """;
    internal const string Advance = """
        update rw_outbox set attempts = @number, next_at = @nextAt, is_on_failover = @isOnFailover, attempts_on_url = @attemptsOnUrl,
            started_at = coalesce(started_at, @startedAt)
        where tenant_id = @tenant and id = @id
        """;
    internal const string InsertDelivery = """
        insert into rw_delivery (id, message_id, tenant_id, event_type, status, started_at, finished_at, body, order_key, occurred_at)
        select @delivery, id, tenant_id, event_type, @status, coalesce(started_at, @startedAt), @finishedAt, body, order_key, occurred_at from rw_outbox
        where tenant_id = @tenant and id = @id
        """;
    internal const string Delete = "delete from rw_outbox where tenant_id = @tenant and id = @id";
    internal const string CountAllTenants = "select count(*) from rw_outbox";

    private static readonly Statement New = new(Insert), Attempted = new(InsertAttempt), Advanced = new(Advance), Finished = new(InsertDelivery), Deleted = new(Delete);

    private readonly Sql _sql;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _added = new(0);
    private readonly AddedMessages _newest = new();

    internal OutboxTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Oldest first, after a sequence number (0 for the beginning). Sequence numbers are never used twice.</summary>
    public ValueTask<IReadOnlyList<OutboxEntry>> ListPendingAsync(long after, int limit, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<OutboxEntry>>(db => [.. db.Query<Row>(SelectPendingAllTenants, new { after, limit }).Select(r => r.ToEntry())], stop);

    /// <summary>As <see cref="ListPendingAsync"/> for one that goes from number to number: what was just committed is not read back, and may have been finished since.</summary>
    public ValueTask<IReadOnlyList<OutboxEntry>> ListNextAsync(long after, int limit, CancellationToken stop) =>
        _newest.TakeAfter(after) is { } newest ? new(newest) : ListPendingAsync(after, limit, stop);

    public ValueTask<long> CountAsync(CancellationToken stop) => _sql.ReadAsync(db => db.ExecuteScalar<long>(CountAllTenants), stop);

    public async ValueTask<OutboxMessage?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<MessageRow>(SelectMessage, new { tenant, id }), stop).ConfigureAwait(false))?.ToMessage();

    /// <summary>Adds messages that no event of a leg stands behind; those of legs come through <see cref="Ledger"/>.</summary>
    public async ValueTask AddAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken stop) =>
        await _sql.WriteAsync(db => messages.Select(message => Write(db, message)).ToList(), stop, committed: Added).ConfigureAwait(false);

    /// <summary>Records the attempt and what follows from it, in one transaction. Whoever awaits it goes on on the writer's thread, and must be short.</summary>
    public async ValueTask RecordAsync(TenantId tenant, Guid id, DeliveryAttempt attempt, OutboxStep next, CancellationToken stop)
    {
        await _sql.WriteAsync(db =>
        {
            string message = id.ToString(), owner = tenant.ToString(), startedAt = Times.Text(attempt.StartedAt), finishedAt = Times.Text(attempt.FinishedAt);
            Attempted.Run(db, message, attempt.Number, owner, attempt.Url, attempt.IsDelivered ? "delivered" : "failed", startedAt, finishedAt,
                attempt.Errors.Count == 0 ? "[]" : JsonSerializer.Serialize([.. attempt.Errors], DeliveryJson.Default.ListInt32), JsonLists.WriteHeaders(attempt.RequestHeaders),
                attempt.ResponseStatus, attempt.ResponseStatus is null ? null : JsonLists.WriteHeaders(attempt.ResponseHeaders), attempt.ResponseBody);
            if (next is OutboxStep.Again again)
                return Advanced.Run(db, attempt.Number, Times.Text(again.NextAt), again.IsOnFailover, again.AttemptsOnUrl, startedAt, owner, message);
            Finished.Run(db, Guid.CreateVersion7(_time.GetUtcNow()).ToString(), next is OutboxStep.Delivered ? "delivered" : "failed", startedAt, finishedAt, owner, message);
            return Deleted.Run(db, owner, message);
        }, stop, Haste.Later, isFollowedHere: true).ConfigureAwait(false);
    }

    /// <summary>Completes when messages may have been added since the last call returned.</summary>
    public async Task WaitForMoreAsync(CancellationToken stop)
    {
        await _added.WaitAsync(stop).ConfigureAwait(false);
        while (_added.Wait(0, CancellationToken.None)) { } // many signals are one
    }

    /// <summary>Messages are committed. For the writer, which tells of one commit after another.</summary>
    internal void Added(IReadOnlyList<OutboxEntry> entries)
    {
        _newest.Add(entries);
        _added.Release();
    }

    internal static OutboxEntry Write(IDbConnection db, OutboxMessage message) => EntryOf(message, New.Insert(db, message.Id.ToString(), message.Tenant.ToString(), message.OrderKey,
        message.Format, message.EventType, message.Url, message.FailoverUrl, message.Method, (long)message.Timeout.TotalMilliseconds, message.Version,
        Times.Text(message.OccurredAt), message.Body, false));

    private static OutboxEntry EntryOf(OutboxMessage message, long seq) => new()
    {
        Seq = seq,
        Id = message.Id,
        Tenant = message.Tenant,
        OrderKey = message.OrderKey,
        Url = message.Url,
        FailoverUrl = message.FailoverUrl,
        Attempts = 0,
        IsOnFailover = false,
        AttemptsOnUrl = 0,
        Message = message with { OccurredAt = Times.Cut(message.OccurredAt) },
    };

    private sealed record Row
    {
        public long Seq { get; init; }
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string OrderKey { get; init; } = "";
        public string Url { get; init; } = "";
        public string? FailoverUrl { get; init; }
        public int Attempts { get; init; }
        public bool IsOnFailover { get; init; }
        public int AttemptsOnUrl { get; init; }
        public DateTimeOffset? NextAt { get; init; }

        public OutboxEntry ToEntry() => new()
        {
            Seq = Seq,
            Id = Id,
            Tenant = TenantId,
            OrderKey = OrderKey,
            Url = Url,
            FailoverUrl = FailoverUrl,
            Attempts = Attempts,
            IsOnFailover = IsOnFailover,
            AttemptsOnUrl = AttemptsOnUrl,
            NextAt = NextAt,
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
        };
    }
}
