using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Voice;

/// <summary>What was said on recordings that asked for it: list, get, delete.</summary>
internal static class RecordingTranscripts
{
    private const string RecordType = "recording_transcription", Id = "recording_transcription_id",
        OfRecording = "recording_id";

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        if (Recordings.Ends(op.List, "created_at", out var created) is { } badTime) return op.Fail(badTime);
        var query = new RecordingTranscriptionQuery
        {
            CreatedFrom = created.From, CreatedTo = created.To, Offset = op.List.Offset, Limit = op.List.Size,
        };
        if (op.List.Filters.FirstOrDefault(filter => filter.Path is OfRecording) is { } named)
        {
            if (named.Values is not [var text])
                return op.Fail(new Problem("10031", "What was said is that of one recording.") { Parameter = $"filter[{OfRecording}]" });
            // What cannot be an id of ours names nothing.
            query = query with { Recording = Guid.TryParse(text, out var recording) ? recording : Guid.Empty };
        }
        var page = await parts.Store.RecordingTranscriptions.ListAsync(op.Tenant, query, op.Stop);
        return new CursorPage([.. page.Rows.Select(Show)], Before: null, After: null, page.Total).Write(op, "/recording_transcriptions");
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts) =>
        Guid.TryParse(op.Path(Id), out var id) && await parts.Store.RecordingTranscriptions.FindAsync(op.Tenant, id, op.Stop) is { } row
            ? op.Ok(Show(row)) : op.Unknown(Id);

    /// <summary>One that is not finished never will be.</summary>
    public static async ValueTask<Reply> Delete(OperationContext op, VoiceParts parts) =>
        Guid.TryParse(op.Path(Id), out var id) && await DeleteAsync(op, parts, id) is { } row ? op.Ok(Show(row)) : op.Unknown(Id);

    /// <returns>Null where there is none.</returns>
    public static ValueTask<RecordingTranscriptionRow?> DeleteAsync(OperationContext op, VoiceParts parts, Guid id) =>
        parts.Store.RecordingTranscriptions.DeleteAsync(op.Tenant, id, op.Note("deleted", RecordType, id.ToString()), op.Stop);

    public static string Word(RecordingTranscriptionState state) => state switch
    {
        RecordingTranscriptionState.InProgress => "in-progress",
        RecordingTranscriptionState.Completed => "completed",
        _ => "failed", // an extension of ours: the contract has no word for it
    };

    private static JsonObject Show(RecordingTranscriptionRow row) => new()
    {
        ["created_at"] = TelnyxTime.Micros(row.CreatedAt),
        ["duration_millis"] = (long)row.Length.TotalMilliseconds,
        ["id"] = row.Id.ToString(),
        ["record_type"] = RecordType,
        ["recording_id"] = row.Recording.ToString(),
        ["status"] = Word(row.State),
        ["transcription_text"] = row.Text ?? "",
        ["updated_at"] = TelnyxTime.Micros(row.UpdatedAt),
    };
}
