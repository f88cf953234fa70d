using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>How much an assistant and its tools may say: as much as agents take, for one that says more never talks.</summary>
internal static class AgentLimits
{
    /// <summary>Of an assistant, its own and those that it shares.</summary>
    public const int Tools = 64;

    public const int Instructions = 50_000;

    private const int Variables = 500, Text = 3_000, Url = 2_000, Name = 64, Target = 128;
    private const int Targets = 50, Headers = 20, Arguments = 50, Stored = 50, Fillers = 10, Preset = 16_000, LongestWait = 60_000;

    /// <summary>What is wrong with the assistant's own words; null when nothing is.</summary>
    public static Problem? Of(JsonObject assistant)
    {
        if (Long(assistant, "instructions", Instructions, "") is { } problem) return problem;
        if (CountOfTools(assistant) > Tools)
            return TooMuch("/" + AssistantBody.Tools, $"An assistant has at most {Tools} tools, those that it shares included.");
        if (assistant.Child("dynamic_variables") is not { } own) return null;
        if (own.Count > Variables) return TooMuch("/dynamic_variables", $"dynamic_variables may have at most {Variables} members.");
        foreach (var (name, value) in AssistantAgent.Variables(own))
            if (((string)value!).Length > CallVariables.LongestValue)       // it was made so
                return TooMuch("/dynamic_variables", $"The value of {name} may have at most {CallVariables.LongestValue} characters.");
        return null;
    }

    public static int CountOfTools(JsonObject assistant) =>
        ((assistant[AssistantBody.Tools] as JsonArray)?.Count ?? 0) + assistant.Texts(AssistantBody.ToolIds).Count;

    /// <summary>The same of one tool.</summary>
    /// <param name="said">What stands under its type.</param>
    /// <param name="pointer">Where that stands in the request.</param>
    public static Problem? Of(string type, JsonObject said, string pointer) => Long(said, "description", Text, pointer) ?? type switch
    {
        "webhook" => OfWebhook(said, pointer),
        "transfer" => Many(said, "targets", Targets, "to", Target, pointer) ?? Long(said, "from", Target, pointer)
            ?? Long(said, "warm_transfer_instructions", Text, pointer),
        "refer" => Many(said, "targets", Targets, "sip_address", Target, pointer),
        "handoff" => Many(said, "ai_assistants", Targets, "id", Target, pointer),
        _ => null,
    };

    private static Problem? OfWebhook(JsonObject said, string pointer)
    {
        // One of the headers is the node's.
        if ((Long(said, "url", Url, pointer) ?? Many(said, "headers", Headers - 1, "value", Url, pointer)
                ?? Many(said, "messages", Fillers, "content", Text, pointer)
                ?? Many(said, "filler_messages", Fillers, "content", Text, pointer)
                ?? Many(said, "store_fields_as_variables", Stored, "value_path", Url, pointer)
                ?? OfHeaders(said, pointer) ?? OfTimes(said, "messages", pointer) ?? OfTimes(said, "filler_messages", pointer))
            is { } problem) return problem;
        foreach (string place in new[] { "path_parameters", "query_parameters" })
        {
            string[] names = [.. (said.Child(place)?.Child("properties") ?? []).Select(property => property.Key)];
            if (names.Length > Arguments || Array.Exists(names, name => name.Length is 0 or > Name))
                return TooMuch($"{pointer}/{place}",
                    $"{place} may have at most {Arguments} properties, each with a name of 1 to {Name} characters.");
        }
        if (said.Child(CallTools.PresetBody)?.ToJsonString().Length > Preset)
            return TooMuch($"{pointer}/{CallTools.PresetBody}", $"{CallTools.PresetBody} may have at most {Preset} characters as JSON.");
        var query = AssistantAgent.Variables(said.Child(CallTools.PresetQuery) ?? []);
        return query.Count > Arguments || query.Any(field => ((string)field.Value!).Length > Text)
            ? TooMuch($"{pointer}/{CallTools.PresetQuery}",
                $"{CallTools.PresetQuery} may have at most {Arguments} members, each of at most {Text} characters.") : null;
    }

    private static Problem? OfHeaders(JsonObject said, string pointer)
    {
        if (said["headers"] is not JsonArray all) return null;
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i] is not JsonObject one || one.Filled("name") is not { } name) continue;
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return AssistantBody.At($"{pointer}/headers/{i}/name", VoiceErrors.BadRequest,
                    "name of a header must be of letters, digits, - and _.");
            if ((one.Text("value") ?? "").Any(char.IsControl))
                return AssistantBody.At($"{pointer}/headers/{i}/value", VoiceErrors.BadRequest, "value of a header must be one line.");
        }
        return null;
    }

    /// <summary>When words are said while a tool runs.</summary>
    private static Problem? OfTimes(JsonObject said, string list, string pointer)
    {
        if (said[list] is not JsonArray all) return null;
        for (int i = 0; i < all.Count; i++)
            if (all[i] is JsonObject one && one["timing_ms"] is JsonValue && one.Text("type") is not "request_start"
                    && one.Whole("timing_ms") is not (>= 0 and <= LongestWait))
                return AssistantBody.At($"{pointer}/{list}/{i}/timing_ms", VoiceErrors.BadRange,
                    $"timing_ms must be a whole number of milliseconds from 0 to {LongestWait}.");
        return null;
    }

    private static Problem? Long(JsonObject said, string name, int most, string pointer) =>
        said.Text(name) is { } text && text.Length > most
            ? TooMuch($"{pointer}/{name}", $"{name} may have at most {most} characters.") : null;

    /// <param name="text">Of each of them, with at most so many characters.</param>
    private static Problem? Many(JsonObject said, string list, int most, string text, int longest, string pointer)
    {
        if (said[list] is not JsonArray all) return null;
        if (all.Count > most) return TooMuch($"{pointer}/{list}", $"{list} may have at most {most} items.");
        for (int i = 0; i < all.Count; i++)
            if (all[i] is JsonObject one && Long(one, text, longest, $"{pointer}/{list}/{i}") is { } problem) return problem;
        return null;
    }

    private static Problem TooMuch(string pointer, string detail) => AssistantBody.At(pointer, VoiceErrors.BadLength, detail);
}
