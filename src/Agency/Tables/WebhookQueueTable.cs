using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Providers;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>An event of a provider that waits to be merged, or was.</summary>
internal sealed record QueuedEvent
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string EventType { get; init; } = "";
    public string ProviderCallId { get; init; } = "";
    public string DedupeKey { get; init; } = "";
    /// <summary>The provider has signed it.</summary>
    public bool IsVerified { get; init; }
    /// <summary>Whole, as it came; empty in a list of them.</summary>
    public JsonObject Payload { get; init; } = [];
    public string Status { get; init; } = "";
    public long Attempts { get; init; }
    public long MaxAttempts { get; init; } = WebhookQueueTable.MaxAttempts;
    public string? ErrorMessage { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ProcessingStartedAt { get; init; }
    public DateTimeOffset? ProcessedAt { get; init; }
    public DateTimeOffset? NextRetryAt { get; init; }
}

/// <summary>
/// The rows of <c>webhook_queue</c>. An event is merged and done in one transaction, by whoever comes first: nobody holds one, and none is
/// left behind by a crash.
/// </summary>
internal sealed class WebhookQueueTable(Database store)
{
    public const int MaxAttempts = 5;

    /// <summary>All but the payload, which may be long.</summary>
    private const string Listed = """
        id, tenant_id, event_type, provider_call_id, dedupe_key, cast(status as text) as status, attempts, max_attempts, error_message,
            created_at, processing_started_at, processed_at, next_retry_at, verified as is_verified
        """;
    private const string Columns = $"{Listed}, payload";
    private const string Of = "from webhook_queue where tenant_id = @tenant and (@status = '' or cast(status as text) = @status)";
    private const string IsDue = "attempts < max_attempts and (status = 'pending' or (status = 'failed' and next_retry_at <= @now))";
    internal const string SelectPage = $"select {Listed} {Of} order by created_at desc, id desc limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string SelectById = $"select {Columns} from webhook_queue where tenant_id = @tenant and id = @id";
    /// <summary>The oldest first. That they are not over is said for SQLite, which takes the index of those then.</summary>
    internal const string SelectDueAllTenants = $"""
        select {Columns} from webhook_queue where status <> 'completed' and {IsDue} order by created_at, id limit @most
        """;
    internal const string Insert = """
        insert into webhook_queue (id, tenant_id, source, event_type, provider_call_id, dedupe_key, payload, max_attempts, verified,
            created_at)
        values (@id, @tenant, 'ultravox', @type, @call, @key, @payload, @most, @verified, @at)
        on conflict (tenant_id, dedupe_key) do nothing
        """;
    private const string Ours = $"where tenant_id = @tenant and id = @id and attempts = @attempts and {IsDue}";
    internal const string Complete = $"""
        update webhook_queue set status = 'completed', attempts = attempts + 1, error_message = null, processing_started_at = @now,
            processed_at = @now, next_retry_at = null
        {Ours}
        """;
    internal const string Fail = $"""
        update webhook_queue set status = 'failed', attempts = attempts + 1, error_message = @why, processing_started_at = @now,
            next_retry_at = @again
        {Ours}
        """;
    private const string IsDead = "where tenant_id = @tenant and status = 'failed' and next_retry_at is null";
    internal const string Again = """
        update webhook_queue set status = 'pending', attempts = 0, error_message = null, next_retry_at = null
        where tenant_id = @tenant and id = @id and status = 'failed'
        """;
    internal const string ReviveDead =
        $"update webhook_queue set status = 'pending', attempts = 0, error_message = null {IsDead} and created_at < @before";
    internal const string Discard = """
        update webhook_queue set status = 'completed', processed_at = @at, next_retry_at = null
        where tenant_id = @tenant and id = @id and status = 'failed'
        """;
    internal const string Empty =
        "update webhook_queue set payload = '{}' where tenant_id = @tenant and provider_call_id = @call and status <> 'pending'";

    /// <summary>What is done goes, and later what nobody has mended. Steps, as rules have them.</summary>
    internal const string DeleteDone = """
        delete from webhook_queue where tenant_id = @tenant and id in (
            select id from webhook_queue where tenant_id = @tenant and status = 'completed' and processed_at < @before
            order by created_at limit @step)
        """;
    internal const string DeleteDead = """
        delete from webhook_queue where tenant_id = @tenant and id in (
            select id from webhook_queue where tenant_id = @tenant and status = 'failed' and created_at < @before
            order by created_at limit @step)
        """;

    /// <summary>It waits from then on, and what came is in the log, whether it is new or not.</summary>
    /// <returns>False where the same waits already, or was merged.</returns>
    public ValueTask<bool> AddAsync(QueuedEvent one, WebhookLog log, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        bool isNew = db.Execute(Insert, new
        {
            id = one.Id, tenant = one.TenantId, type = one.EventType, call = one.ProviderCallId, key = one.DedupeKey,
            payload = one.Payload, most = one.MaxAttempts, verified = one.IsVerified, at = one.CreatedAt,
        }) > 0;
        WebhookLogTable.Write(db, log with { IsDuplicate = !isNew });
        return isNew;
    }, stop);

    public ValueTask<List<QueuedEvent>> ListDueAsync(DateTimeOffset now, int most, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<QueuedEvent>(SelectDueAllTenants, new { now, most }).AsList(), stop);

    /// <returns>False where another has done it.</returns>
    public ValueTask<bool> MergeAsync(QueuedEvent one, ProviderCallFacts facts, DateTimeOffset now, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (db.Execute(Complete, OursOf(one, now)) == 0) return false;
            ProviderCallTable.Merge(db, one.TenantId, facts, CallNote.Live, now, isKnown: one.IsVerified);
            return true;
        }, stop);

    /// <param name="again">When it is tried again; null for never.</param>
    public async ValueTask FailAsync(QueuedEvent one, string why, DateTimeOffset? again, DateTimeOffset now, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Fail, new
        {
            tenant = one.TenantId, id = one.Id, attempts = one.Attempts, now, why, again,
        }), stop);

    public ValueTask<(IReadOnlyList<QueuedEvent> Rows, long Total)> ListAsync(TenantId agency, string status, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = agency, status, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<QueuedEvent>, long)>(
            db => (db.Query<QueuedEvent>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    public ValueTask<QueuedEvent?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<QueuedEvent>(SelectById, new { tenant = agency, id }), stop);

    /// <summary>Has one that has failed tried as a new one, or be left.</summary>
    /// <param name="statement"><see cref="Again"/> or <see cref="Discard"/>.</param>
    /// <returns>False where it has not failed.</returns>
    public ValueTask<bool> ChangeAsync(string statement, TenantId agency, Guid id, DateTimeOffset at, AuditNote note,
        CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        if (db.Execute(statement, new { tenant = agency, id, at }) == 0) return false;
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <param name="before">When those came.</param>
    /// <returns>How many nobody would have tried again.</returns>
    public ValueTask<int> ReviveDeadAsync(TenantId agency, DateTimeOffset before, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            int count = db.Execute(ReviveDead, new { tenant = agency, before });
            if (count > 0) AuditTable.Write(db, note);
            return count;
        }, stop);

    private static object OursOf(QueuedEvent one, DateTimeOffset now) =>
        new { tenant = one.TenantId, id = one.Id, attempts = one.Attempts, now };
}
