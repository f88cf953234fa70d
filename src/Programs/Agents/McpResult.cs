using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;

namespace Ringwright.Programs.Agents;

/// <summary>What a tool of the Model Context Protocol answers, as words that a model reads.</summary>
internal static class McpResult
{
    private const string NoText = "Not done: its server answered with a text that is none.";
    /// <summary>Of data, that are looked for in the words.</summary>
    private const int MostValues = 500;

    public static string Of(JsonObject result)
    {
        try
        {
            return Read(result);
        }
        // JSON may escape half of a pair of surrogates, which is no text.
        catch (InvalidOperationException)
        {
            return NoText;
        }
    }

    /// <summary>Null where there is none of that name, or it is no text.</summary>
    public static string? TextOf(JsonObject from, string name)
    {
        try
        {
            return from[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Read(JsonObject result)
    {
        if (TextOf(result, "resultType") is "input_required")
            return "Not done: its server wants to ask the user something by itself, which cannot be done here.";
        string text = string.Join('\n', (result["content"] as JsonArray ?? []).OfType<JsonObject>().Select(PartOf)
            .Where(one => one.Length > 0)).Trim();
        if (result["structuredContent"] is { } data && (text.Length == 0 || !Says(text, data)))
            text = $"{text}\n{data.ToJsonString()}".TrimStart();
        if (result["isError"] is JsonValue fails && fails.TryGetValue(out bool isError) && isError)
            return text.Length == 0 ? "Not done: the tool failed." : $"Not done: {text}";
        return text.Length == 0 ? "Done." : text;
    }

    /// <summary>
    /// Whether the words have all of the data: servers write it out as JSON or in sentences, and some say only how much of it there is.
    /// </summary>
    private static bool Says(string text, JsonNode data) =>
        ArgumentSchema.ObjectOf(text) is { } same && JsonNode.DeepEquals(same, data)
        || ValuesOf(data).Take(MostValues).All(value => text.Contains(value, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> ValuesOf(JsonNode? data) => data switch
    {
        JsonObject members => members.SelectMany(one => ValuesOf(one.Value)),
        JsonArray items => items.SelectMany(ValuesOf),
        JsonValue value when value.TryGetValue(out string? text) => [text.Trim()],
        JsonValue value when value.GetValueKind() is JsonValueKind.Number => [value.ToJsonString()],
        _ => [],
    };

    /// <summary>Nobody can read out pictures and sounds: the model knows that there were some.</summary>
    private static string PartOf(JsonObject part) => TextOf(part, "type") switch
    {
        "text" => TextOf(part, "text") ?? "",
        "resource" when part["resource"] is JsonObject resource => TextOf(resource, "text") ?? "[a file]",
        "resource_link" => TextOf(part, "uri") ?? "",
        "image" => "[an image]",
        "audio" => "[a sound]",
        _ => "",
    };
}
