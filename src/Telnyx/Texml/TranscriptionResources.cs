using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>What was said on recordings that asked for it.</summary>
internal static class TranscriptionResources
{
    private const string Id = "recording_transcription_sid";

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (TexmlPage.Read(op, out var problem) is not { } page) return op.Fail(problem!);
        if (await parts.Store.RecordingTranscriptions.SearchAsync(op.Tenant, recording: null, page.Token, page.Offset, page.Size, op.Stop)
            is not { } found)
            return op.Fail(TexmlPage.UnknownToken);
        return op.Bare(200, page.Write(op, "transcriptions", [.. found.Rows.Select(row => (JsonNode)Of(op, parts, row))],
            "Transcriptions.json", found.Next));
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        return Guid.TryParse(op.Path(Id), out var id)
            && await parts.Store.RecordingTranscriptions.FindAsync(op.Tenant, id, op.Stop) is { } row ? op.Bare(200, Of(op, parts, row))
            : op.Unknown(Id);
    }

    public static async ValueTask<Reply> Delete(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        return Guid.TryParse(op.Path(Id), out var id) && await RecordingTranscripts.DeleteAsync(op, parts, id) is not null ? op.NoContent()
            : op.Unknown(Id);
    }

    public static JsonObject Of(OperationContext op, VoiceParts parts, RecordingTranscriptionRow row) => new()
    {
        ["account_sid"] = row.Tenant.ToString(),
        ["api_version"] = "2010-04-01",
        ["call_sid"] = parts.Ids.CallControl(row.Tenant, row.Leg),
        ["date_created"] = TexmlTime.Text(row.CreatedAt),
        ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
        ["duration"] = Math.Round(row.Length.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        ["recording_sid"] = row.Recording.ToString(),
        ["sid"] = row.Id.ToString(),
        ["status"] = RecordingTranscripts.Word(row.State),
        ["transcription_text"] = row.Text ?? "",
        ["uri"] = TexmlPaths.Of(op, $"Transcriptions/{row.Id}.json"),
    };
}
