using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>What was said on recordings that asked for it: of the account, and of one recording.</summary>
internal static class TwimlTranscriptions
{
    public static ValueTask<Reply> List(OperationContext op, TwimlParts parts) => ListAsync(op, parts, null, "Transcriptions.json");

    public static async ValueTask<Reply> ListOfRecording(OperationContext op, TwimlParts parts) =>
        TwimlSids.Read("RE", op.Path("RecordingSid")) is { } recording
        && await parts.Store.Recordings.FindBegunAsync(op.Tenant, recording, op.Stop) is not null
            ? await ListAsync(op, parts, recording, $"Recordings/{TwimlSids.Recording(recording)}/Transcriptions.json")
            : op.Unknown("RecordingSid");

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Bare(200, Show(op, row)) : op.Unknown("Sid");

    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts) is { } row && await RecordingTranscripts.DeleteAsync(op, parts.Voice, row.Id) is not null
            ? op.NoContent() : op.Unknown("Sid");

    /// <summary>One that is of what the path names.</summary>
    private static async ValueTask<RecordingTranscriptionRow?> FindAsync(OperationContext op, TwimlParts parts) =>
        TwimlSids.Read("TR", op.Path("Sid")) is { } id
        && await parts.Store.RecordingTranscriptions.FindAsync(op.Tenant, id, op.Stop) is { } row
        && (!op.HasPath("RecordingSid") || op.Path("RecordingSid") == TwimlSids.Recording(row.Recording)) ? row : null;

    private static async ValueTask<Reply> ListAsync(OperationContext op, TwimlParts parts, Guid? recording, string path)
    {
        string? token = TexmlPage.Filled(op, "PageToken");
        if (await parts.Store.RecordingTranscriptions.SearchAsync(op.Tenant, recording, token, op.List.Offset, op.List.Size, op.Stop)
            is not { } found) return TwimlPages.UnknownToken(op);
        return TwimlPages.Of(op, "transcriptions", path, [.. found.Rows.Select(row => Show(op, row))], found.Next is not null, found.Next);
    }

    private static JsonObject Show(OperationContext op, RecordingTranscriptionRow row)
    {
        string sid = TwimlSids.Text(row.Id);
        return new()
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["api_version"] = TwimlLanguage.ApiVersion,
            ["call_sid"] = TwimlSids.Call(row.Leg),
            ["recording_sid"] = TwimlSids.Recording(row.Recording),
            ["status"] = RecordingTranscripts.Word(row.State),
            ["transcription_text"] = row.Text ?? "",
            ["duration"] = Math.Round(row.Length.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ["type"] = "fast",
            ["price"] = null,
            ["price_unit"] = null,
            ["date_created"] = TexmlTime.Text(row.CreatedAt),
            ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
            ["uri"] = TwimlPaths.Of(op, $"Transcriptions/{sid}.json"),
        };
    }
}
