using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What a command has an assistant gather, and the assistant that it describes for that.</summary>
internal static class GatherOrder
{
    /// <summary>In the words of agents: what one is there to gather.</summary>
    public const string Gathered = "gather";

    private const string Parameters = "parameters", History = "message_history", EndedSpeech = "gather_ended_speech",
        UsualInstructions = "You talk with somebody on the telephone to learn a few things. Be friendly and brief.";

    /// <summary>Of the schema, as JSON; what was said before, in messages and characters of each.</summary>
    private const int LongestSchema = 16_000, MostMessages = 200, LongestMessage = 16_000;

    /// <summary>Who has said it: calls of tools and their results are of no use to a model without the tools.</summary>
    private static readonly string[] Roles = ["user", "assistant", "system", "developer"];

    /// <summary>How long a caller may be silent.</summary>
    private const int UsualSilence = 10_000, ShortestSilence = 500, LongestSilence = 600_000;

    /// <summary>What it says of itself, in the words of an assistant that is kept.</summary>
    public static AgentOrders.Chosen Choose(VoiceBody body, Guid conversation)
    {
        var said = body.Json.Child("assistant") ?? [];
        var fields = new JsonObject
        {
            ["instructions"] = said.Filled("instructions") ?? UsualInstructions, ["greeting"] = body.Text("greeting") ?? "",
        };
        AgentOrders.Replace(body, fields);
        if ((body.Text("language") ?? body.Json.Child("transcription")?.Filled("language")) is { } language)
            fields["transcription"] = new JsonObject { ["language"] = TranscriptionMap.LanguageOf(language) };
        AgentOrders.CheckGreeting(body, "greeting");
        return new(conversation, Assistant: null, Version: null, fields);
    }

    /// <summary>In the words in which agents say what they gather, and what was said before; whatever is wrong is a problem.</summary>
    public static JsonObject Write(VoiceBody body)
    {
        AgentOrders.CheckGreeting(body, EndedSpeech);
        int silence = body.Whole("user_response_timeout_ms", UsualSilence, ShortestSilence, LongestSilence, VoiceErrors.BadRange);
        var gather = new JsonObject { ["parameters"] = ReadSchema(body), ["silence_secs"] = silence / 1000.0 };
        if (body.Text(EndedSpeech) is { Length: > 0 } words) gather["last_words"] = words;
        var written = new JsonObject { [Gathered] = gather };
        foreach (var (name, before) in WriteHistory(body)) written[name] = before?.DeepClone();
        return written;
    }

    /// <summary>What was said before alone, where nothing is gathered.</summary>
    public static JsonObject WriteHistory(VoiceBody body) =>
        ReadHistory(body) is { Count: > 0 } before ? new() { ["history"] = before } : [];

    public static AgentGatherTerms TermsOf(VoiceBody body) => new()
    {
        TellsResults = body.Flag("send_partial_results"), TellsMessages = body.Flag("send_message_history_updates"),
    };

    private static JsonNode? ReadSchema(VoiceBody body)
    {
        if (body.Json.Child(Parameters) is not { } schema || schema["type"] is { } type && !IsObject(type)
            || schema.Child("properties") is not { Count: > 0 } properties || properties.Any(property => property.Value is not JsonObject))
            body.Refuse(VoiceErrors.BadRequest, Parameters, "parameters must be the JSON schema of an object, with properties.");
        else if (schema["required"] is { } required && !(required is JsonArray names
                && names.All(name => name is JsonValue text && text.TryGetValue(out string? known) && properties.ContainsKey(known))))
            body.Refuse(VoiceErrors.BadRequest, $"{Parameters}/required", "required must be a list of names among the properties.");
        else if (schema.ToJsonString().Length > LongestSchema)
            body.Refuse(VoiceErrors.BadLength, Parameters, $"parameters may have at most {LongestSchema} characters.");
        return body.Json[Parameters]?.DeepClone();

        static bool IsObject(JsonNode type) => type is JsonValue value && value.TryGetValue(out string? word) && word is "object";
    }

    private static JsonArray ReadHistory(VoiceBody body)
    {
        var before = new JsonArray();
        var messages = body.Json[History] as JsonArray ?? [];
        if (messages.Count > MostMessages)
            body.Refuse(VoiceErrors.BadLength, History, $"{History} may have at most {MostMessages} messages.");
        // Only newer clients know it of a start, and no schema has looked at it there.
        if (body.Json[History] is not (null or JsonArray)
            || messages.Any(message => message is not JsonObject one || one["content"] is not null && one.Text("content") is null))
            body.Refuse(VoiceErrors.BadRequest, History, $"{History} must be a list of messages, each with role and content.");
        foreach (var message in messages.OfType<JsonObject>().Take(MostMessages))
        {
            string content = message.Text("content") ?? "", role = message.Text("role") ?? "";
            if (content.Length > LongestMessage)
                body.Refuse(VoiceErrors.BadLength, History, $"A message may have at most {LongestMessage} characters.");
            if (message["tool_calls"] is JsonArray { Count: > 0 } || content.Length > 0 && !Roles.Contains(role))
                body.Refuse(VoiceErrors.BadRequest, History,
                    $"10041: {History} has messages of the roles {string.Join(", ", Roles)}, and none with calls of tools.");
            // One that says nothing is none.
            else if (content.Length > 0) before.Add((JsonNode)new JsonObject { ["role"] = role, ["content"] = content });
        }
        return before;
    }
}
