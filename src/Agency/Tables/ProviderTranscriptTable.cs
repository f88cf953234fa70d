using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>A provider's call whose words are to be fetched, as whoever takes it found it.</summary>
internal sealed record DueTranscript
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string CallId { get; init; } = "";
    /// <summary>Before this one.</summary>
    public long Attempts { get; init; }
    public long MaxAttempts { get; init; }
    public string ProviderCallId { get; init; } = "";
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? JoinedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>
/// Fetching: a row of <c>enrichment_queue</c> is taken for a while, and what comes of it is written by whoever still has it, once, as
/// judging has it. A call whose agency has no key waits.
/// </summary>
internal sealed class ProviderTranscriptTable(Database store)
{
    private const string IsDue = """
        (q.status = 'pending' or (q.status = 'failed' and q.next_retry_at <= @now)
            or (q.status = 'processing' and q.lease_expires_at <= @now))
        """;
    private const string Columns = "id, tenant_id, call_id, attempts, max_attempts, provider_call_id, started_at, joined_at, ended_at";
    private const string FromAllTenants = """
        select q.id, q.tenant_id, q.call_id, q.attempts, q.max_attempts, p.provider_call_id, p.started_at, p.joined_at, p.ended_at,
            q.priority, q.created_at, row_number() over (partition by q.tenant_id order by q.priority desc, q.created_at, q.id) as nth
        from enrichment_queue q
        join provider_calls p on p.tenant_id = q.tenant_id and p.id = q.call_id
        join agency_integrations i on i.tenant_id = q.tenant_id and i.api_key is not null
        where q.type = 'transcript' and q.status <> 'completed'
        """;
    /// <summary>One of each agency, before a second one of any; what is live before what is history.</summary>
    internal const string SelectDueAllTenants = $"""
        select {Columns} from ({FromAllTenants} and q.attempts < q.max_attempts and {IsDue}) due
        order by nth, priority desc, created_at, id limit @most
        """;
    /// <summary>Whoever had the last attempt is gone with it.</summary>
    internal const string SelectLostAllTenants = $"""
        select {Columns} from ({FromAllTenants} and q.attempts >= q.max_attempts and q.status = 'processing'
            and q.lease_expires_at <= @now) lost
        """;
    internal const string Stand =
        "update calls set transcript_status = @status, updated_at = @now where tenant_id = @tenant and id = @call";
    internal const string Recorded =
        "update provider_calls set has_recording = @recorded, updated_at = @now where tenant_id = @tenant and id = @call";
    internal const string DeleteTurns = "delete from call_turns where tenant_id = @tenant and call_id = @call";
    /// <summary>Where judging stands; nothing where nobody was asked to.</summary>
    internal const string SelectJudged = """
        select cast(status as text) from enrichment_queue where tenant_id = @tenant and call_id = @call and type = 'analysis'
        order by created_at desc, id desc limit 1
        """;
    internal const string JudgeAgain = """
        update enrichment_queue set status = 'pending', attempts = 0, error_message = null, next_retry_at = null, processed_at = null
        where tenant_id = @tenant and call_id = @call and type = 'analysis' and status in ('failed', 'completed')
        """;

    public ValueTask<List<DueTranscript>> ListDueAsync(DateTimeOffset now, int most, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<DueTranscript>(SelectDueAllTenants, new { now, most }).AsList(), stop);

    /// <summary>The same, and those that are lost, by one question.</summary>
    public ValueTask<(List<DueTranscript> Lost, List<DueTranscript> Due)> ListOpenAsync(DateTimeOffset now, int most,
        CancellationToken stop) => store.Sql.ReadAsync(db => (db.Query<DueTranscript>(SelectLostAllTenants, new { now }).AsList(),
            db.Query<DueTranscript>(SelectDueAllTenants, new { now, most }).AsList()), stop);

    /// <returns>As it is ours; null where another took it.</returns>
    public ValueTask<DueTranscript?> TakeAsync(DueTranscript due, DateTimeOffset now, DateTimeOffset until, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            var which = new
            {
                tenant = due.TenantId, id = due.Id, call = due.CallId, attempts = due.Attempts, now, until, status = "fetching",
            };
            if (db.Execute(AnalysisTable.Take, which) == 0) return null;
            db.Execute(Stand, which);
            return due with { Attempts = due.Attempts + 1 };
        }, stop);

    /// <summary>In place of what was there; of a call that was redacted nothing more is kept.</summary>
    /// <returns>False where another has taken it meanwhile.</returns>
    public async ValueTask<bool> CompleteAsync(DueTranscript ours, IReadOnlyList<TurnRow> turns, bool isRecorded, DateTimeOffset now,
        CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        var which = new
        {
            tenant = ours.TenantId, id = ours.Id, call = ours.CallId, attempts = ours.Attempts, now, status = "completed",
            recorded = isRecorded,
        };
        if (db.Execute(AnalysisTable.Complete, which) == 0) return false;
        db.Execute(DeleteTurns, which);
        TurnTable.Write(db, ours.TenantId, ours.CallId, turns);
        db.Execute(Stand, which);
        db.Execute(Recorded, which);
        if (db.ExecuteScalar<string?>(SelectJudged, which) is null) AnalysisTable.Begin(db, ours.TenantId, ours.CallId, now);
        else
        {
            db.Execute(JudgeAgain, which);
            StandAnalysis(db, ours, "pending", now);
        }
        return true;
    }, stop);

    /// <param name="again">When it is tried again; null for never: nobody judges it, either, and what was judged before stands.</param>
    public async ValueTask FailAsync(DueTranscript ours, string why, DateTimeOffset? again, DateTimeOffset now, CancellationToken stop) =>
        await store.Sql.WriteAsync(db =>
        {
            var which = new
            {
                tenant = ours.TenantId, id = ours.Id, call = ours.CallId, attempts = ours.Attempts, now, why, again,
                status = again is null ? "failed" : "pending",
            };
            if (db.Execute(AnalysisTable.Fail, which) == 0) return false;
            db.Execute(Stand, which);
            if (again is null) StandAnalysis(db, ours, db.ExecuteScalar<string?>(SelectJudged, which) ?? "failed", now);
            return true;
        }, stop);

    private static void StandAnalysis(IDbConnection db, DueTranscript ours, string status, DateTimeOffset now) =>
        db.Execute(AnalysisTable.Stand, new { tenant = ours.TenantId, call = ours.CallId, status, now });
}
