using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>Something that is done, or was, with what was said in a call.</summary>
internal sealed record QueuedRow
{
    public const string Pending = "pending", Failed = "failed", Transcript = "transcript", Analysis = "analysis";

    public Guid Id { get; init; }
    public string CallId { get; init; } = "";
    public string Type { get; init; } = "";
    public string Status { get; init; } = "";
    public long Attempts { get; init; }
    public long MaxAttempts { get; init; }
    public string? ErrorMessage { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ProcessingStartedAt { get; init; }
    public DateTimeOffset? ProcessedAt { get; init; }
    public DateTimeOffset? NextRetryAt { get; init; }
}

/// <summary>The rows of <c>enrichment_queue</c> as people look after them.</summary>
internal sealed class EnrichmentQueueTable(Database store)
{
    private const string Columns = """
        id, call_id, cast(type as text) as type, cast(status as text) as status, attempts, max_attempts, error_message, created_at,
            processing_started_at, processed_at, next_retry_at
        """;
    private const string Of = """
        from enrichment_queue where tenant_id = @tenant and (@status = '' or cast(status as text) = @status)
            and (@type = '' or cast(type as text) = @type)
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at desc, id desc limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string SelectById = $"select {Columns} from enrichment_queue where tenant_id = @tenant and id = @id";
    internal const string SelectOfCall = $"""
        select {Columns} from enrichment_queue where tenant_id = @tenant and call_id = @call and cast(type as text) = @type
        order by created_at desc, id desc limit 1
        """;
    private const string IsDead = """
        tenant_id = @tenant and status = 'failed' and next_retry_at is null and (@type = '' or cast(type as text) = @type)
            and created_at < @before
        """;
    /// <summary>
    /// Those that nobody tries any more by himself: their calls, and they. One that is held stays as it is.
    /// </summary>
    internal const string AwaitDead = $"""
        update calls set analysis_status = 'pending', updated_at = @at where tenant_id = @tenant and id in (
            select call_id from enrichment_queue where {IsDead}) and not legal_hold
        """;
    internal const string AwaitDeadTranscripts = $"""
        update calls set transcript_status = 'pending' where tenant_id = @tenant and id in (
            select call_id from enrichment_queue where type = 'transcript' and {IsDead}) and not legal_hold
        """;
    internal const string ReviveDead = $"""
        update enrichment_queue set status = 'pending', attempts = 0, error_message = null, processed_at = null
        where {IsDead} and call_id not in (select id from calls where tenant_id = @tenant and legal_hold)
        """;
    internal const string Again = """
        update enrichment_queue set status = 'pending', attempts = 0, error_message = null, next_retry_at = null, processed_at = null
        where tenant_id = @tenant and id = @id and status in ('failed', 'completed')
        """;
    internal const string Discard = """
        update enrichment_queue set status = 'completed', processed_at = @at, next_retry_at = null
        where tenant_id = @tenant and id = @id and status = 'failed'
        """;

    public ValueTask<(IReadOnlyList<QueuedRow> Rows, long Total)> ListAsync(TenantId agency, string status, string type, int offset,
        int limit, CancellationToken stop)
    {
        var which = new { tenant = agency, status, type, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<QueuedRow>, long)>(
            db => (db.Query<QueuedRow>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    public ValueTask<QueuedRow?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<QueuedRow>(SelectById, new { tenant = agency, id }), stop);

    /// <summary>The newest of a call's.</summary>
    public ValueTask<QueuedRow?> FindAsync(TenantId agency, string call, string type, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<QueuedRow>(SelectOfCall, new { tenant = agency, call, type }), stop);

    /// <summary>It waits as a new one does.</summary>
    /// <returns>False where it waits already, or somebody is at it.</returns>
    public ValueTask<bool> RetryAsync(TenantId agency, QueuedRow row, DateTimeOffset at, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (db.Execute(Again, new { tenant = agency, id = row.Id }) == 0) return false;
            var stands = new { tenant = agency, call = row.CallId, status = QueuedRow.Pending, now = at };
            if (row.Type is QueuedRow.Transcript) db.Execute(ProviderTranscriptTable.Stand, stands);
            db.Execute(AnalysisTable.Stand, stands);
            AuditTable.Write(db, note);
            return true;
        }, stop);

    /// <param name="type">Empty for both.</param>
    /// <param name="before">When those came into being.</param>
    /// <returns>How many there were.</returns>
    public ValueTask<int> RetryDeadAsync(TenantId agency, string type, DateTimeOffset before, DateTimeOffset at, AuditNote note,
        CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            var which = new { tenant = agency, type, before, at };
            db.Execute(AwaitDead, which);
            db.Execute(AwaitDeadTranscripts, which);
            int count = db.Execute(ReviveDead, which);
            if (count > 0) AuditTable.Write(db, note);
            return count;
        }, stop);

    /// <returns>False where it has not failed.</returns>
    public ValueTask<bool> DiscardAsync(TenantId agency, QueuedRow row, DateTimeOffset at, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (db.Execute(Discard, new { tenant = agency, id = row.Id, at }) == 0) return false;
            // Its call is not waited for any more.
            var stands = new { tenant = agency, call = row.CallId, status = QueuedRow.Failed, now = at };
            if (row.Type is QueuedRow.Transcript) db.Execute(ProviderTranscriptTable.Stand, stands);
            db.Execute(AnalysisTable.Stand, stands);
            AuditTable.Write(db, note);
            return true;
        }, stop);
}
