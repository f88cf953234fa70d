using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Agents of ElevenLabs: <c>GET /v1/convai/agents</c>, <c>/agents/{id}</c> and <c>/tools/{id}</c> with the key in <c>xi-api-key</c>.
/// </summary>
internal static class ElevenLabsImport
{
    private const string Home = "/v1/convai";
    private const int MostPages = 20;

    public static async ValueTask<List<ImportedAssistant>> ReadAsync(ImportSource source, IReadOnlyList<string> ids, CancellationToken stop)
    {
        var read = new List<ImportedAssistant>();
        foreach (string id in ids.Count > 0 ? ids : await ListAsync(source, stop))
            if (await source.GetAsync($"{Home}/agents/{ImportSource.Step(id)}", stop) is JsonObject one)
                read.Add(await ReadAsync(source, id, one, stop));
        return read;
    }

    private static async ValueTask<IReadOnlyList<string>> ListAsync(ImportSource source, CancellationToken stop)
    {
        var ids = new List<string>();
        string? cursor = null;
        for (int page = 0; page < MostPages; page++)
        {
            string next = cursor is null ? "" : $"&cursor={ImportSource.Step(cursor)}";
            if (await source.GetAsync($"{Home}/agents?page_size=100{next}", stop) is not JsonObject said) break;
            ids.AddRange((said["agents"] as JsonArray ?? []).OfType<JsonObject>().Select(one => one.Filled("agent_id")).OfType<string>());
            cursor = said.Filled("next_cursor");
            if (cursor is null || !said.Flag("has_more", fallback: false)) break;
        }
        return ids;
    }

    private static async ValueTask<ImportedAssistant> ReadAsync(ImportSource source, string id, JsonObject said, CancellationToken stop)
    {
        var assistant = new ImportedAssistant(id, said.Text("name"));
        var config = said.Child("conversation_config") ?? [];
        var agent = config.Child("agent") ?? [];
        var prompt = agent.Child("prompt") ?? [];
        assistant.Say("instructions", prompt.Text("prompt"));
        assistant.Say("model", prompt.Text("llm"));
        assistant.Fields["greeting"] = agent.Text("first_message") ?? "";
        assistant.Speak(agent.Text("language"), config.Child("tts")?.Text("voice_id"));
        assistant.LimitTime(config.Child("conversation")?.Whole("max_duration_seconds"));
        foreach (var tool in (prompt["tools"] as JsonArray ?? []).OfType<JsonObject>()) Add(assistant, tool);
        // Newer agents have those of the service under their names, null where they are off; the list has them too.
        var listed = (prompt["tools"] as JsonArray ?? []).OfType<JsonObject>().Select(tool => tool.Text("name")).ToHashSet();
        foreach (var (name, tool) in prompt.Child("built_in_tools") ?? [])
            if (tool is JsonObject one && !listed.Contains(name)) AddOwn(assistant, name, one);
        if (prompt["tools"] is not JsonArray { Count: > 0 })
            foreach (string kept in prompt.Texts("tool_ids"))
                if (await source.GetAsync($"{Home}/tools/{ImportSource.Step(kept)}", stop) is JsonObject found)
                    Add(assistant, found.Child("tool_config") ?? found);
        return assistant;
    }

    private static void Add(ImportedAssistant assistant, JsonObject tool)
    {
        string type = tool.Text("type") ?? "", name = tool.Filled("name") ?? type;
        if (type is "system") AddOwn(assistant, name, tool);
        else if (type is "webhook" && tool.Child("api_schema") is { } api)
            assistant.AddWebhook(name, tool.Text("description"), api.Text("url"), api.Text("method") ?? "GET",
                api.Child("request_body_schema"), PathOf(api), api.Child("query_params_schema"), HeadersOf(api.Child("request_headers")),
                tool.Whole("response_timeout_secs"));
        else assistant.LeftOut.Add($"tool {name} of the type {type}");
    }

    private static void AddOwn(ImportedAssistant assistant, string name, JsonObject tool)
    {
        string? what = tool.Text("description");
        switch (name)
        {
            case "end_call":
                assistant.Add("hangup", what);
                break;
            case "skip_turn":
                assistant.Add("skip_turn", what);
                break;
            case "play_keypad_touch_tone":
                assistant.Add("send_dtmf");
                break;
            case "transfer_to_number":
                assistant.AddTransfer([.. (tool.Child("params")?["transfers"] as JsonArray ?? []).OfType<JsonObject>()
                    .Select(one => (one.Text("condition"), NumberOf(one)))], what);
                break;
            default:
                assistant.LeftOut.Add($"tool {name}");
                break;
        }
    }

    private static string? NumberOf(JsonObject transfer) => transfer.Child("transfer_destination") is { } to
        ? to.Text("phone_number") ?? to.Text("sip_uri") : transfer.Text("phone_number");

    /// <summary>Its parameters stand by themselves there, and all of them are needed.</summary>
    private static JsonObject? PathOf(JsonObject api) => api.Child("path_params_schema") is not { Count: > 0 } path ? null : new()
    {
        ["properties"] = path.DeepClone(), ["required"] = new JsonArray([.. path.Select(one => (JsonNode)one.Key)]),
    };

    /// <summary>Null where one of them is a secret.</summary>
    private static Dictionary<string, string>? HeadersOf(JsonObject? said)
    {
        var headers = new Dictionary<string, string>();
        foreach (var (name, value) in said ?? [])
        {
            if (value is not JsonValue text || !text.TryGetValue(out string? words)) return null;
            headers[name] = words;
        }
        return headers;
    }
}
