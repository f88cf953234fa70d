using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice;

/// <summary>The event log: webhooks and commands, newest first; the last 24 hours unless one leg or session is asked for.</summary>
internal static class CallEvents
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    // Our command's name and the contract's, where they differ.
    private static readonly (string Ours, string Theirs)[] CommandNames =
    [
        ("play", "playback_start"), ("stop_playback", "playback_stop"), ("stop_gather", "gather_stop"), ("send_digits", "send_dtmf"),
        ("set_labels", "client_state_update"), ("start_stream", "streaming_start"), ("stop_stream", "streaming_stop"),
        ("start_transcription", "transcription_start"), ("stop_transcription", "transcription_stop"),
        ("start_fork", "fork_start"), ("stop_fork", "fork_stop"), ("start_siprec", "siprec_start"), ("stop_siprec", "siprec_stop"),
        ("send_info", "send_sip_info"), ("bridge_queue", "bridge"),
        ("start_agent", "ai_assistant_start"), ("stop_agent", "ai_assistant_stop"), ("tell_agent", "ai_assistant_add_messages"),
    ];

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        var list = op.List;
        var query = new CallEventQuery
        {
            LegUuid = Id(list.Filter("leg_id")),
            Session = Id(list.Filter("application_session_id")),
            Connections = Connections(op),
            Direction = list.Filter("outbound.outbound_voice_profile_id") is null ? null : Direction.Outbound,
            From = list.Filter("from"),
            To = list.Filter("to"),
            IsCommand = list.Filter("type") is { } type ? type == "command" : null,
            Names = list.Filter("name") is { } name ? Ours(name) : null,
            IsFailed = list.Filter("failed") is { } failed ? failed == "true" : null,
            Progress = list.Filter("status") switch
            {
                "init" => CallProgress.Init,
                "in_progress" => CallProgress.InProgress,
                "completed" => CallProgress.Completed,
                _ => null
            },
            After = list.After,
            Before = list.Before,
            Offset = list.IsByCursor ? 0 : list.Offset,
            Limit = list.Limit ?? list.Size,
        };
        if (query.LegUuid is null && query.Session is null) query = query with { FromTime = op.Now - Window };
        foreach (string @operator in (ReadOnlySpan<string>)["eq", "gt", "gte", "lt", "lte"])
        {
            if (list.Filter("occurred_at", @operator) is not { } text) continue;
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                return op.Fail(new Problem("10031", "The value must be an ISO 8601 date and time.")
                {
                    Parameter = $"filter[occurred_at][{@operator}]"
                });
            query = @operator switch
            {
                "eq" => query with { FromTime = at, ToTime = at },
                "gt" => query with { FromTime = at + TimeSpan.FromMicroseconds(1) },
                "gte" => query with { FromTime = at },
                "lt" => query with { ToTime = at - TimeSpan.FromMicroseconds(1) },
                _ => query with { ToTime = at },
            };
        }
        // Fax and TeXML calls are no calls of this API's.
        if (list.Filter("product") is { } product and not "call_control") return op.Page([], 0);

        var page = await parts.Store.CallEvents.ListAsync(op.Tenant, TelnyxProjector.Ending, query, op.Stop);
        if (page is null)
            return op.Fail(new Problem(VoiceErrors.BadRequest, "The cursor is not one that a page of this list gave.")
            {
                Parameter = list.After is null ? "page[before]" : "page[after]"
            });
        return list.IsByCursor ? ByCursor(op, page, query.Limit) : op.Page([.. page.Rows.Select(Show)], page.Total);
    }

    private static Reply ByCursor(OperationContext op, CallEventPage page, int limit)
    {
        var cursors = new JsonObject();
        var meta = new JsonObject
        {
            ["cursors"] = cursors, ["page_size"] = limit, ["total_results"] = page.Total, ["total_pages"] = (page.Total + limit - 1) / limit
        };
        foreach (var (name, link, cursor) in new[] { ("after", "next", page.After), ("before", "previous", page.Before) })
        {
            if (cursor is null) continue;
            cursors[name] = cursor;
            var kept = op.Query.Pairs.Where(p => p.Key is not ("page[after]" or "page[before]")).Append(new($"page[{name}]", cursor));
            meta[link] = op.Links.To(
                $"{op.Dialect.Root}/call_events?"
                + $"{string.Join('&', kept.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"))}");
        }
        return op.Bare(200, new JsonObject { ["data"] = new JsonArray([.. page.Rows.Select(Show)]), ["meta"] = meta });
    }

    /// <summary>Those that the filters leave; null when no filter speaks of them.</summary>
    public static List<ConnectionId>? Connections(OperationContext op)
    {
        string? id = op.List.Filter("connection_id"), name = op.List.Filter("application_name", "contains"),
            profile = op.List.Filter("outbound.outbound_voice_profile_id");
        if (id is null && name is null && profile is null) return null;
        return
        [
            .. op.Routing.Connections.Where(c => c.Tenant == op.Tenant
                && (id is null || c.Id.ToString() == id)
                && (name is null || c.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
                && (profile is null || c.OutboundProfile?.ToString(CultureInfo.InvariantCulture) == profile)).Select(c => c.Id),
        ];
    }

    /// <summary>What cannot be an id of ours names nothing, and no filter at all.</summary>
    private static Guid? Id(string? text) => text is null ? null : Guid.TryParse(text, out var id) ? id : Guid.Empty;

    private static JsonNode Show(CallEventRow row) => new JsonObject
    {
        ["call_leg_id"] = row.LegUuid.ToString(),
        ["call_session_id"] = row.Session.ToString(),
        ["event_timestamp"] = TelnyxTime.Micros(row.At),
        ["metadata"] = row.IsCommand ? Command(row) : Webhook(row),
        ["name"] = row.IsCommand ? Theirs(row.Name) : row.Name,
        // Its filter has this name, and so has what the vendor shows.
        ["occurred_at"] = TelnyxTime.Micros(row.At),
        ["record_type"] = "call_event",
        ["type"] = row.IsCommand ? "command" : "webhook",
    };

    private static JsonObject Command(CallEventRow row) => new() { ["command_id"] = row.CommandId, ["outcome"] = row.Outcome };

    private static JsonObject Webhook(CallEventRow row)
    {
        var metadata = new JsonObject { ["delivery"] = row.Outcome };
        if (row.Body is { } body) metadata["event"] = JsonNode.Parse(body);
        if (row.Verdict is { } verdict) metadata["verdict"] = Verdict(verdict);
        return metadata;
    }

    /// <summary>Who ended the leg, why, and what shows it.</summary>
    private static JsonObject Verdict(CallEvent.LegEnded ended) => new()
    {
        ["ended_by"] = SnakeName.Of(ended.By),
        ["cause"] = SnakeName.Of(ended.Cause),
        ["sip_status"] = ended.SipStatus,
        ["sip_reason"] = ended.Reason,
        ["timer"] = ended.Timer,
        ["command_id"] = ended.CommandId,
        ["evidence"] = ended.Evidence,
    };

    private static string Theirs(string ours) => CommandNames.FirstOrDefault(n => n.Ours == ours).Theirs ?? ours;

    /// <summary>Several of ours may have one name there.</summary>
    private static string[] Ours(string theirs) => [theirs, .. CommandNames.Where(n => n.Theirs == theirs).Select(n => n.Ours)];
}
