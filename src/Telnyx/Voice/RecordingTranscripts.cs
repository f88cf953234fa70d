using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Voice;

/// <summary>What was said on recordings that asked for it: list, get, delete.</summary>
internal static class RecordingTranscripts
{
    private const string RecordType = "recording_transcription", Id = "recording_transcription_id";

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        var page = await parts.Store.RecordingTranscriptions.ListAsync(op.Tenant, op.List.Offset, op.List.Size, op.Stop);
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
