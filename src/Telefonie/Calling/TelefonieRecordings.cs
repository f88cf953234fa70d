using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>
/// Recordings of the account's calls and conferences, and the links to them: those stay as they are, and lead on whoever has a key of the
/// account.
/// </summary>
internal static class TelefonieRecordings
{
    public static string LinkTo(PublicLinks links, string recording) =>
        links.To($"{TelefonieDialect.Root}/recordings/recordings/{recording}/media");

    public static async ValueTask<Reply> ListAsync(OperationContext op, TelefonieParts parts)
    {
        var query = new RecordingLogQuery { Offset = op.List.Offset, Limit = op.List.Size, State = StateOf(op.Query["status"]) };
        if (op.Query["call_id"] is { } call)
        {
            if (TelefonieIds.ReadCall(call) is not { } leg)
                return op.Fail(new Problem(TelefonieErrors.Parameter, "call_id is no id of a call.") { Parameter = "call_id" });
            query = query with { LegUuid = leg };
        }
        var page = await parts.Store.RecordingLog.ListAsync(op.Tenant, query, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(op, row))], page.Total);
    }

    public static async ValueTask<Reply> GetAsync(OperationContext op, TelefonieParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Ok(Show(op, row)) : Unknown(op);

    public static async ValueTask<Reply> DeleteAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return Unknown(op);
        if (row.State is RecordingState.Recording)
            return op.Fail(new Problem(TelefonieErrors.State, "The recording is still being made: it ends with its call."));
        // With what was written down of it by another API's order: this one has nothing else that would delete that.
        var note = op.Note("deleted", "recording", row.Id.ToString());
        return await parts.Store.RecordingRemovals.RemoveAsync(row, note, isWithText: true, op.Stop) is not null ? op.NoContent()
            : Unknown(op);
    }

    public static async ValueTask<Reply> GetMediaAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { State: RecordingState.Saved } row) return Unknown(op);
        string file = string.Create(CultureInfo.InvariantCulture,
            $"{row.LegUuid}-{row.StartedAt.ToUnixTimeSeconds()}.{RecordFormats.ExtensionOf(row.Plan.Format)}");
        return new Reply { Status = 302 }.With("location", parts.Links.ToRecording(op.Tenant, row.Id, file, op.Now))
            .With("cache-control", "private, no-store");
    }

    /// <summary>What is not known yet is left out.</summary>
    private static JsonObject Show(OperationContext op, RecordingRow row)
    {
        var shown = new JsonObject
        {
            ["id"] = row.Id.ToString(), ["call_id"] = row.LegUuid.ToString(), ["status"] = StatusOf(row.State),
            ["channels"] = row.Plan.Channels, ["source"] = row.Plan.Conference is null ? "call" : "conference",
        };
        // An extension: it is met only where it says something.
        if (row.Plan.Conference is { } conference) shown["conference_id"] = conference.ToString();
        if (row.State is RecordingState.Saved)
        {
            shown["duration"] = TelefonieCall.Seconds(row.Length);
            shown["media_url"] = LinkTo(op.Links, row.Id.ToString());
        }
        shown["date_created"] = TelefonieTime.Text(row.CreatedAt);
        return shown;
    }

    private static async ValueTask<RecordingRow?> FindAsync(OperationContext op, TelefonieParts parts) =>
        Guid.TryParseExact(op.Path("recording_id"), "D", out var id)
            ? await parts.Store.RecordingLog.FindAsync(op.Tenant, id, op.Stop) : null;

    private static Reply Unknown(OperationContext op) => op.Unknown("recording_id", "There is no such recording.");

    private static string StatusOf(RecordingState state) => state switch
    {
        RecordingState.Recording => "in-progress",
        RecordingState.Failed => "failed",
        _ => "completed",
    };

    /// <summary>The schema knows no other words.</summary>
    private static RecordingState? StateOf(string? status) => status switch
    {
        null => null,
        "in-progress" => RecordingState.Recording,
        "failed" => RecordingState.Failed,
        _ => RecordingState.Saved,
    };
}
