using Dapper;
using Ringwright.Agency.Providers;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A job that reads the history of an agency's calls at its provider.</summary>
internal sealed record SyncJob
{
    public const string Pending = "pending", Running = "in_progress", Completed = "completed", Failed = "failed", Cancelled = "cancelled";

    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string Status { get; init; } = Pending;
    /// <summary>Null for the beginning of time.</summary>
    public DateTimeOffset? DateFrom { get; init; }
    public DateTimeOffset? DateTo { get; init; }
    /// <summary>Null for all.</summary>
    public long? MaxCalls { get; init; }
    /// <summary>What was said in the calls is fetched, too.</summary>
    public bool IsEnriched { get; init; } = true;
    public long? TotalCalls { get; init; }
    public long ProcessedCalls { get; init; }
    public long ImportedCalls { get; init; }
    public long SkippedCalls { get; init; }
    public long FailedCalls { get; init; }
    /// <summary>Read so far.</summary>
    public long Pages { get; init; }
    /// <summary>Null for the first page.</summary>
    public string? PageCursor { get; init; }
    /// <summary>Why it is over.</summary>
    public string? Reason { get; init; }
    public string? ErrorMessage { get; init; }
    public DateTimeOffset? LastErrorAt { get; init; }
    public long Attempts { get; init; }
    public DateTimeOffset? NextRetryAt { get; init; }
    public string? CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? LastActivityAt { get; init; }
}

