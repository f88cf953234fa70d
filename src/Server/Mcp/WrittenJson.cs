using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Mcp;

/// <summary>Arguments as some clients hand them on: what has fields or items as a text that holds it in JSON.</summary>
internal static class WrittenJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <returns>Null where it is no object; an empty one where nothing was given.</returns>
    public static JsonObject? ObjectOf(JsonNode? given) => given is null ? [] : Read(given) as JsonObject;

    /// <returns>What the text holds where that is an object or a list; else what was given.</returns>
    public static JsonNode Read(JsonNode given)
    {
        if (given is not JsonValue value || !value.TryGetValue(out string? text)
            || text.AsSpan().TrimStart() is not ['{' or '[', ..]) return given;
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict) ?? given;
        }
        catch (JsonException)
        {
            return given;
        }
    }
}
