using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Inference;

/// <summary>JSON that a model's server, or a model, has written.</summary>
internal static class ModelJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Null for what is no object, has a name twice, or a text that is none.</summary>
    public static JsonObject? Read(ReadOnlySpan<byte> bytes) => ReadAny(bytes) as JsonObject;

    /// <summary>The same of what may be no object.</summary>
    public static JsonNode? ReadAny(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // JSON may escape half of a pair of surrogates, which is no text.
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) _ = reader.GetString();
            return JsonNode.Parse(bytes, documentOptions: Strict);
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether it is an object, for what is given on as it is: a name twice, or half of an emoji that was cut off, is for its reader.
    /// </summary>
    public static bool IsObject(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
