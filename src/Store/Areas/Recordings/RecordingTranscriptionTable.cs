using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Jobs;

namespace Ringwright.Store.Tables;

public enum RecordingTranscriptionState { InProgress, Completed, Failed }

/// <summary>What was said on a recording.</summary>
public sealed record RecordingTranscriptionRow
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>It may have been deleted since.</summary>
    public required Guid Recording { get; init; }
    public required LegId Leg { get; init; }
    public required RecordingTranscriptionState State { get; init; }
    /// <summary>Of the recording.</summary>
    public required TimeSpan Length { get; init; }
    /// <summary>Null until it is complete.</summary>
    public string? Text { get; init; }
    /// <summary>Why it failed.</summary>
    public string? Detail { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <param name="Next">Null where nothing lies beyond.</param>
public sealed record FoundTranscriptions(IReadOnlyList<RecordingTranscriptionRow> Rows, string? Next);

/// <summary>Conditions, joined by AND; null asks for nothing.</summary>
public sealed record RecordingTranscriptionQuery
{
    public Guid? Recording { get; init; }
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

public sealed record RecordingTranscriptionPage(IReadOnlyList<RecordingTranscriptionRow> Rows, long Total);

/// <summary>
/// Transcriptions of recordings: a row and its job are written with the recording's end, and its text with the event that tells of it.
/// </summary>
public sealed class RecordingTranscriptionTable
{
    private const string Columns = "id, tenant_id, recording_id, leg_id, state, length_ms, text, detail, created_at, updated_at";
    private const string One = "tenant_id = @tenant and id = @id";
    internal const string Insert = """
        insert into rw_recording_transcription (id, tenant_id, recording_id, leg_id, state, length_ms, created_at, updated_at)
        values (@id, @tenant, @recording, @leg, 'in_progress', @length, @at, @at)
        """;
    internal const string Select = $"select {Columns} from rw_recording_transcription where {One}";
    private const string Condition = """
        from rw_recording_transcription where tenant_id = @tenant and (recording_id = @recording or @recording is null)
            and (created_at >= @createdFrom or @createdFrom is null)
            and (created_at <= @createdTo or @createdTo is null)
        """;
    internal const string SelectMany = $"select {Columns} {Condition} order by created_at desc, id desc limit @limit offset @offset";
    internal const string Search = $"""
        select {Columns} from rw_recording_transcription
        where tenant_id = @tenant and (recording_id = @recording or @recording is null)
            and (created_at < @at or (created_at = @at and id < @id))
        order by created_at desc, id desc limit @limit offset @offset
        """;
    internal const string Count = $"select count(*) {Condition}";
    internal const string CountOpen =
        "select count(*) from rw_recording_transcription where tenant_id = @tenant and recording_id = @recording and state = 'in_progress'";
    internal const string End = $"""
        update rw_recording_transcription set state = @state, text = @text, detail = @detail, updated_at = @at
        where {One} and state = 'in_progress'
        """;
    internal const string SelectPlan = """
        select leg_id, plan, length_ms from rw_recording
        where tenant_id = @tenant and id = @recording and state = 'saved' and mailbox is null
        """;
    internal const string ChangePlan = "update rw_recording set plan = @plan where tenant_id = @tenant and id = @recording";
    internal const string DeleteOf = "delete from rw_recording_transcription where tenant_id = @tenant and recording_id = @recording";
    internal const string DeleteOne = $"delete from rw_recording_transcription where {One}";

    /// <summary>The kind of the job that writes it down; its input names the transcription.</summary>
    public const string Job = "recording_transcription", Input = "transcription";

    private readonly Sql _sql;
    private readonly JobTable _jobs;

    internal RecordingTranscriptionTable(Sql sql, JobTable jobs) => (_sql, _jobs) = (sql, jobs);

    public async ValueTask<RecordingTranscriptionRow?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false))?.ToOne();

    /// <summary>Newest first.</summary>
    public ValueTask<RecordingTranscriptionPage> ListAsync(TenantId tenant, RecordingTranscriptionQuery query, CancellationToken stop)
    {
        var which = new
        {
            tenant, recording = query.Recording?.ToString(), offset = query.Offset, limit = query.Limit,
            createdFrom = query.CreatedFrom is { } from ? Times.Text(from) : null,
            createdTo = query.CreatedTo is { } to ? Times.Text(to) : null,
        };
        return _sql.ReadAsync(db => new RecordingTranscriptionPage([.. db.Query<Row>(SelectMany, which).Select(row => row.ToOne())],
            db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Newest first.</summary>
    /// <param name="recording">Null for those of all.</param>
    /// <param name="cursor">As the page before gave it; then there is no offset.</param>
    /// <returns>Null for a cursor that no page gave.</returns>
    public async ValueTask<FoundTranscriptions?> SearchAsync(TenantId tenant, Guid? recording, string? cursor, int offset, int limit,
        CancellationToken stop)
    {
        string at = LegSearchParameters.Never, id = "";
        if (cursor is not null && !(TimeCursor.TryRead(cursor, out at, out id) && Guid.TryParse(id, out _))) return null;
        // One more tells whether there is more.
        var which = new { tenant, recording = recording?.ToString(), at, id, limit = limit + 1, offset = cursor is null ? offset : 0 };
        return await _sql.ReadAsync(db =>
        {
            var rows = db.Query<Row>(Search, which).AsList();
            bool isMore = rows.Count > limit;
            if (isMore) rows.RemoveAt(limit);
            return new FoundTranscriptions([.. rows.Select(row => row.ToOne())],
                isMore ? TimeCursor.Write(rows[^1].CreatedAt, rows[^1].Id.ToString()) : null);
        }, stop).ConfigureAwait(false);
    }

    /// <summary>Whether the file of a recording is still to be listened to.</summary>
    public ValueTask<bool> IsOpenAsync(TenantId tenant, Guid recording, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(CountOpen, new { tenant, recording }) > 0, stop);

    /// <summary>The row as it was; null when there was none.</summary>
    public async ValueTask<RecordingTranscriptionRow?> DeleteAsync(TenantId tenant, Guid id, AuditNote? note, CancellationToken stop) =>
        (await _sql.WriteAsync(db =>
        {
            var row = db.QuerySingleOrDefault<Row>(Select, new { tenant, id });
            if (db.Execute(DeleteOne, new { tenant, id }) != 1) return null;
            AuditTable.Write(db, note);
            return row;
        }, stop).ConfigureAwait(false))?.ToOne();

    /// <summary>All that was written down of a recording, or is being.</summary>
    public async ValueTask DeleteOfAsync(TenantId tenant, Guid recording, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(DeleteOf, new { tenant, recording }), stop).ConfigureAwait(false);

    /// <summary>For a call that is kept no longer, and has no events any more.</summary>
    /// <inheritdoc cref="Write(IDbConnection, CallEvent.RecordingTranscribed, DateTimeOffset)"/>
    public ValueTask<bool> EndAsync(TenantId tenant, Guid id, string text, string? failure, DateTimeOffset at, CancellationToken stop) =>
        _sql.WriteAsync(db => Write(db, tenant, id, text, failure, at), stop);

    /// <summary>Has a recording that is kept written down, also where that was not ordered with it.</summary>
    /// <returns>Its id; null when there is no such recording, or it is being written down.</returns>
    public async ValueTask<Guid?> OrderAsync(TenantId tenant, Guid recording, RecordTranscription wanted, DateTimeOffset at,
        CancellationToken stop) => await _sql.WriteAsync<Guid?>(db =>
        {
            if (db.QueryFirstOrDefault<PlanRow>(SelectPlan, new { tenant, recording }) is not { } row
                || db.ExecuteScalar<long>(CountOpen, new { tenant, recording }) > 0
                || JsonSerializer.Deserialize(row.Plan, ColumnJson.Default.RecordPlan) is not { } plan) return null;
            string changed = JsonSerializer.Serialize(plan with { Transcription = wanted }, ColumnJson.Default.RecordPlan);
            db.Execute(ChangePlan, new { tenant, recording, plan = changed });
            return Begin(db, tenant, row.LegId, recording, row.LengthMs, at);
        }, stop, committed: ordered =>
        {
            if (ordered is not null) _jobs.Ring();
        }).ConfigureAwait(false);

    /// <returns>False when it has an end already, or was deleted.</returns>
    internal static bool Write(IDbConnection db, CallEvent.RecordingTranscribed ended, DateTimeOffset at) =>
        Write(db, ended.Leg.Tenant, ended.Transcription, ended.Text, ended.Failure, at);

    /// <summary>In the transaction of the recording's end.</summary>
    internal static void Begin(IDbConnection db, CallEvent.RecordingSaved saved, DateTimeOffset at) =>
        Begin(db, saved.Leg.Tenant, saved.Leg.Id, saved.Plan.Id, (long)saved.Length.TotalMilliseconds, at);

    private static Guid Begin(IDbConnection db, TenantId tenant, LegId leg, Guid recording, long length, DateTimeOffset at)
    {
        var id = Guid.CreateVersion7(at);
        db.Execute(Insert, new { id, tenant, recording, leg, length, at });
        db.Execute(JobTable.Insert, new
        {
            tenant,
            id = Guid.CreateVersion7(at),
            kind = Job,
            input = new JsonObject { [Input] = id.ToString() }.ToJsonString(),
            at = Times.Cut(at),
            due = Times.Cut(at),
        });
        return id;
    }

    private static bool Write(IDbConnection db, TenantId tenant, Guid id, string text, string? failure, DateTimeOffset at) =>
        db.Execute(End, new
        {
            tenant,
            id,
            state = Names<RecordingTranscriptionState>.Of(
                failure is null ? RecordingTranscriptionState.Completed : RecordingTranscriptionState.Failed),
            text = failure is null ? text : null,
            detail = failure,
            at,
        }) == 1;

    private sealed record PlanRow
    {
        public LegId LegId { get; init; }
        public string Plan { get; init; } = "{}";
        public long LengthMs { get; init; }
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public Guid RecordingId { get; init; }
        public LegId LegId { get; init; }
        public string State { get; init; } = "";
        public long LengthMs { get; init; }
        public string? Text { get; init; }
        public string? Detail { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public RecordingTranscriptionRow ToOne() => new()
        {
            Id = Id,
            Tenant = TenantId,
            Recording = RecordingId,
            Leg = LegId,
            State = Names<RecordingTranscriptionState>.Parse(State),
            Length = TimeSpan.FromMilliseconds(LengthMs),
            Text = Text,
            Detail = Detail,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
