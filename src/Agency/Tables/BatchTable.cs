using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A list of contacts who are called for a client, and how. The node dials by the campaign of the same id.</summary>
internal sealed record BatchRow
{
    public const string Pending = "pending", Scheduled = "scheduled", Processing = "processing", Paused = "paused",
        Completed = "completed", Failed = "failed", Immediate = "immediate", Cancelled = "cancelled_by_user";

    /// <summary>Why it is paused: not all whom it is to call are among its contacts yet.</summary>
    public const string Incomplete = "incomplete";

    /// <summary>Why it has failed: its time was over. Why it is paused: too many calls had failed, or something is wrong with it.</summary>
    public const string WindowExpired = "window_expired", CircuitOpen = "circuit_open", Killed = "kill_switch",
        Unwanted = "opt_out_rate", Unanswered = "answer_rate", Capped = "daily_call_cap", OutOfMinutes = "max_minutes_month";

    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string ClientId { get; init; } = "";
    public Guid CampaignId { get; init; }
    public Guid AgentMappingId { get; init; }
    public string? Name { get; init; }
    public string FromNumber { get; init; } = "";
    /// <summary>A list of the digits of further numbers from which it calls; null for none.</summary>
    public string? FromPool { get; init; }
    public string Mode { get; init; } = Immediate;
    public string Status { get; init; } = Pending;
    public DateTimeOffset? ScheduledFor { get; init; }
    /// <summary>From then on nobody more is called for it; null for never.</summary>
    public DateTimeOffset? WindowEnd { get; init; }
    public long CallsPerMinute { get; init; }
    public long MaxConcurrent { get; init; }
    public long TotalContacts { get; init; }
    public Guid ListId { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? PausedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }
    public string? FailureCode { get; init; }
    /// <summary>Its calls try something out, and are in no figure.</summary>
    public bool IsTest { get; init; }
    /// <summary>How often it has gone on by itself after its calls had failed.</summary>
    public long CircuitResumes { get; init; }
    /// <summary>When it went on last: of what was before nothing is counted again.</summary>
    public DateTimeOffset? ResumedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The account whose calls they are.</summary>
    public TenantId Account => new(Guid.Parse(ClientId));

    public bool IsOver => Status is Completed or Failed;

    /// <summary>The numbers of <see cref="FromPool"/>, which we have written.</summary>
    public IReadOnlyList<string> Pool =>
        FromPool is null ? [] : [.. JsonNode.Parse(FromPool)!.AsArray().Select(one => (string)one!)];

    /// <summary>All numbers from which it calls.</summary>
    public IReadOnlyList<string> Callers => [FromNumber, .. Pool.Where(number => number != FromNumber)];
}

/// <summary>How many contacts of a batch stand so and have come to that.</summary>
internal sealed record ContactCount(string BatchId, string Status, string? Outcome, long Number);

/// <summary>What placed a call: a batch, for one of its contacts.</summary>
internal sealed record BatchCall
{
    public string Attempt { get; init; } = "";
    public string? Leg { get; init; }
    public string Contact { get; init; } = "";
    public string Batch { get; init; } = "";
    public string Campaign { get; init; } = "";
    public string Agent { get; init; } = "";
    /// <summary>From 1.</summary>
    public int Nth { get; init; }
}

