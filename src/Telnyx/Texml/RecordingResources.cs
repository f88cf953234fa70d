using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Recordings that run or are kept: of the account, of a call, of a conference.</summary>
internal static class RecordingResources
{
    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts) =>
        TexmlPaths.IsOwn(op) ? await ListAsync(op, parts, "Recordings.json", new(), Of) : op.Unknown("account_sid");

    public static async ValueTask<Reply> ListOfCall(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("call_sid");
        return await ListAsync(op, parts, $"Calls/{parts.Ids.CallControl(leg.Tenant, leg.Id)}/Recordings.json", new() { Leg = leg.Id }, Of);
    }

    public static ValueTask<Reply> ListOfConference(OperationContext op, VoiceParts parts) =>
        ListOfConferenceAsync(op, parts, ".json", Of);

    /// <summary>The same by an older path, which has other words.</summary>
    public static ValueTask<Reply> ListOfConferenceOld(OperationContext op, VoiceParts parts) =>
        ListOfConferenceAsync(op, parts, "", static (op, parts, row) =>
        {
            var fields = Of(op, parts, row);
            fields["duration"] = row.State is RecordingState.Saved ? Seconds(row) : 0;
            fields["status"] = row.State is RecordingState.Saved ? "completed" : "processing";
            fields["subresource_uris"] = fields["subresources_uris"]!.DeepClone();
            fields.Remove("subresources_uris");
            return fields;
        });

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        return Guid.TryParse(op.Path("recording_sid"), out var id)
            && await parts.Store.Recordings.FindBegunAsync(op.Tenant, id, op.Stop) is { } row ? op.Bare(200, Of(op, parts, row))
            : op.Unknown("recording_sid");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (!Guid.TryParse(op.Path("recording_sid"), out var id)) return op.Unknown("recording_sid");
        if (await Recordings.DeleteAsync(op, parts, id) is not null) return op.NoContent();
        return await parts.Store.Recordings.FindBegunAsync(op.Tenant, id, op.Stop) is null ? op.Unknown("recording_sid")
            : op.Fail(new Problem(VoiceErrors.BadRequest, "The recording is still being made: stop it first."));
    }

    public static JsonObject Of(OperationContext op, VoiceParts parts, RecordingRow row)
    {
        bool isSaved = row.State is RecordingState.Saved;
        var fields = Common(op, parts, row);
        fields["duration"] = isSaved ? Seconds(row).ToString(CultureInfo.InvariantCulture) : null;
        string file = Recordings.FileName(row.Plan, row.LegUuid, row.StartedAt);
        if (isSaved) fields["media_url"] = parts.Links.ToRecording(row.Tenant, row.Id, file, op.Now);
        fields["status"] = isSaved ? "completed" : "in-progress";
        fields["subresources_uris"] = new JsonObject { ["transcriptions"] = null };
        fields["uri"] = TexmlPaths.Of(op, $"Recordings/{row.Id}.json");
        return fields;
    }

    /// <summary>As the commands answer it.</summary>
    public static JsonObject OfCommand(OperationContext op, VoiceParts parts, RecordingRow row)
    {
        var fields = Common(op, parts, row);
        fields["duration"] = row.State is RecordingState.Saved ? Seconds(row).ToString(CultureInfo.InvariantCulture) : null;
        (fields["price"], fields["price_unit"]) = (null, null);
        fields["track"] = row.Plan.Track switch { RecordTrack.Inbound => "inbound", RecordTrack.Outbound => "outbound", _ => "both" };
        fields["uri"] = TexmlPaths.Of(op, $"Calls/{parts.Ids.CallControl(row.Tenant, row.Leg)}/Recordings/{row.Id}.json");
        return fields;
    }

    private static JsonObject Common(OperationContext op, VoiceParts parts, RecordingRow row) => new()
    {
        ["account_sid"] = row.Tenant.ToString(),
        ["call_sid"] = parts.Ids.CallControl(row.Tenant, row.Leg),
        ["channels"] = row.Plan.Channels,
        ["conference_sid"] = row.Plan.Conference?.ToString(),
        ["date_created"] = TexmlTime.Text(row.CreatedAt),
        ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
        ["error_code"] = null,
        ["sid"] = row.Id.ToString(),
        ["source"] = RecordingSource.Of(row.Plan),
        ["start_time"] = TexmlTime.Text(row.StartedAt),
    };

    private static long Seconds(RecordingRow row) => (long)Math.Round(row.Length.TotalSeconds);

    private static async ValueTask<Reply> ListOfConferenceAsync(OperationContext op, VoiceParts parts, string suffix,
        Func<OperationContext, VoiceParts, RecordingRow, JsonObject> write)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindConferenceAsync(op, parts) is not { } conference) return op.Unknown("conference_sid");
        return await ListAsync(op, parts, $"Conferences/{conference.Uuid}/Recordings{suffix}", new() { Conference = conference.Uuid },
            write);
    }

    private static async ValueTask<Reply> ListAsync(OperationContext op, VoiceParts parts, string path, RecordingSearch search,
        Func<OperationContext, VoiceParts, RecordingRow, JsonObject> write)
    {
        if (TexmlPage.Read(op, out var problem) is not { } page || TexmlPage.Range(op, "DateCreated", out problem) is not { } created)
            return op.Fail(problem!);
        search = search with { Created = created, Cursor = page.Token, Offset = page.Offset, Limit = page.Size };
        if (await parts.Store.Recordings.SearchAsync(op.Tenant, search, op.Stop) is not { } found)
            return op.Fail(TexmlPage.UnknownToken);
        var shown = new JsonArray([.. found.Rows.Select(row => (JsonNode)write(op, parts, row))]);
        return op.Bare(200, page.Write(op, "recordings", shown, path, found.Next));
    }
}
