using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>An assistant of another service in our words, and what of it has no place here.</summary>
/// <param name="id">There.</param>
/// <param name="name">There; null takes the id.</param>
internal sealed class ImportedAssistant(string id, string? name)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];

    public string Id { get; } = id;

    public JsonObject Fields { get; private set; } = new()
    {
        ["name"] = string.IsNullOrWhiteSpace(name) ? id : name, ["tools"] = new JsonArray(),
    };

    /// <summary>What was left out, each as a few words.</summary>
    public List<string> LeftOut { get; } = [];

    private JsonArray Tools => Fields["tools"]!.AsArray();      // it has them from the beginning

    /// <summary>Texts that are not empty.</summary>
    public void Say(string field, string? text)
    {
        if (!string.IsNullOrEmpty(text)) Fields[field] = text;
    }

    /// <summary>What is spoken and listened to; the voice and the recogniser are the node's own.</summary>
    public void Speak(string? language, string? voice)
    {
        if (!string.IsNullOrEmpty(language))
            Fields["transcription"] = new JsonObject { ["model"] = AssistantAgent.UsualRecogniser, ["language"] = language };
        if (!string.IsNullOrEmpty(voice)) LeftOut.Add($"voice {voice}");
    }

    public void LimitTime(int? seconds)
    {
        if (seconds is >= 1 and <= 14_400) Fields[AssistantBody.Telephony] = new JsonObject { ["time_limit_secs"] = seconds };
    }

    /// <summary>One that says nothing more of itself than what it is for.</summary>
    public void Add(string type, string? description = null)
    {
        // A keypad has no words of its own here.
        var said = new JsonObject();
        if (!string.IsNullOrEmpty(description) && type is not "send_dtmf") said["description"] = description;
        Tools.Add((JsonNode)new JsonObject { ["type"] = type, [type] = said });
    }

    /// <param name="targets">Names, each with a number or a SIP URI.</param>
    public void AddTransfer(IReadOnlyList<(string? Name, string? To)> targets, string? description)
    {
        var known = new JsonArray();
        foreach (var (name, to) in targets)
            if (!string.IsNullOrEmpty(to) && !to.Contains('{', StringComparison.Ordinal)
                    && !known.Any(other => (string?)other!["name"] == (name ?? to)))        // objects of ours
                known.Add((JsonNode)new JsonObject { ["name"] = string.IsNullOrEmpty(name) ? to : name, ["to"] = to });
        if (known.Count < targets.Count || known.Count == 0) LeftOut.Add("a target of a transfer");
        if (known.Count == 0) return;
        // The number of the account's that the call is with.
        var transfer = new JsonObject { ["from"] = "{{telnyx_agent_target}}", ["targets"] = known };
        if (!string.IsNullOrEmpty(description)) transfer["description"] = description;
        Tools.Add((JsonNode)new JsonObject { ["type"] = "transfer", ["transfer"] = transfer });
    }

    /// <summary>A server that is asked with what the model says, and with that alone.</summary>
    /// <param name="body">Schemas of objects; null for none.</param>
    /// <param name="path">The like, as <paramref name="query"/>.</param>
    /// <param name="headers">Null where one of them has a secret that the service keeps to itself.</param>
    public void AddWebhook(string name, string? description, string? url, string? method, JsonObject? body, JsonObject? path,
        JsonObject? query, IReadOnlyDictionary<string, string>? headers, double? seconds)
    {
        string verb = (method ?? "POST").ToUpperInvariant();
        if (headers is null || string.IsNullOrEmpty(url) || !Methods.Contains(verb))
        {
            LeftOut.Add(headers is null ? $"tool {name}, for the service does not tell its secret" : $"tool {name}");
            return;
        }
        var webhook = new JsonObject
        {
            ["name"] = name, ["description"] = string.IsNullOrEmpty(description) ? name : description, ["url"] = url, ["method"] = verb,
            ["headers"] = new JsonArray([.. headers.Select(one => new JsonObject { ["name"] = one.Key, ["value"] = one.Value })]),
        };
        foreach (var (field, schema) in new[] { ("body_parameters", body), ("path_parameters", path), ("query_parameters", query) })
            if (schema?["properties"] is JsonObject { Count: > 0 } properties)
                webhook[field] = new JsonObject
                {
                    ["type"] = "object", ["properties"] = properties.DeepClone(),
                    ["required"] = new JsonArray([.. schema.Texts("required").Select(one => (JsonNode)one)]),
                };
        if (seconds is { } limit and >= 0.1 and <= 60) webhook["timeout_ms"] = (int)(limit * 1_000);
        Tools.Add((JsonNode)new JsonObject { ["type"] = "webhook", ["webhook"] = webhook });
    }

    /// <summary>It is complete, and its fields are as if somebody had sent them: numbers can be asked for as whatever they are.</summary>
    public void Settle() => Fields = JsonNode.Parse(Fields.ToJsonString())!.AsObject();

    /// <summary>One that cannot be here.</summary>
    public void LeaveOut(int tool)
    {
        var one = Tools[tool]!.AsObject();      // it was added so
        LeftOut.Add($"tool {one.Child("webhook")?.Text("name") ?? one.Text("type")}");
        Tools.RemoveAt(tool);
    }
}