/// <summary>The rows of <c>call_batches</c>.</summary>
internal sealed class BatchTable(Database store)
{
    private const string Columns = """
        id, tenant_id, client_id, campaign_id, agent_mapping_id, name, from_number, from_pool, cast(mode as text) as mode,
            cast(status as text) as status, scheduled_for, window_end, calls_per_minute, max_concurrent, total_contacts, list_id,
            started_at, paused_at, completed_at, cancelled_at, failure_code, circuit_resumes, resumed_at, is_test, created_at,
            updated_at
        """;
    internal const string SelectById = $"select {Columns} from call_batches where tenant_id = @tenant and id = @id";
    private const string Of = """
        from call_batches where tenant_id = @tenant and (@client = '' or client_id = @client)
            and (@campaign = '' or campaign_id = @campaign) and (@status = '' or cast(status as text) = @status)
            and (@failure = '' or failure_code = @failure)
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at desc, id desc limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    /// <summary>Those that are not over, and those that are and still have somebody on the line.</summary>
    internal const string SelectOpenAllTenants = $"""
        select {Columns} from call_batches where status not in ('completed', 'failed')
        union all
        select {Columns} from call_batches where status in ('completed', 'failed')
            and id in (select batch_id from campaign_contacts where status = 'calling')
        order by created_at, id
        """;
    /// <summary>The same of one agency.</summary>
    internal const string SelectOpen = $"""
        select {Columns} from call_batches where tenant_id = @tenant and status not in ('completed', 'failed')
        union all
        select {Columns} from call_batches where tenant_id = @tenant and status in ('completed', 'failed')
            and id in (select batch_id from campaign_contacts where tenant_id = @tenant and status = 'calling')
        order by created_at, id
        """;
    internal const string Insert = """
        insert into call_batches (id, tenant_id, client_id, campaign_id, agent_mapping_id, name, from_number, from_pool, mode, status,
            scheduled_for, window_end, calls_per_minute, max_concurrent, total_contacts, list_id, paused_at, failure_code, is_test,
            created_at, updated_at)
        values (@id, @tenant, @client, @campaign, @agent, @name, @from, @pool, @mode, @status, @scheduled, @until, @pace, @most, @total,
            @list, @paused, @failure, @test, @at, @at)
        """;
    internal const string Move = """
        update call_batches set status = @status, started_at = @started, paused_at = @paused, completed_at = @completed,
            cancelled_at = @cancelled, failure_code = @failure, circuit_resumes = @resumes, resumed_at = @resumed, updated_at = @at
        where tenant_id = @tenant and id = @id and cast(status as text) = @was and (@isDone = 0 or total_contacts = @total)
        """;
    internal const string CountIncomplete = """
        select count(*) from call_batches where tenant_id = @tenant and created_at >= @since and campaign_id = @campaign
            and failure_code = 'incomplete' and status not in ('completed', 'failed')
        """;
    internal const string AddTotal = """
        update call_batches set total_contacts = total_contacts + @more
        where tenant_id = @tenant and id = @id and status not in ('completed', 'failed')
        """;
    internal const string Tune = """
        update call_batches set name = @name, calls_per_minute = @pace, max_concurrent = @most, window_end = @until,
            agent_mapping_id = @agent, from_number = @from, from_pool = @pool, updated_at = @at
        where tenant_id = @tenant and id = @id and status not in ('completed', 'failed')
        """;
    internal const string CountContacts = """
        select batch_id, cast(status as text) as status, cast(outcome as text) as outcome, count(*) as number
        from campaign_contacts where tenant_id = @tenant and batch_id in @batches group by batch_id, status, outcome
        """;

    /// <summary>A batch has the id of the campaign by which the node dials for it, a contact that of the target.</summary>
    internal const string SelectPlaced = """
        select a.id as attempt, a.leg_uuid as leg, a.target_id as contact, b.id as batch, b.campaign_id as campaign,
            b.agent_mapping_id as agent, a.try as nth
        from (select id, campaign_id, agent_mapping_id from call_batches where tenant_id = @tenant) b
        join rw_attempt a on a.campaign_id = b.id where a.id in @attempts
        """;

    public ValueTask<BatchRow?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => Find(db, agency, id), stop);

    public static BatchRow? Find(IDbConnection db, TenantId agency, Guid id) =>
        db.QueryFirstOrDefault<BatchRow>(SelectById, new { tenant = agency, id });

    public ValueTask<(IReadOnlyList<BatchRow> Rows, long Total)> ListAsync(TenantId agency, string client, string campaign, string status,
        string failure, int offset, int limit, CancellationToken stop)
    {
        var which = new { tenant = agency, client, campaign, status, failure, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<BatchRow>, long)>(
            db => (db.Query<BatchRow>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Of all agencies.</summary>
    public ValueTask<IReadOnlyList<BatchRow>> ListOpenAsync(CancellationToken stop) => store.Sql.ReadAsync<IReadOnlyList<BatchRow>>(
        db => db.Query<BatchRow>(SelectOpenAllTenants).AsList(), stop);

    public ValueTask<IReadOnlyList<BatchRow>> ListOpenAsync(TenantId agency, CancellationToken stop) =>
        store.Sql.ReadAsync<IReadOnlyList<BatchRow>>(db => db.Query<BatchRow>(SelectOpen, new { tenant = agency }).AsList(), stop);

    public ValueTask<IReadOnlyList<ContactCount>> CountAsync(TenantId agency, IReadOnlyList<Guid> batches, CancellationToken stop) =>
        store.Sql.ReadAsync<IReadOnlyList<ContactCount>>(db =>
            [
                .. db.Query<(string Batch, string Status, string? Outcome, long Number)>(CountContacts, new
                {
                    tenant = agency, batches = new InList<string>([.. batches.Select(id => id.ToString())]),
                }).Select(row => new ContactCount(row.Batch, row.Status, row.Outcome, row.Number)),
            ], stop);

    /// <summary>What batches of the agency have placed by these attempts.</summary>
    public ValueTask<List<BatchCall>> ListCallsAsync(TenantId agency, IReadOnlyList<string> attempts, CancellationToken stop) =>
        store.Sql.ReadAsync(
            db => db.Query<BatchCall>(SelectPlaced, new { tenant = agency, attempts = new InList<string>(attempts) }).AsList(), stop);

    /// <summary>The batch with all of its contacts, or nothing.</summary>
    /// <param name="may">Asked first in the transaction, and maybe again; null for yes.</param>
    /// <returns>False where it may not.</returns>
    public ValueTask<bool> AddAsync(BatchRow batch, IReadOnlyList<ContactRow> contacts, AuditNote note, CancellationToken stop,
        Func<IDbConnection, bool>? may = null) =>
        store.Sql.WriteAsync(db =>
        {
            if (may?.Invoke(db) is false) return false;
            db.Execute(Insert, new
            {
                id = batch.Id, tenant = batch.TenantId, client = batch.ClientId, campaign = batch.CampaignId, agent = batch.AgentMappingId,
                name = batch.Name, from = batch.FromNumber, pool = batch.FromPool, mode = batch.Mode, status = batch.Status,
                scheduled = batch.ScheduledFor,
                until = batch.WindowEnd, test = batch.IsTest,
                pace = batch.CallsPerMinute, most = batch.MaxConcurrent, total = batch.TotalContacts, list = batch.ListId,
                paused = batch.PausedAt, failure = batch.FailureCode, at = batch.CreatedAt,
            });
            foreach (var contact in contacts)
            {
                store.Sql.NoteAnswer();
                ContactTable.Write(db, contact);
            }
            AuditTable.Write(db, note);
            return true;
        }, stop, isLong: true);

    /// <summary>Within a write: a later batch of the campaign has not got all of its contacts yet.</summary>
    public static bool IsLaterIncomplete(IDbConnection db, BatchRow batch) => db.ExecuteScalar<long>(CountIncomplete, new
    {
        tenant = batch.TenantId, campaign = batch.CampaignId, since = batch.CreatedAt,
    }) > 0;

    /// <summary>It has more contacts, unless it is over.</summary>
    /// <param name="may">Asked when it has them; where it may not, it has them no more.</param>
    public static bool Grow(IDbConnection db, BatchRow batch, int more, Func<IDbConnection, bool>? may)
    {
        if (db.Execute(AddTotal, new { tenant = batch.TenantId, id = batch.Id, more }) == 0) return false;
        if (may?.Invoke(db) is not false) return true;
        Shrink(db, batch, more);
        return false;
    }

    /// <summary>Fewer than was thought have come.</summary>
    public static void Shrink(IDbConnection db, BatchRow batch, int less) =>
        db.Execute(AddTotal, new { tenant = batch.TenantId, id = batch.Id, more = -less });

    /// <summary>
    /// Changes its name, its pace, its agent and its numbers. Reads and writes at once, so that of two changes neither undoes the other's.
    /// </summary>
    /// <param name="may">Whether it may become that, asked in the transaction, and maybe again.</param>
    /// <returns>As it is then; null when it is over, or may not.</returns>
    public ValueTask<BatchRow?> TuneAsync(BatchRow batch, Func<BatchRow, BatchRow> change, Func<BatchRow, BatchRow, AuditNote> note,
        Func<IDbConnection, BatchRow, BatchRow, bool> may, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        if (Find(db, batch.TenantId, batch.Id) is not { } before) return null;
        var after = change(before);
        if (!may(db, before, after)) return null;
        int tuned = db.Execute(Tune, new
        {
            tenant = after.TenantId, id = after.Id, name = after.Name, pace = after.CallsPerMinute, most = after.MaxConcurrent,
            until = after.WindowEnd, agent = after.AgentMappingId, from = after.FromNumber, pool = after.FromPool, at = after.UpdatedAt,
        });
        if (tuned == 0) return null;
        AuditTable.Write(db, note(before, after));
        return after;
    }, stop);

    /// <summary>One that has got more contacts meanwhile is not completed.</summary>
    /// <returns>False when it does not stand any more as it did.</returns>
    public ValueTask<bool> MoveAsync(BatchRow before, BatchRow after, AuditNote? note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            int moved = db.Execute(Move, new
            {
                tenant = after.TenantId, id = after.Id, was = before.Status, status = after.Status, started = after.StartedAt,
                paused = after.PausedAt, completed = after.CompletedAt, cancelled = after.CancelledAt, failure = after.FailureCode,
                resumes = after.CircuitResumes, resumed = after.ResumedAt,
                at = after.UpdatedAt, isDone = after.Status is BatchRow.Completed ? 1 : 0, total = after.TotalContacts,
            });
            if (moved == 0) return false;
            AuditTable.Write(db, note);
            return true;
        }, stop);
}
