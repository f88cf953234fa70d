using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice;

/// <summary>The recordings that can be fetched: list, get, delete. Each answer has links of its own, which live ten minutes.</summary>
internal static class Recordings
{
    /// <summary>Filters of newer clients.</summary>
    private const string CallFilter = "call_control_id", DialogFilter = "sip_call_id";
    private const string Created = "created_at";

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        var list = op.List;
        if (Ends(list, Created, out var created) is { } badCreated) return op.Fail(badCreated);
        if (Ends(list, "start_time", out var started) is { } badStart) return op.Fail(badStart);
        if (Ends(list, "end_time", out var ended) is { } badEnd) return op.Fail(badEnd);
        var query = new RecordingQuery
        {
            From = list.Filter("from"),
            To = list.Filter("to"),
            CreatedFrom = created.From,
            CreatedTo = created.To,
            StartedFrom = started.From,
            StartedTo = started.To,
            EndedFrom = ended.From,
            EndedTo = ended.To,
            IsAscending = list is { Sort: not null, IsDescending: false },
            Offset = list.Offset,
            Limit = list.Size,
        };
        if (list.Filters.FirstOrDefault(filter => filter.Path is CallFilter) is { } named)
        {
            if (named.Values is not [var token])
                return op.Fail(new Problem("10031", "Recordings are those of one call.") { Parameter = $"filter[{CallFilter}]" });
            query = query with { Leg = parts.Ids.TryReadCallControl(token, op.Tenant, out var call) ? call : default };
        }
        if (list.Filters.FirstOrDefault(filter => filter.Path is DialogFilter) is { } dialog)
        {
            if (dialog.Values is not [var callId])
                return op.Fail(new Problem("10031", "Recordings are those of one Call-ID.") { Parameter = $"filter[{DialogFilter}]" });
            query = query with { Legs = await parts.Store.Legs.ListRecordedAsync(op.Tenant, callId, op.Stop) };
        }
        // What cannot be a name of ours names nothing.
        if (list.Filter("conference_id") is { } conferenceText)
            query = query with { Conference = Guid.TryParse(conferenceText, out var conference) ? conference : Guid.Empty };
        if (list.Filter("call_leg_id") is { } legText)
            query = Guid.TryParse(legText, out var leg) ? query with { LegUuid = leg } : query with { LegUuid = Guid.Empty };
        if (list.Filter("call_session_id") is { } sessionText)
            query = Guid.TryParse(sessionText, out var session) ? query with { Session = session } : query with { Session = Guid.Empty };
        if (list.Filter("connection_id") is { } connectionText)
            query = query with
            {
                Connection = new(
                    long.TryParse(connectionText, NumberStyles.None, CultureInfo.InvariantCulture, out long connection) ? connection : 0)
            };

