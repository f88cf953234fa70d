using System.Data;
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
    internal const string SelectMany =
        $"select {Columns} from rw_recording_transcription where tenant_id = @tenant order by created_at desc, id desc limit @limit offset "
        + "@offset";
    internal const string Count = "select count(*) from rw_recording_transcription where tenant_id = @tenant";
    internal const string CountOpen =
        "select count(*) from rw_recording_transcription where tenant_id = @tenant and recording_id = @recording and state = 'in_progress'";
    internal const string End = $"""
        update rw_recording_transcription set state = @state, text = @text, detail = @detail, updated_at = @at
        where {One} and state = 'in_progress'
        """;
    internal const string DeleteOne = $"delete from rw_recording_transcription where {One}";

    /// <summary>The kind of the job that writes it down; its input names the transcription.</summary>
    public const string Job = "recording_transcription", Input = "transcription";

    private readonly Sql _sql;

    internal RecordingTranscriptionTable(Sql sql) => _sql = sql;

    public async ValueTask<RecordingTranscriptionRow?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false))?.ToOne();

    /// <summary>Newest first.</summary>
    public ValueTask<RecordingTranscriptionPage> ListAsync(TenantId tenant, int offset, int limit, CancellationToken stop)
    {
        var which = new { tenant, offset, limit };
        return _sql.ReadAsync(db => new RecordingTranscriptionPage([.. db.Query<Row>(SelectMany, which).Select(row => row.ToOne())],
            db.ExecuteScalar<long>(Count, which)), stop);
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

    /// <summary>For a call that is kept no longer, and has no events any more.</summary>
    /// <inheritdoc cref="Write(IDbConnection, CallEvent.RecordingTranscribed, DateTimeOffset)"/>
    public ValueTask<bool> EndAsync(TenantId tenant, Guid id, string text, string? failure, DateTimeOffset at, CancellationToken stop) =>
        _sql.WriteAsync(db => Write(db, tenant, id, text, failure, at), stop);

    /// <returns>False when it has an end already, or was deleted.</returns>
    internal static bool Write(IDbConnection db, CallEvent.RecordingTranscribed ended, DateTimeOffset at) =>
        Write(db, ended.Leg.Tenant, ended.Transcription, ended.Text, ended.Failure, at);

    /// <summary>In the transaction of the recording's end.</summary>
    internal static void Begin(IDbConnection db, CallEvent.RecordingSaved saved, DateTimeOffset at)
    {
        var (tenant, leg, recording) = (saved.Leg.Tenant, saved.Leg.Id, saved.Plan.Id);
        var id = Guid.CreateVersion7(at);
        db.Execute(Insert, new { id, tenant, recording, leg, length = (long)saved.Length.TotalMilliseconds, at });
        db.Execute(JobTable.Insert, new
        {
            tenant,
            id = Guid.CreateVersion7(at),
            kind = Job,
            input = new JsonObject { [Input] = id.ToString() }.ToJsonString(),
            at = Times.Cut(at),
        });
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
