using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A finished delivery of one message.</summary>
public sealed record WebhookDelivery
{
    public required Guid Id { get; init; }
    public required Guid Message { get; init; }
    public required TenantId Tenant { get; init; }
    public required string EventType { get; init; }
    public required bool IsDelivered { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset FinishedAt { get; init; }
    /// <summary>The message's body as the dialect projected it.</summary>
    public required string Body { get; init; }
    /// <summary>Newest first.</summary>
    public required IReadOnlyList<DeliveryAttempt> Attempts { get; init; }
}

/// <summary>Conditions, joined by AND; null asks for nothing.</summary>
public sealed record DeliveryQuery
{
    public bool? IsDelivered { get; init; }
    public string? EventType { get; init; }
    /// <summary>Text within the message's body, without regard to case.</summary>
    public string? BodyContains { get; init; }
    /// <summary>Text within an attempt's URL, headers, response or error codes, without regard to case.</summary>
    public string? AttemptsContain { get; init; }
    public DateTimeOffset? StartedFrom { get; init; }
    public DateTimeOffset? StartedTo { get; init; }
    public DateTimeOffset? FinishedFrom { get; init; }
    public DateTimeOffset? FinishedTo { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

public sealed record DeliveryPage(IReadOnlyList<WebhookDelivery> Rows, long Total);

/// <summary>The delivery log.</summary>
public sealed class DeliveryTable
{
    private const string Columns = "id, message_id, tenant_id, event_type, status, started_at, finished_at, body";
    internal const string Condition = """
        from rw_delivery where tenant_id = @tenant
            and (status = @status or @status is null)
            and (event_type = @eventType or @eventType is null)
            and (started_at >= @startedFrom or @startedFrom is null)
            and (started_at <= @startedTo or @startedTo is null)
            and (finished_at >= @finishedFrom or @finishedFrom is null)
            and (finished_at <= @finishedTo or @finishedTo is null)
            and (lower(body) like @body escape '\' or @body is null)
            and (lower(attempt_url || ' ' || cast(attempt_errors as text) || ' ' || cast(attempt_request_headers as text) || ' '
                    || coalesce(cast(attempt_response_status as text), '') || ' ' || coalesce(cast(attempt_response_headers as text), '') || ' '
                    || coalesce(attempt_response_body, '')) like @attempts escape '\'
                or exists (
                select 1 from rw_delivery_attempt a where a.tenant_id = @tenant and a.message_id = rw_delivery.message_id
                    and lower(a.url || ' ' || cast(a.errors as text) || ' ' || cast(a.request_headers as text) || ' ' || coalesce(cast(a.response_status as text), '') || ' '
                        || coalesce(cast(a.response_headers as text), '') || ' ' || coalesce(a.response_body, '')) like @attempts escape '\') or @attempts is null)
        """;
    internal const string Count = $"select count(*) {Condition}";
    internal const string SelectMany = $"select {Columns} {Condition} order by finished_at desc, id desc limit @limit offset @offset";
    internal const string Select = $"select {Columns} from rw_delivery where tenant_id = @tenant and id = @id";
    internal const string SelectByMessage = $"select {Columns} from rw_delivery where tenant_id = @tenant and message_id = @id";
    internal const string SelectAttempts = """
        select message_id, number, url, status, started_at, finished_at, errors, request_headers, response_status, response_headers, response_body
        from rw_delivery_attempt where tenant_id = @tenant and message_id in @messages
        union all
        select message_id, 1, attempt_url, status, started_at, finished_at, attempt_errors, attempt_request_headers, attempt_response_status,
            attempt_response_headers, attempt_response_body
        from rw_delivery where tenant_id = @tenant and message_id in @messages and attempt_url is not null
        order by message_id, number desc
        """;
    internal const string SelectOrder = """
        select message_id, event_type, occurred_at, status from rw_delivery where tenant_id = @tenant and order_key = @order
        union all
        select id, event_type, occurred_at, 'pending' from rw_outbox where tenant_id = @tenant and order_key = @order
            and not exists (select 1 from rw_delivery d where d.tenant_id = @tenant and d.message_id = rw_outbox.id)
        order by occurred_at
        """;
    private const string Replayed = """
        from rw_delivery where tenant_id = @tenant and finished_at <= @finishedTo
            and finished_at >= @afterAt and (finished_at > @afterAt or id > @afterId)
            and (status = @status or @status is null)
            and (finished_at >= @finishedFrom or @finishedFrom is null)
            and (started_at >= @startedFrom or @startedFrom is null)
            and (started_at <= @startedTo or @startedTo is null)
            and (lower(event_type) like @eventType escape '\' or @eventType is null)
            and (lower(attempt_url) like @url escape '\' or exists (
                select 1 from rw_delivery_attempt a where a.tenant_id = @tenant and a.message_id = rw_delivery.message_id and lower(a.url) like @url escape '\') or @url is null)
        """;
    internal const string CountReplayed = $"select count(*) {Replayed}";
    internal const string SelectReplayed = $"select id, finished_at {Replayed} order by finished_at, id limit @limit";
    internal const string PruneAttempts = """
        delete from rw_delivery_attempt where tenant_id = @tenant
            and message_id in (select message_id from rw_delivery where tenant_id = @tenant and finished_at < @before)
        """;
    internal const string Prune = "delete from rw_delivery where tenant_id = @tenant and finished_at < @before";
    private const string SelectTenants = "select id from rw_tenant";

    private readonly Sql _sql;

    internal DeliveryTable(Sql sql) => _sql = sql;

    /// <summary>Newest first.</summary>
    public ValueTask<DeliveryPage> ListAsync(TenantId tenant, DeliveryQuery query, CancellationToken stop)
    {
        var parameters = new
        {
            tenant,
            status = query.IsDelivered is { } isDelivered ? isDelivered ? "delivered" : "failed" : null,
            eventType = query.EventType,
            startedFrom = Time(query.StartedFrom),
            startedTo = Time(query.StartedTo),
            finishedFrom = Time(query.FinishedFrom),
            finishedTo = Time(query.FinishedTo),
            body = Pattern(query.BodyContains),
            attempts = Pattern(query.AttemptsContain),
            limit = query.Limit,
            offset = query.Offset,
        };
        return _sql.ReadAsync(db =>
        {
            long total = db.ExecuteScalar<long>(_sql.Folded(Count), parameters);
            return new DeliveryPage(Complete(db, tenant, db.Query<Row>(_sql.Folded(SelectMany), parameters).AsList()), total);
        }, stop);
    }

    public ValueTask<WebhookDelivery?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) => FindAsync(Select, tenant, id, stop);

    /// <summary>The delivery of a message.</summary>
    public ValueTask<WebhookDelivery?> FindByMessageAsync(TenantId tenant, Guid message, CancellationToken stop) =>
        FindAsync(SelectByMessage, tenant, message, stop);

    /// <summary>How many a replay is about.</summary>
    public ValueTask<long> CountAsync(TenantId tenant, ReplayQuery query, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(_sql.Folded(CountReplayed), Bind(tenant, query, ReplayPlace.Start, limit: 0)), stop);

    /// <summary>The next of them behind a place: the one that finished first is first.</summary>
    public ValueTask<IReadOnlyList<ReplayPlace>> ListAsync(TenantId tenant, ReplayQuery query, ReplayPlace after, int limit,
        CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<ReplayPlace>>(db =>
            [.. db.Query<PlaceRow>(_sql.Folded(SelectReplayed), Bind(tenant, query, after, limit))
                .Select(r => new ReplayPlace(r.FinishedAt, r.Id))], stop);

    private static object Bind(TenantId tenant, ReplayQuery query, ReplayPlace after, int limit) => new
    {
        tenant,
        status = query.IsDelivered is { } isDelivered ? isDelivered ? "delivered" : "failed" : null,
        eventType = Whole(query.EventType),
        url = Whole(query.Url),
        startedFrom = Time(query.StartedFrom),
        startedTo = Time(query.StartedTo),
        finishedFrom = Time(query.FinishedFrom),
        finishedTo = Times.Text(query.FinishedTo),
        afterAt = Times.Text(after.FinishedAt),
        afterId = after.Id.ToString(),
        limit,
    };

    private ValueTask<WebhookDelivery?> FindAsync(string select, TenantId tenant, Guid id, CancellationToken stop) => _sql.ReadAsync(db =>
        db.QuerySingleOrDefault<Row>(select, new { tenant, id }) is { } row ? Complete(db, tenant, [row])[0] : null, stop);

    /// <summary>Attempts of a message, finished or not, newest first.</summary>
    public ValueTask<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(TenantId tenant, Guid message, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<DeliveryAttempt>>(db =>
            [.. db.Query<AttemptRow>(SelectAttempts, new { tenant, messages = new InList<string>([message.ToString()]) })
                .Select(a => a.ToAttempt())], stop);

    /// <summary>All webhooks of one order key, finished or not, oldest first.</summary>
    public ValueTask<IReadOnlyList<WebhookTrace>> ListOrderAsync(TenantId tenant, string order, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<WebhookTrace>>(db =>
        {
            var rows = db.Query<OrderRow>(SelectOrder, new { tenant, order }).AsList();
            var attempts = db.Query<AttemptRow>(SelectAttempts,
                new { tenant, messages = new InList<string>([.. rows.Select(r => r.MessageId.ToString())]) }).ToLookup(a => a.MessageId);
            return [.. rows.Select(r => new WebhookTrace(r.EventType, r.OccurredAt, r.Status,
                [.. attempts[r.MessageId].Select(a => a.ToAttempt()).OrderBy(a => a.Number)]))];
        }, stop);

    /// <summary>Forgets deliveries that finished before the moment. Tenant by tenant, as the index has them.</summary>
    public async ValueTask<int> PruneAsync(DateTimeOffset before, CancellationToken stop)
    {
        var tenants = await _sql.ReadAsync(db => db.Query<TenantId>(SelectTenants).AsList(), stop).ConfigureAwait(false);
        return await _sql.WriteAsync(db =>
        {
            int forgotten = 0;
            foreach (var tenant in tenants)
            {
                db.Execute(PruneAttempts, new { tenant, before });
                forgotten += db.Execute(Prune, new { tenant, before });
            }
            return forgotten;
        }, stop).ConfigureAwait(false);
    }

    private static List<WebhookDelivery> Complete(System.Data.IDbConnection db, TenantId tenant, List<Row> rows)
    {
        if (rows.Count == 0) return [];
        var attempts = db.Query<AttemptRow>(SelectAttempts,
            new { tenant, messages = new InList<string>([.. rows.Select(r => r.MessageId.ToString())]) }).ToLookup(a => a.MessageId);
        return [.. rows.Select(r => r.ToDelivery([.. attempts[r.MessageId].Select(a => a.ToAttempt())]))];
    }

    private static string? Time(DateTimeOffset? at) => at is { } moment ? Times.Text(moment) : null;

    private static string? Pattern(string? text) => text is null ? null : $"%{Literal(text)}%";

    /// <summary>A pattern for the whole text, in which a * at the end stands for anything.</summary>
    private static string? Whole(string? text) => text is null ? null : text.EndsWith('*') ? Literal(text[..^1]) + "%" : Literal(text);

    private static string Literal(string text) => text.ToLowerInvariant().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid MessageId { get; init; }
        public TenantId TenantId { get; init; }
        public string EventType { get; init; } = "";
        public string Status { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset FinishedAt { get; init; }
        public string Body { get; init; } = "";

        public WebhookDelivery ToDelivery(IReadOnlyList<DeliveryAttempt> attempts) => new()
        {
            Id = Id,
            Message = MessageId,
            Tenant = TenantId,
            EventType = EventType,
            IsDelivered = Status == "delivered",
            StartedAt = StartedAt,
            FinishedAt = FinishedAt,
            Body = Body,
            Attempts = attempts,
        };
    }

    private sealed record PlaceRow
    {
        public Guid Id { get; init; }
        public DateTimeOffset FinishedAt { get; init; }
    }

    private sealed record OrderRow
    {
        public Guid MessageId { get; init; }
        public string EventType { get; init; } = "";
        public DateTimeOffset OccurredAt { get; init; }
        public string Status { get; init; } = "";
    }

    private sealed record AttemptRow
    {
        public Guid MessageId { get; init; }
        public int Number { get; init; }
        public string Url { get; init; } = "";
        public string Status { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset FinishedAt { get; init; }
        public string Errors { get; init; } = "[]";
        public string RequestHeaders { get; init; } = "[]";
        public int? ResponseStatus { get; init; }
        public string? ResponseHeaders { get; init; }
        public string? ResponseBody { get; init; }

        public DeliveryAttempt ToAttempt() => new()
        {
            Number = Number,
            Url = Url,
            IsDelivered = Status == "delivered",
            StartedAt = StartedAt,
            FinishedAt = FinishedAt,
            Errors = JsonSerializer.Deserialize(Errors, DeliveryJson.Default.ListInt32) ?? [],
            RequestHeaders = JsonLists.ReadHeaders(RequestHeaders),
            ResponseStatus = ResponseStatus,
            ResponseHeaders = ResponseHeaders is null ? [] : JsonLists.ReadHeaders(ResponseHeaders),
            ResponseBody = ResponseBody,
        };
    }
}

[JsonSerializable(typeof(List<int>))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
