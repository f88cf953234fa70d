using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Talking;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Agency.Tables;

/// <summary>A call that is to be judged, as whoever takes it found it.</summary>
internal sealed record DueAnalysis
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string CallId { get; init; } = "";
    /// <summary>Before this one.</summary>
    public long Attempts { get; init; }
    public long MaxAttempts { get; init; }
}

/// <summary>
/// Judging: a row of <c>enrichment_queue</c> is taken for a while, and what comes of it is written by whoever still has it, once. An
/// attempt is known by its number.
/// </summary>
internal sealed class AnalysisTable(Database store)
{
    private const string IsDue = """
        (status = 'pending' or (status = 'failed' and next_retry_at <= @now) or (status = 'processing' and lease_expires_at <= @now))
        """;
    /// <summary>
    /// One of each agency, before a second one of any. That it is not over is said for SQLite, which takes the index of those then.
    /// </summary>
    internal const string SelectDueAllTenants = $"""
        select id, tenant_id, call_id, attempts, max_attempts from (
            select id, tenant_id, call_id, attempts, max_attempts, created_at,
                row_number() over (partition by tenant_id order by created_at, id) as nth
            from enrichment_queue where type = 'analysis' and status <> 'completed' and attempts < max_attempts and {IsDue}) due
        order by nth, created_at, id limit @most
        """;
    /// <summary>The same, of some agencies.</summary>
    internal const string SelectDueSomeAllTenants = $"""
        select id, tenant_id, call_id, attempts, max_attempts from (
            select id, tenant_id, call_id, attempts, max_attempts, created_at,
                row_number() over (partition by tenant_id order by created_at, id) as nth
            from enrichment_queue where type = 'analysis' and status <> 'completed' and attempts < max_attempts and {IsDue}
                and tenant_id in @tenants) due
        order by nth, created_at, id limit @most
        """;
    /// <summary>Whoever had the last attempt is gone with it. By the same index.</summary>
    internal const string SelectLostAllTenants = """
        select id, tenant_id, call_id, attempts, max_attempts from enrichment_queue
        where type = 'analysis' and status <> 'completed' and status = 'processing' and attempts >= max_attempts
            and lease_expires_at <= @now
        """;
    internal const string Take = $"""
        update enrichment_queue set status = 'processing', attempts = attempts + 1, processing_started_at = @now,
            lease_expires_at = @until, next_retry_at = null
        where tenant_id = @tenant and id = @id and attempts = @attempts and attempts < max_attempts and {IsDue}
        """;
    private const string Ours = "where tenant_id = @tenant and id = @id and attempts = @attempts and status = 'processing'";
    internal const string Complete = $"""
        update enrichment_queue set status = 'completed', error_message = null, processed_at = @now, lease_expires_at = null {Ours}
        """;
    internal const string Fail = $"""
        update enrichment_queue set status = 'failed', error_message = @why, next_retry_at = @again, lease_expires_at = null {Ours}
        """;
    internal const string SelectClient = "select client_id from calls where tenant_id = @tenant and id = @call";
    internal const string Stand =
        "update calls set analysis_status = @status, updated_at = @now where tenant_id = @tenant and id = @call";
    internal const string Judge = """
        update calls set analysis_status = 'completed', analysis = @document, analysis_model = @model,
            analysis_version = analysis_version + 1, analyzed_at = @now, sentiment = @sentiment, talk_permille = @talk,
            interruptions = @interruptions, objections = @objections, objections_handled = @handled, buying_signals = @signals,
            script_permille = @script, qualified = @qualified, meeting_booked = @booked,
            issue_resolved = @resolved, escalated = @escalated, satisfaction = @stars,
            disposition = case when disposition is null or disposition = analysis_disposition then @disposition else disposition end,
            analysis_disposition = @disposition, updated_at = @now
        where tenant_id = @tenant and id = @call and redacted_at is null
        """;
    internal const string Spend = """
        update calls set analysis_cost_micros = coalesce(analysis_cost_micros, 0) + @cost where tenant_id = @tenant and id = @call
        """;
    /// <summary>Nobody said anything, or too little: that is known without a model.</summary>
    internal const string Skip = """
        update calls set analysis_status = 'completed', analysis_model = 'none', analyzed_at = @now, updated_at = @now
        where tenant_id = @tenant and id = @call
        """;
    internal const string InsertJob = """
        insert into enrichment_queue (id, tenant_id, call_id, type, max_attempts, created_at)
        values (@id, @tenant, @call, 'analysis', @most, @now)
        """;
    internal const string CountSaid = $"""
        select count(*) from call_turns
        where tenant_id = @tenant and call_id = @call and role = 'user'
            and body not in ('{TurnRow.OptOutKey}', '{TurnRow.Unrecognised}')
        """;

    public const int Attempts = 4;

