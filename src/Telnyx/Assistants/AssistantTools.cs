using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>The tools of an assistant: each has an id that stays while the tool does, whichever version has it.</summary>
internal static class AssistantTools
{
    private const int LongestTemplate = 3_000;

    /// <summary>In milliseconds, as agents take them: for an answer, and for an answer that is not waited for.</summary>
    private const int ShortestWait = 100, LongestWait = 60_000;
    private const string Timeout = "timeout_ms", Background = "async_timeout_ms";

    public static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonArray? tools, JsonArray? before, AssistantParts parts)
    {
        if (tools is null) return null;
        if (tools.Count > AgentLimits.Tools)
            return AssistantBody.At("/tools", VoiceErrors.BadLength, $"An assistant has at most {AgentLimits.Tools} tools.");
        for (int i = 0; i < tools.Count; i++)
            // the schema's items are objects
            if (await CheckAsync(op, tools[i]!.AsObject(), $"/tools/{i}", parts) is { } problem) return problem;
        Name(tools, before);
        return null;
    }

    /// <summary>Gives each tool without one an id: that of the tool of this type and name that was there before, or a new one.</summary>
    public static void Name(JsonArray tools, JsonArray? before)
    {
        var known = (before ?? []).OfType<JsonObject>().ToList();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in tools.OfType<JsonObject>())
        {
            string? own = tool.Text("id");
            var same = known.FirstOrDefault(k => k.Text("id") == own && own is not null)
                ?? known.FirstOrDefault(k => KeyOf(k) == KeyOf(tool) && !taken.Contains(k.Text("id")!)); // a stored tool has one
            string id = same?.Text("id") is { } kept && !taken.Contains(kept) ? kept : Guid.NewGuid().ToString();
            taken.Add(id);
            tool["id"] = id;
        }
    }

    private static string KeyOf(JsonObject tool) => $"{tool.Text("type")} {tool.Child("webhook")?.Text("name")}";

    /// <summary>What is wrong with one tool beyond its schema; null when nothing is.</summary>
    /// <param name="pointer">Where it stands in the request.</param>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject tool, string pointer, AssistantParts parts)
    {
        string type = tool.Text("type") ?? "";
        if (tool.Child(type) is { } said && AgentLimits.Of(type, said, $"{pointer}/{type}") is { } tooMuch) return tooMuch;
        switch (type)
        {
            case "webhook" when tool.Child("webhook") is { } webhook:
                if (string.IsNullOrWhiteSpace(webhook.Text("name")))
                    return AssistantBody.At($"{pointer}/webhook/name", VoiceErrors.MissingParameter, "name is required.");
                foreach (string preset in new[] { CallTools.PresetBody, CallTools.PresetQuery })
                    if (webhook[preset] is not (null or JsonObject))
                        return AssistantBody.At($"{pointer}/webhook/{preset}", VoiceErrors.BadRequest, $"{preset} must be an object.");
                if (CheckTimes(tool, webhook, pointer) is { } untimely) return untimely;
                string url = webhook.Text("url") ?? "";
                if (!url.Contains('{', StringComparison.Ordinal))
                    return await AssistantBody.CheckUrlAsync(op, url, $"{pointer}/webhook/url", parts);
                if (FaultOfTemplate(url) is { } wrong) return AssistantBody.At($"{pointer}/webhook/url", VoiceErrors.InvalidUrl, wrong);
                // Who is asked is known already; what a call fills in is checked on the call.
                return await AssistantBody.CheckUrlAsync(op, HostOf(url), $"{pointer}/webhook/url", parts);
            case "handoff" when tool.Child("handoff") is { } handoff && handoff["ai_assistants"] is JsonArray others:
                for (int i = 0; i < others.Count; i++)
                    if ((others[i] as JsonObject)?.Text("id") is { } id && !await AssistantRecords.ExistsAsync(op, id, parts.Store))
                        return AssistantBody.Nowhere(op, $"{pointer}/handoff/ai_assistants/{i}/id",
                            "No assistant of this account has this id.");
                return null;
            // The contract's parameters say so of an assistant's own tools.
            case "refer" when (tool.Child("refer")?["targets"] as JsonArray ?? []).OfType<JsonObject>()
                    .Any(target => target.Filled("sip_auth_username") is not null || target.Filled("sip_auth_password") is not null):
                return AssistantBody.At($"{pointer}/refer/targets", VoiceErrors.BadRequest, "10041: tools keep no passwords.");
            // The contract does not know these, and says nothing of what they may be.
            case "send_message" or "skip_turn" when tool[type] is not (null or JsonObject):
                return AssistantBody.At($"{pointer}/{type}", VoiceErrors.BadRequest, $"{type} must be an object.");
            case "send_message" when (tool.Child("send_message")?["message_template"]) is { } template
                    && !(template is JsonValue value && value.TryGetValue(out string? words) && words.Length <= LongestTemplate):
                return AssistantBody.At($"{pointer}/send_message/message_template", VoiceErrors.BadRequest,
                    $"message_template must be a text of at most {LongestTemplate} characters.");
            default: return null;
        }
    }

    /// <summary>What a caller says never chooses who is asked: agents take no other.</summary>
    private static string? FaultOfTemplate(string url)
    {
        if (!url.StartsWith("https://", StringComparison.Ordinal) && !url.StartsWith("http://", StringComparison.Ordinal))
            return "url must begin with http:// or https://.";
        string host = HostOf(url);
        return host.Contains('{', StringComparison.Ordinal) || host.Contains('@', StringComparison.Ordinal)
            ? "url may have variables only behind its host, and no user." : null;
    }

    private static string HostOf(string url)
    {
        int path = url.IndexOfAny(['/', '?'], url.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? url : url[..path];
    }

    private static Problem? CheckTimes(JsonObject tool, JsonObject webhook, string pointer)
    {
        foreach (var (at, said, name, least) in new[]
        {
            (pointer, tool, Timeout, ShortestWait), ($"{pointer}/webhook", webhook, Timeout, ShortestWait),
            ($"{pointer}/webhook", webhook, Background, 0),
        })
            if (said[name] is not null && !(said.Whole(name) is { } wait && wait >= least && wait <= LongestWait))
                return AssistantBody.At($"{at}/{name}", VoiceErrors.BadRange,
                    $"{name} must be a whole number of milliseconds from {least} to {LongestWait}.");
        return null;
    }
}
