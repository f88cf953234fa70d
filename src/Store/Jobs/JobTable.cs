using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Store.Jobs;

/// <summary>
/// Jobs and their leases. A pending job is due when it may begin, a running one when its lease ends: whoever finds one that is due takes
/// it, so that a process that died leaves nothing undone, and two nodes on one database never do the same.
/// </summary>
public sealed class JobTable
{
    private const string Columns = "tenant_id, id, kind, state, input, result, failure, done, total, attempts, created_at, updated_at";
    private const string IsOpen = "state in ('pending', 'running')";
    internal const string Insert = """
        insert into rw_job (tenant_id, id, kind, state, input, done, attempts, due_at, created_at, updated_at)
        values (@tenant, @id, @kind, 'pending', @input, 0, 0, @due, @at, @at)
        """;
    internal const string Select = $"select {Columns} from rw_job where tenant_id = @tenant and id = @id";
    internal const string SelectMany =
        $"select {Columns} from rw_job where tenant_id = @tenant and kind = @kind order by created_at desc, id desc limit @limit offset "
        + "@offset";
    internal const string Count = "select count(*) from rw_job where tenant_id = @tenant and kind = @kind";
    private const string OfKinds = "from rw_job where tenant_id = @tenant and kind in @kinds and state in @states";
    internal const string SelectNewest = $"select {Columns} {OfKinds} order by created_at desc, id desc limit @limit offset @offset";
    internal const string SelectOldest = $"select {Columns} {OfKinds} order by created_at, id limit @limit offset @offset";
    internal const string CountOfKinds = $"select count(*) {OfKinds}";
    internal const string CountOpen =
        $"select count(*) from rw_job where tenant_id = @tenant and {IsOpen} and kind not in ('{RecordingTable.BringJob}', "
        + $"'{RecordingTranscriptionTable.Job}', '{TextReception.StopJob}', '{TextReception.AnswerJob}', {TalkJobs.Kinds})";
    internal const string SelectDueAllTenants =
        $"select id from rw_job where {IsOpen} and due_at <= @now and kind in @kinds order by due_at, id limit 1";
    internal const string SelectNextDueAllTenants = $"select min(due_at) from rw_job where {IsOpen} and kind in @kinds";
    internal const string TakeAllTenants = $"""
        update rw_job set state = 'running', lease = @token, due_at = @until, attempts = attempts + 1, updated_at = @now where id = @id
        returning {Columns}
        """;
    private const string Ours = "where tenant_id = @tenant and id = @id and lease = @token and state = 'running'";
    internal const string Renew = $"update rw_job set due_at = @until, done = @done, total = @total, updated_at = @now {Ours}";
    internal const string Keep = $"update rw_job set result = @result, done = @done, total = @total, updated_at = @now {Ours}";
    internal const string End = $"""
        update rw_job set state = 'complete', result = @result, done = @done, total = @total, lease = null, updated_at = @now {Ours}
        """;
    /// <summary>What had come of it stays.</summary>
    internal const string Fail = $"""
        update rw_job set state = 'failed', failure = @failure, done = @done, total = @total, lease = null, updated_at = @now {Ours}
        """;
    internal const string GiveBack =
        $"update rw_job set state = 'pending', lease = null, due_at = @due, attempts = attempts - @uncounted, updated_at = @now {Ours}";
    internal const string Dial = $"update rw_job set result = @result {Ours} and result is null";
    internal const string CancelOne =
        $"update rw_job set state = 'cancelled', lease = null, updated_at = @now where tenant_id = @tenant and id = @id and {IsOpen}";
    internal const string DeleteOne = "delete from rw_job where tenant_id = @tenant and id = @id";

    private readonly Sql _sql;
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = Bell();