/// <summary>A call of a page that could not be taken in, and why.</summary>
internal sealed record SyncError
{
    public Guid Id { get; init; }
    public string? ProviderCallId { get; init; }
    public string ErrorMessage { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A page as it is taken in.</summary>
/// <param name="Next">Where the next one is; null for the last.</param>
/// <param name="Total">As the provider says; null where it does not.</param>
/// <param name="EndsBy">Why the job is over with it; null when it is not.</param>
internal sealed record SyncPage(IReadOnlyList<ProviderCallFacts> Calls, IReadOnlyList<SyncError> Errors, string? Next, long? Total,
    string? EndsBy);

/// <summary>
/// The rows of <c>historical_sync_jobs</c>: one that is not over for an agency. A page with its calls, counters and cursor is one
/// transaction, so that after a crash one page is read again at most, and its calls are known already.
/// </summary>
internal sealed class SyncJobTable(Database store)
{
    public const string Source = "historical_sync";

    /// <summary>Shown at once.</summary>
    private const int MostErrors = 1_000;

    /// <summary>Behind what is live.</summary>
    private const int Priority = -1;

    private const string Columns = """
        id, tenant_id, cast(status as text) as status, date_from, date_to, max_calls, enrich as is_enriched, total_calls, processed_calls,
            imported_calls, skipped_calls, failed_calls, pages, page_cursor, reason, error_message, last_error_at, attempts, next_retry_at,
            created_by, created_at, started_at, completed_at, last_activity_at
        """;
    private const string Of =
        "from historical_sync_jobs where tenant_id = @tenant and (@status = '' or cast(status as text) = @status)";
    private const string IsLive = "status in ('pending', 'in_progress')";
    private const string IsFree = """
        status in ('pending', 'in_progress') and (next_retry_at is null or next_retry_at <= @now)
            and (lease_expires_at is null or lease_expires_at <= @now)
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at desc, id desc limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string SelectById = $"select {Columns} from historical_sync_jobs where tenant_id = @tenant and id = @id";
    internal const string SelectDueAllTenants =
        $"select {Columns} from historical_sync_jobs where {IsFree} order by created_at, id limit @most";
    /// <summary>Agencies whose history nobody has read for a day, nor reads, and that have had a key for as long.</summary>
    internal const string SelectUnreadAllTenants = $"""
        select tenant_id from agency_integrations where api_key is not null and key_added_at <= @since
            and tenant_id not in (select tenant_id from historical_sync_jobs where created_at > @since or {IsLive})
        """;
    internal const string Insert = $"""
        insert into historical_sync_jobs (id, tenant_id, date_from, date_to, max_calls, enrich, created_by, created_at)
        values (@Id, @TenantId, @DateFrom, @DateTo, @MaxCalls, @IsEnriched, @CreatedBy, @CreatedAt)
        on conflict (tenant_id) where {IsLive} do nothing
        """;
    internal const string Cancel = $"""
        update historical_sync_jobs set status = 'cancelled', completed_at = @at, lease_expires_at = null, next_retry_at = null
        where tenant_id = @tenant and id = @id and {IsLive}
        """;
    internal const string Take = $"""
        update historical_sync_jobs set status = 'in_progress', started_at = coalesce(started_at, @now), last_activity_at = @now,
            lease_expires_at = @until
        where tenant_id = @tenant and id = @id and attempts = @attempts and coalesce(page_cursor, '') = @was and {IsFree}
        """;
    private const string Ours =
        "where tenant_id = @tenant and id = @id and status = 'in_progress' and coalesce(page_cursor, '') = @was";
    internal const string Hold = $"update historical_sync_jobs set last_activity_at = @now {Ours}";
    internal const string Finish = $"""
        update historical_sync_jobs set processed_calls = processed_calls + @processed, imported_calls = imported_calls + @imported,
            skipped_calls = skipped_calls + @skipped, failed_calls = failed_calls + @failed, pages = pages + 1, page_cursor = @next,
            total_calls = coalesce(@total, total_calls), attempts = 0, error_message = null, next_retry_at = null,
            lease_expires_at = null, last_activity_at = @now, reason = @reason, status = @status, completed_at = @completed
        {Ours}
        """;
    internal const string Fail = $"""
        update historical_sync_jobs set attempts = attempts + 1, error_message = @why, last_error_at = @now, last_activity_at = @now,
            next_retry_at = @again, lease_expires_at = null, status = @status, completed_at = @completed
        {Ours}
        """;
    internal const string InsertError = """
        insert into historical_sync_errors (id, tenant_id, job_id, provider_call_id, error_message, created_at)
        values (@id, @tenant, @job, @call, @error, @at)
        """;
    /// <summary>What is over goes, and before it what it could not take in. Steps, as rules have them.</summary>
    internal const string DeleteErrors = """
        delete from historical_sync_errors where tenant_id = @tenant and id in (
            select id from historical_sync_errors where tenant_id = @tenant and created_at < @before order by created_at limit @step)
        """;
    internal const string DeleteOld = """
        delete from historical_sync_jobs where tenant_id = @tenant and id in (
            select j.id from historical_sync_jobs j where j.tenant_id = @tenant and j.created_at < @before
                and j.status not in ('pending', 'in_progress') and not exists (
                select 1 from historical_sync_errors e where e.tenant_id = @tenant and e.job_id = j.id)
            order by j.created_at limit @step)
        """;
    internal const string SelectErrors = """
        select id, provider_call_id, error_message, created_at from historical_sync_errors
        where tenant_id = @tenant and job_id = @id order by created_at, id limit @most
        """;

    /// <returns>False where one is not over.</returns>
    public ValueTask<bool> StartAsync(SyncJob job, AuditNote note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        if (db.Execute(Insert, job) == 0) return false;
        AuditTable.Write(db, note);
        return true;
    }, stop);

    public ValueTask<List<TenantId>> ListUnreadAsync(DateTimeOffset since, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<TenantId>(SelectUnreadAllTenants, new { since }).AsList(), stop);

    /// <summary>No further page is asked for; one that is being read is not taken in.</summary>
    /// <returns>False where it is over.</returns>
    public ValueTask<bool> CancelAsync(TenantId agency, Guid id, DateTimeOffset at, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (db.Execute(Cancel, new { tenant = agency, id, at }) == 0) return false;
            AuditTable.Write(db, note);
            return true;
        }, stop);

    public ValueTask<(IReadOnlyList<SyncJob> Rows, long Total)> ListAsync(TenantId agency, string status, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = agency, status, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<SyncJob>, long)>(
            db => (db.Query<SyncJob>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    public ValueTask<SyncJob?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<SyncJob>(SelectById, new { tenant = agency, id }), stop);

    public ValueTask<List<SyncError>> ErrorsAsync(TenantId agency, Guid id, CancellationToken stop) => store.Sql.ReadAsync(
        db => db.Query<SyncError>(SelectErrors, new { tenant = agency, id, most = MostErrors }).AsList(), stop);

    public ValueTask<List<SyncJob>> ListDueAsync(DateTimeOffset now, int most, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<SyncJob>(SelectDueAllTenants, new { now, most }).AsList(), stop);

    /// <returns>False where another took it.</returns>
    public async ValueTask<bool> TakeAsync(SyncJob job, DateTimeOffset now, DateTimeOffset until, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Take, new
        {
            tenant = job.TenantId, id = job.Id, attempts = job.Attempts, was = job.PageCursor ?? "", now, until,
        }), stop) > 0;

    /// <returns>False where it was cancelled meanwhile, or another has taken the page in: then nothing of it is.</returns>
    public ValueTask<bool> AddAsync(SyncJob job, SyncPage page, DateTimeOffset now, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var which = new { tenant = job.TenantId, id = job.Id, was = job.PageCursor ?? "", now };
        if (db.Execute(Hold, which) == 0) return false;
        int imported = 0;
        foreach (var facts in page.Calls)
        {
            string id = ProviderCallTable.IdOf(job.TenantId, facts.CallId).ToString();
            if (ProviderCallTable.Find(db, job.TenantId, id) is not null) continue;
            ProviderCallTable.Merge(db, job.TenantId, facts, Source, now, job.IsEnriched ? Priority : null);
            imported++;
        }
        foreach (var error in page.Errors)
            db.Execute(InsertError, new
            {
                id = Guid.CreateVersion7(now), tenant = job.TenantId, job = job.Id, call = error.ProviderCallId,
                error = error.ErrorMessage, at = now,
            });
        return db.Execute(Finish, new
        {
            which.tenant, which.id, which.was, now, processed = page.Calls.Count + page.Errors.Count, imported,
            skipped = page.Calls.Count - imported, failed = page.Errors.Count, next = page.Next, total = page.Total, reason = page.EndsBy,
            status = page.EndsBy is null ? SyncJob.Running : SyncJob.Completed,
            completed = page.EndsBy is null ? null : (DateTimeOffset?)now,
        }) > 0;
    }, stop);

    /// <param name="again">When the page is asked for again; null for never.</param>
    public async ValueTask FailAsync(SyncJob job, string why, DateTimeOffset? again, DateTimeOffset now, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Fail, new
        {
            tenant = job.TenantId, id = job.Id, was = job.PageCursor ?? "", now, why, again,
            status = again is null ? SyncJob.Failed : SyncJob.Running, completed = again is null ? (DateTimeOffset?)now : null,
        }), stop);
}