    /// <summary>In the transaction that completes a call's transcript.</summary>
    public static void Begin(IDbConnection db, TenantId agency, string call, DateTimeOffset now)
    {
        var which = new { tenant = agency, call, now, id = Guid.CreateVersion7(now), most = Attempts };
        int least = AnalysisSetting.LeastTurnsOf(db.QueryFirstOrDefault<JsonObject>(KeptTable.SelectSettings, which));
        db.Execute(db.ExecuteScalar<long>(CountSaid, which) < least ? Skip : InsertJob, which);
    }

    public ValueTask<List<DueAnalysis>> ListDueAsync(DateTimeOffset now, int most, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<DueAnalysis>(SelectDueAllTenants, new { now, most }).AsList(), stop);

    /// <param name="agencies">Those of no other are listed.</param>
    public ValueTask<List<DueAnalysis>> ListDueAsync(IReadOnlyList<TenantId> agencies, DateTimeOffset now, int most,
        CancellationToken stop)
    {
        var which = new { tenants = new InList<string>([.. agencies.Select(one => one.ToString())]), now, most };
        return store.Sql.ReadAsync(db => db.Query<DueAnalysis>(SelectDueSomeAllTenants, which).AsList(), stop);
    }

    public ValueTask<List<DueAnalysis>> ListLostAsync(DateTimeOffset now, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<DueAnalysis>(SelectLostAllTenants, new { now }).AsList(), stop);

    /// <returns>As it is ours; null where another took it.</returns>
    public ValueTask<DueAnalysis?> TakeAsync(DueAnalysis due, DateTimeOffset now, DateTimeOffset until, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            var which = new
            {
                tenant = due.TenantId, id = due.Id, call = due.CallId, attempts = due.Attempts, now, until, status = "processing",
            };
            if (db.Execute(Take, which) == 0) return null;
            db.Execute(Stand, which);
            return due with { Attempts = due.Attempts + 1 };
        }, stop);

    /// <summary>Whose call it is: the client's, or else the agency's own.</summary>
    public async ValueTask<TenantId> AccountAsync(DueAnalysis ours, CancellationToken stop) =>
        await store.Sql.ReadAsync(
            db => db.ExecuteScalar<string?>(SelectClient, new { tenant = ours.TenantId, call = ours.CallId }), stop) is { } client
            ? new(Guid.Parse(client)) : ours.TenantId;

    /// <param name="found">Null where nothing was said that could be judged.</param>
    /// <returns>False where another has taken it meanwhile.</returns>
    public async ValueTask<bool> CompleteAsync(DueAnalysis ours, CallAnalysis? found, string model, DateTimeOffset now,
        CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        var which = new { tenant = ours.TenantId, id = ours.Id, call = ours.CallId, attempts = ours.Attempts, now };
        if (db.Execute(Complete, which) == 0) return false;
        if (found is null || db.Execute(Judge, new
        {
            tenant = ours.TenantId, call = ours.CallId, now, document = found.Document, model, sentiment = found.Sentiment,
            talk = found.TalkPermille, interruptions = found.Interruptions, objections = found.Objections,
            handled = found.ObjectionsHandled, signals = found.BuyingSignals, disposition = found.Disposition,
            script = found.ScriptPermille, qualified = NumberOf(found.IsQualified), booked = NumberOf(found.HasMeeting),
            resolved = NumberOf(found.IsResolved), escalated = NumberOf(found.IsEscalated), stars = found.Satisfaction,
        }) == 0)
            db.Execute(Skip, which);
        return true;
    }, stop);

    /// <summary>A model says what it has cost to ask: it is of the call, beside what was before.</summary>
    /// <param name="cost">Millionths of a US dollar.</param>
    public async ValueTask SpendAsync(DueAnalysis ours, long cost, CancellationToken stop) => await store.Sql.WriteAsync(
        db => db.Execute(Spend, new { tenant = ours.TenantId, call = ours.CallId, cost }), stop);

    /// <summary>Nobody is to judge it, until somebody says otherwise: it waits, and nothing is done with it.</summary>
    public async ValueTask LeaveAsync(DueAnalysis ours, DateTimeOffset now, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        var which = new
        {
            tenant = ours.TenantId, id = ours.Id, call = ours.CallId, attempts = ours.Attempts, now, status = "pending",
        };
        if (db.Execute(Complete, which) == 0) return false;
        db.Execute(Stand, which);
        return true;
    }, stop);

    private static int? NumberOf(bool? found) => found switch { true => 1, false => 0, null => null };

    /// <param name="why">Without anything of what was said.</param>
    /// <param name="again">Null for never, by itself.</param>
    public async ValueTask FailAsync(DueAnalysis ours, string why, DateTimeOffset? again, DateTimeOffset now, CancellationToken stop) =>
        await store.Sql.WriteAsync(db =>
        {
            var which = new
            {
                tenant = ours.TenantId, id = ours.Id, call = ours.CallId, attempts = ours.Attempts, now, why, again,
                status = again is null ? "failed" : "pending",
            };
            if (db.Execute(Fail, which) == 0) return false;
            db.Execute(Stand, which);
            return true;
        }, stop);
}
