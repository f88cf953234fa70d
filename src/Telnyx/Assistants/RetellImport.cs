using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Agents of Retell that think by its own prompts: <c>GET /list-agents</c>, <c>/get-agent/{id}</c> and <c>/get-retell-llm/{id}</c> with a
/// bearer's key. Others are left out: nobody tells what they think by. So are states of a prompt, and functions whose servers get what only
/// Retell writes.
/// </summary>
internal static class RetellImport
{
    public static async ValueTask<List<ImportedAssistant>> ReadAsync(ImportSource source, IReadOnlyList<string> ids, CancellationToken stop)
    {
        var found = new List<JsonObject>();
        // It lists each version of an agent.
        if (ids.Count == 0 && await source.GetAsync("/list-agents", stop) is JsonArray all)
            found.AddRange(all.OfType<JsonObject>().GroupBy(one => one.Text("agent_id"))
                .Select(versions => versions.MaxBy(one => one.Whole("version") ?? 0)!));      // none is empty
        foreach (string id in ids)
            if (await source.GetAsync($"/get-agent/{ImportSource.Step(id)}", stop) is JsonObject one) found.Add(one);
        var read = new List<ImportedAssistant>();
        foreach (var one in found)
            if (one.Filled("agent_id") is { } id && one.Child("response_engine")?.Filled("llm_id") is { } engine
                    && await source.GetAsync($"/get-retell-llm/{ImportSource.Step(engine)}{VersionOf(one)}", stop) is JsonObject prompt)
                read.Add(Read(id, one, prompt));
        return read;
    }

    /// <summary>The one that the agent's version is of.</summary>
    private static string VersionOf(JsonObject agent) => agent.Child("response_engine")?.Whole("version") is { } version
        ? $"?version={version.ToString(CultureInfo.InvariantCulture)}" : "";

    private static ImportedAssistant Read(string id, JsonObject agent, JsonObject prompt)
    {
        var assistant = new ImportedAssistant(id, agent.Text("agent_name"));
        assistant.Say("instructions", prompt.Text("general_prompt"));
        assistant.Say("model", prompt.Text("model"));
        // Null has the model say it, and nothing waits for the caller.
        assistant.Fields["greeting"] = prompt.Text("start_speaker") is "user" ? ""
            : prompt.Text("begin_message") ?? AssistantAgent.ModelGreets;
        assistant.Speak(agent.Text("language"), agent.Text("voice_id"));
        assistant.LimitTime(agent.Whole("max_call_duration_ms") / 1_000);
        if (prompt["states"] is JsonArray { Count: > 0 }) assistant.LeftOut.Add("states");
        foreach (var tool in (prompt["general_tools"] as JsonArray ?? []).OfType<JsonObject>()) Add(assistant, tool);
        return assistant;
    }

    private static void Add(ImportedAssistant assistant, JsonObject tool)
    {
        string type = tool.Text("type") ?? "", name = tool.Filled("name") ?? type;
        string? what = tool.Text("description");
        switch (type)
        {
            case "end_call":
                assistant.Add("hangup", what);
                break;
            case "press_digit":
                assistant.Add("send_dtmf");
                break;
            case "transfer_call":
                var to = tool.Child("transfer_destination");
                assistant.AddTransfer([(name, to?.Text("number") ?? tool.Text("number"))], what);
                break;
            // Else its server gets the arguments within a call of Retell's.
            case "custom" when tool.Flag("args_at_root", fallback: false):
                assistant.AddWebhook(name, what, tool.Text("url"), tool.Text("method"), tool.Child("parameters"), path: null, query: null,
                    HeadersOf(tool.Child("headers")), tool.Whole("timeout_ms") / 1_000.0);
                break;
            default:
                assistant.LeftOut.Add($"tool {name} of the type {type}");
                break;
        }
    }

    private static Dictionary<string, string> HeadersOf(JsonObject? said)
    {
        var headers = new Dictionary<string, string>();
        foreach (var (name, _) in said ?? [])
            if (said!.Text(name) is { } text) headers[name] = text;     // there is one
        return headers;
    }
}