    internal JobTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <param name="mostOpen">How many jobs the tenant may have that are not over; those that its calls make do not count.</param>
    /// <param name="note">For the tenant's trail of changes.</param>
    /// <returns>Null when the tenant has as many already.</returns>
    public async ValueTask<Job?> AddAsync(TenantId tenant, string kind, JsonObject input, int mostOpen, AuditNote? note,
        CancellationToken stop)
    {
        var at = Times.Cut(_time.GetUtcNow());
        var id = Guid.CreateVersion7(at);
        bool isAdded = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(CountOpen, new { tenant }) >= mostOpen) return false;
            db.Execute(Insert, new { tenant, id, kind, input = input.ToJsonString(), at, due = at });
            AuditTable.Write(db, note is null ? null : note with { ResourceId = id.ToString() });
            return true;
        }, stop, committed: isNew =>
        {
            if (isNew) Ring();
        }).ConfigureAwait(false);
        if (!isAdded) return null;
        return new() { Tenant = tenant, Id = id, Kind = kind, State = JobState.Pending, Input = input, CreatedAt = at, UpdatedAt = at };
    }

    /// <summary>
    /// As part of a larger transaction, whatever else the tenant has to be done; who makes it rings when it is committed.
    /// </summary>
    internal void Write(IDbConnection db, TenantId tenant, NewJob job) => Write(db, tenant, job, _time.GetUtcNow());

    /// <summary>The same without anybody who rings: it is found when it is next looked for one.</summary>
    internal static void Write(IDbConnection db, TenantId tenant, NewJob job, DateTimeOffset now)
    {
        var at = Times.Cut(now);
        var due = job.DueAt is { } later ? Times.Cut(later) : at;
        var id = job.Id ?? Guid.CreateVersion7(at);
        db.Execute(Insert, new { tenant, id, kind = job.Kind, input = job.Input.ToJsonString(), at, due });
    }

    /// <summary>As part of a larger transaction, whatever its state.</summary>
    internal static void Undo(IDbConnection db, TenantId tenant, Guid id) => db.Execute(DeleteOne, new { tenant, id });

    /// <summary>There are new jobs.</summary>
    internal void Ring() => Interlocked.Exchange(ref _changed, Bell()).SetResult();

    public async ValueTask<Job?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false))?.ToJob();

    /// <summary>Newest first.</summary>
    public ValueTask<JobPage> ListAsync(TenantId tenant, string kind, int offset, int limit, CancellationToken stop)
    {
        var which = new { tenant, kind, offset, limit };
        return _sql.ReadAsync(db => new JobPage([.. db.Query<Row>(SelectMany, which).Select(row => row.ToJob())],
            db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Of several kinds.</summary>
    /// <param name="states">Those that are in one of them.</param>
    public ValueTask<JobPage> ListAsync(TenantId tenant, IReadOnlyList<string> kinds, IReadOnlyList<JobState> states, bool isOldestFirst,
        int offset, int limit, CancellationToken stop)
    {
        var which = new
        {
            tenant, kinds = new InList<string>(kinds), states = new InList<string>([.. states.Select(Names<JobState>.Of)]), offset, limit
        };
        return _sql.ReadAsync(db => new JobPage(
            [.. db.Query<Row>(isOldestFirst ? SelectOldest : SelectNewest, which).Select(row => row.ToJob())],
            db.ExecuteScalar<long>(CountOfKinds, which)), stop);
    }

    /// <summary>Who runs it hears of it when the lease is renewed.</summary>
    /// <returns>False when it is over already, or not there.</returns>
    public ValueTask<bool> CancelAsync(TenantId tenant, Guid id, AuditNote? note, CancellationToken stop) =>
        ChangeAsync(CancelOne, tenant, id, note, stop);

    /// <summary>Whatever its state.</summary>
    public ValueTask<bool> DeleteAsync(TenantId tenant, Guid id, AuditNote? note, CancellationToken stop) =>
        ChangeAsync(DeleteOne, tenant, id, note, stop);

    /// <summary>Takes one job that is due, if there is one; it is ours for <paramref name="span"/>.</summary>
    public ValueTask<JobLease?> TakeAsync(IReadOnlyList<string> kinds, TimeSpan span, CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        string token = Guid.NewGuid().ToString("N");
        return _sql.WriteAsync(db =>
        {
            string? id = db.ExecuteScalar<string?>(SelectDueAllTenants + _sql.Engine.SkipLocked,
                new { now, kinds = new InList<string>(kinds) });
            return id is null ? null
                : new JobLease(db.QuerySingle<Row>(TakeAllTenants, new { id, token, until = now + span, now }).ToJob(), token);
        }, stop);
    }

    /// <summary>
    /// Shows what has come of it so far, or what whoever takes it next is to know, should this process die. It stays when the job is given
    /// back or begun again, until its result takes the place; its lease ends when it did.
    /// </summary>
    /// <param name="soFar">Null for nothing any more.</param>
    /// <returns>As <see cref="RenewAsync"/>.</returns>
    public ValueTask<bool> KeepAsync(JobLease lease, JsonObject? soFar, long done, long? total, CancellationToken stop) =>
        ApplyAsync(Keep, lease, new { result = soFar?.ToJsonString(), done, total }, stop);

    /// <summary>When the next job is due; null when there is none.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(IReadOnlyList<string> kinds, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<object?>(SelectNextDueAllTenants, new { kinds = new InList<string>(kinds) }) is { } due
            and not DBNull ? Times.Read(due) : (DateTimeOffset?)null, stop);

    /// <summary>Completes with the next job that is added or given back. Who takes it before looking for a job misses none.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <returns>False when the job is not ours any more: cancelled, deleted, or taken by another.</returns>
    public ValueTask<bool> RenewAsync(JobLease lease, TimeSpan span, long done, long? total, CancellationToken stop) =>
        ApplyAsync(Renew, lease, new { until = _time.GetUtcNow() + span, done, total }, stop);

    /// <returns>As <see cref="RenewAsync"/>; then what came of it is nobody's.</returns>
    public ValueTask<bool> CompleteAsync(JobLease lease, JsonObject? result, long done, long? total, CancellationToken stop) =>
        ApplyAsync(End, lease, new { result = result?.ToJsonString(), done, total }, stop);

    /// <param name="failure">A sentence for the customer.</param>
    public ValueTask<bool> FailAsync(JobLease lease, string failure, long done, long? total, CancellationToken stop) =>
        ApplyAsync(Fail, lease, new { failure, done, total }, stop);

    /// <summary>For whoever takes it next, from <paramref name="due"/> on.</summary>
    /// <param name="isCounted">False when the attempt was cut off by a stop, which is nobody's fault.</param>
    public async ValueTask<bool> GiveBackAsync(JobLease lease, DateTimeOffset due, bool isCounted, CancellationToken stop)
    {
        bool isGiven = await ApplyAsync(GiveBack, lease, new { due, uncounted = isCounted ? 0 : 1 }, stop).ConfigureAwait(false);
        Interlocked.Exchange(ref _changed, Bell()).SetResult();
        return isGiven;
    }

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ValueTask<bool> ApplyAsync(string statement, JobLease lease, object values, CancellationToken stop)
    {
        var parameters = new DynamicParameters(values);
        parameters.AddDynamicParams(new { tenant = lease.Job.Tenant, id = lease.Job.Id, token = lease.Token, now = _time.GetUtcNow() });
        return _sql.WriteAsync(db => db.Execute(statement, parameters) == 1, stop);
    }

    private ValueTask<bool> ChangeAsync(string statement, TenantId tenant, Guid id, AuditNote? note, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            if (db.Execute(statement, new { tenant, id, now = _time.GetUtcNow() }) == 0) return false;
            AuditTable.Write(db, note);
            return true;
        }, stop);

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public Guid Id { get; init; }
        public string Kind { get; init; } = "";
        public string State { get; init; } = "";
        public string Input { get; init; } = "{}";
        public string? Result { get; init; }
        public string? Failure { get; init; }
        public long Done { get; init; }
        public long? Total { get; init; }
        public int Attempts { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public Job ToJob() => new()
        {
            Tenant = TenantId,
            Id = Id,
            Kind = Kind,
            State = Names<JobState>.Parse(State),
            Input = JsonNode.Parse(Input)!.AsObject(), // written by us
            Result = Result is null ? null : JsonNode.Parse(Result)!.AsObject(),
            Failure = Failure,
            Done = Done,
            Total = Total,
            Attempts = Attempts,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
