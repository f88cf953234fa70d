using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Assistants of Vapi: <c>GET /assistant</c>, <c>/assistant/{id}</c> and <c>/tool/{id}</c> with a bearer's key. Its functions are left out:
/// their servers get and give what only Vapi writes.
/// </summary>
internal static class VapiImport
{
    private const int Most = 1_000;

    public static async ValueTask<List<ImportedAssistant>> ReadAsync(ImportSource source, IReadOnlyList<string> ids, CancellationToken stop)
    {
        var found = new List<JsonObject>();
        if (ids.Count == 0 && await source.GetAsync($"/assistant?limit={Most}", stop) is JsonArray all)
            found.AddRange(all.OfType<JsonObject>());
        foreach (string id in ids)
            if (await source.GetAsync($"/assistant/{ImportSource.Step(id)}", stop) is JsonObject one) found.Add(one);
        var read = new List<ImportedAssistant>();
        foreach (var one in found)
            if (one.Filled("id") is { } id) read.Add(await ReadAsync(source, id, one, stop));
        return read;
    }

    private static async ValueTask<ImportedAssistant> ReadAsync(ImportSource source, string id, JsonObject said, CancellationToken stop)
    {
        var (assistant, model) = (new ImportedAssistant(id, said.Text("name")), said.Child("model") ?? []);
        var messages = (model["messages"] as JsonArray ?? []).OfType<JsonObject>().Where(one => one.Text("role") is "system");
        assistant.Say("instructions", string.Join("\n\n", messages.Select(one => one.Filled("content")).OfType<string>()));
        assistant.Say("model", model.Text("model"));
        assistant.Fields["greeting"] = said.Text("firstMessageMode") switch
        {
            "assistant-waits-for-user" => "",
            "assistant-speaks-first-with-model-generated-message" => AssistantAgent.ModelGreets,
            _ => said.Text("firstMessage") ?? "",
        };
        assistant.Speak(said.Child("transcriber")?.Text("language"), said.Child("voice")?.Text("voiceId"));
        assistant.LimitTime(said.Whole("maxDurationSeconds"));
        if (said.Filled("voicemailMessage") is not null) assistant.LeftOut.Add("voicemailMessage");
        foreach (var tool in (model["tools"] as JsonArray ?? []).OfType<JsonObject>()) Add(assistant, tool);
        foreach (string tool in model.Texts("toolIds"))
            if (await source.GetAsync($"/tool/{ImportSource.Step(tool)}", stop) is JsonObject kept) Add(assistant, kept);
        return assistant;
    }

    private static void Add(ImportedAssistant assistant, JsonObject tool)
    {
        string type = tool.Text("type") ?? "", name = tool.Filled("name") ?? tool.Child("function")?.Filled("name") ?? type;
        string? what = tool.Child("function")?.Text("description") ?? tool.Text("description");
        switch (type)
        {
            case "endCall":
                assistant.Add("hangup", what);
                break;
            case "dtmf":
                assistant.Add("send_dtmf");
                break;
            case "transferCall":
                assistant.AddTransfer([.. (tool["destinations"] as JsonArray ?? []).OfType<JsonObject>()
                    .Select(one => (one.Text("description"), one.Text("number") ?? one.Text("sipUri")))], what);
                break;
            case "apiRequest":
                assistant.AddWebhook(name, what, tool.Text("url"), tool.Text("method"), tool.Child("body"), path: null, query: null,
                    HeadersOf(tool.Child("headers")), tool.Whole("timeoutSeconds"));
                break;
            default:
                assistant.LeftOut.Add($"tool {name} of the type {type}");
                break;
        }
    }

    /// <summary>A schema whose properties have one value each.</summary>
    private static Dictionary<string, string> HeadersOf(JsonObject? schema)
    {
        var headers = new Dictionary<string, string>();
        foreach (var (name, value) in schema?.Child("properties") ?? [])
            if (value is JsonObject one && (one.Text("value") ?? one.Text("default")) is { } text) headers[name] = text;
        return headers;
    }
}