        var page = await parts.Store.Recordings.ListAsync(op.Tenant, query, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row, op, parts))], page.Total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts) =>
        Guid.TryParse(op.Path("recording_id"), out var id) && await parts.Store.Recordings.FindAsync(op.Tenant, id, op.Stop) is { } row
            ? op.Ok(Show(row, op, parts))
            : op.Unknown("recording_id");

    public static async ValueTask<Reply> Delete(OperationContext op, VoiceParts parts) =>
        Guid.TryParse(op.Path("recording_id"), out var id) && await DeleteAsync(op, parts, id) is { } row ? op.Ok(Show(row, op, parts))
            : op.Unknown("recording_id");

    /// <summary>Those that are there are deleted; the others already are not.</summary>
    public static async ValueTask<Reply> DeleteMany(OperationContext op, VoiceParts parts)
    {
        foreach (var item in op.ReadObject()["ids"]!.AsArray())       // the schema demands it
            if (Guid.TryParse((string?)item, out var id)) await DeleteAsync(op, parts, id);
        return op.NoContent();
    }

    /// <summary>What the file is called when it is saved: the customer's name or the leg's id, then when the recording began.</summary>
    public static string FileName(RecordPlan plan, Guid leg, DateTimeOffset startedAt) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{plan.FileName ?? leg.ToString()}-{startedAt.ToUnixTimeSeconds()}.{Word(plan.Format)}");

    public static string Word(RecordFormat format) => RecordFormats.ExtensionOf(format);

    public static string ChannelsOf(RecordPlan plan) => plan.Channels == 2 ? "dual" : "single";

    /// <summary>With its file, and without what was written down of it; null where there is none that is kept.</summary>
    public static async ValueTask<RecordingRow?> DeleteAsync(OperationContext op, VoiceParts parts, Guid id)
    {
        if (await parts.Store.Recordings.FindAsync(op.Tenant, id, op.Stop) is not { } row) return null;
        var note = op.Note("deleted", "recording", id.ToString());
        return await parts.Store.RecordingRemovals.RemoveAsync(row, note, isWithText: false, op.Stop);
    }

    /// <summary>When it began and ended; of a call also by the names that clients know from other events of calls.</summary>
    public static IEnumerable<(string, JsonNode?)> Span(string started, string ended, bool isOfCall)
    {
        yield return ("recording_ended_at", ended);
        yield return ("recording_started_at", started);
        if (!isOfCall) yield break;
        yield return ("end_time", ended);
        yield return ("start_time", started);
    }

    /// <summary>What is missing: an extension of ours, there only when something is.</summary>
    public static IEnumerable<(string, JsonNode?)> Gaps(IReadOnlyList<RecordGap> gaps) => gaps.Count == 0 ? [] :
    [
        ("gaps", new JsonArray([.. gaps.Select(gap => (JsonNode)new JsonObject
        {
            ["start_millis"] = (long)gap.At.TotalMilliseconds, ["duration_millis"] = (long)gap.Length.TotalMilliseconds
        })])),
    ];

    private static JsonObject Show(RecordingRow row, OperationContext op, VoiceParts parts)
    {
        var shown = ShowWhole(row, op, parts);
        if (row.Plan.Conference is { } conference) (shown["conference_id"], shown["source"]) = (conference.ToString(), "conference");
        foreach (var (name, value) in Gaps(row.Gaps)) shown[name] = value;
        return shown;
    }

    private static JsonObject ShowWhole(RecordingRow row, OperationContext op, VoiceParts parts) => new()
    {
        ["call_control_id"] = parts.Ids.CallControl(row.Tenant, row.Leg),
        ["call_leg_id"] = row.LegUuid.ToString(),
        ["call_session_id"] = row.Session.ToString(),
        ["channels"] = ChannelsOf(row.Plan),
        ["connection_id"] = row.Connection.ToString(),
        ["created_at"] = TelnyxTime.Micros(row.CreatedAt),
        ["download_urls"] = new JsonObject
        {
            [Word(row.Plan.Format)] = parts.Links.ToRecording(row.Tenant, row.Id, FileName(row.Plan, row.LegUuid, row.StartedAt), op.Now),
        },
        ["duration_millis"] = (long)row.Length.TotalMilliseconds,
        ["from"] = row.From,
        ["id"] = row.Id.ToString(),
        ["record_type"] = "recording",
        ["recording_ended_at"] = TelnyxTime.Micros(row.EndedAt ?? row.StartedAt),
        ["recording_started_at"] = TelnyxTime.Micros(row.StartedAt),
        ["source"] = "call",
        ["status"] = "completed",
        ["to"] = row.To,
        ["updated_at"] = TelnyxTime.Micros(row.UpdatedAt),
    };

    /// <summary>The ends of a time that a list is filtered by; null where the list has none of them.</summary>
    public static Problem? Ends(ListRequest list, string field, out (DateTimeOffset? From, DateTimeOffset? To) ends)
    {
        ends = default;
        if (Time(list, field, "gte", out ends.From) is { } badFrom) return badFrom;
        return Time(list, field, "lte", out ends.To);
    }

    private static Problem? Time(ListRequest list, string field, string @operator, out DateTimeOffset? at)
    {
        at = null;
        if (list.Filter(field, @operator) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
        {
            at = read;
            return null;
        }
        return new("10031", "The value must be an ISO 8601 date and time.") { Parameter = $"filter[{field}][{@operator}]" };
    }
}
