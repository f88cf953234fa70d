using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>Whether the arguments of a call are what its tool asks for, by those parts of JSON schema that models know.</summary>
public static class ArgumentSchema
{
    /// <summary>Objects within objects; deeper ones are taken as they are.</summary>
    private const int Depth = 8;

    /// <summary>Null when it is none.</summary>
    public static JsonObject? ObjectOf(string arguments)
    {
        try
        {
            return JsonNode.Parse(arguments, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject;
        }
        // JSON may escape half of a pair of surrogates, which is no name.
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What is wrong, as part of a sentence to the model; null when nothing is.</summary>
    public static string? FaultOf(JsonObject schema, string arguments)
    {
        try
        {
            return ObjectOf(arguments) is { } read ? FaultOf(schema, read, schema, "", 0) : "the arguments are no JSON object";
        }
        // Nor is it a text.
        catch (InvalidOperationException)
        {
            return "the arguments have a text that is none";
        }
    }

    /// <param name="root">Where its parts find what they refer to.</param>
    private static string? FaultOf(JsonObject part, JsonNode? value, JsonObject root, string path, int depth)
    {
        var schema = SchemaReference.Follow(part, root);
        if (value is null && IsNullable(schema)) return null;
        string what = path.Length == 0 ? "the arguments" : path;
        if (schema["type"] is JsonValue kind && kind.TryGetValue(out string? type) && !Is(value, type))
            return $"{what} must be of type {type}";
        if (schema["type"] is JsonArray kinds
                && !kinds.Any(one => one is JsonValue word && word.TryGetValue(out string? either) && Is(value, either)))
            return $"{what} must be of one of the types {kinds.ToJsonString()}";
        if (schema["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
            return $"{what} must be one of {choices.ToJsonString()}";
        if (depth >= Depth) return null;
        if (value is JsonArray items && schema["items"] is JsonObject each)
            return items.Select((item, i) => FaultOf(each, item, root, $"{path}[{i}]", depth + 1))
                .FirstOrDefault(fault => fault is not null);
        if (value is not JsonObject members) return null;
        foreach (var name in schema["required"] as JsonArray ?? new JsonArray())
            if (name is JsonValue text && text.TryGetValue(out string? member) && !members.ContainsKey(member))
                return $"{Join(path, member)} must be there";
        if (schema["properties"] is not JsonObject properties) return null;
        foreach (var (name, member) in members)
        {
            if (properties[name] is JsonObject inner && FaultOf(inner, member, root, Join(path, name), depth + 1) is { } fault)
                return fault;
            if (!properties.ContainsKey(name) && schema["additionalProperties"]?.GetValueKind() is JsonValueKind.False)
                return $"{Join(path, name)} is not known";
        }
        return null;
    }

    /// <summary>As OpenAPI says that a value may be null, beside its type.</summary>
    internal static bool IsNullable(JsonObject schema) => schema["nullable"]?.GetValueKind() is JsonValueKind.True;

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Whether it is of a kind as schemas name them; of one that none names, everything is.</summary>
    internal static bool Is(JsonNode? value, string type) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "null" => value is null,
        "string" => value is JsonValue text && text.TryGetValue(out string? _),
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() is JsonValueKind.Number,
        "integer" => value?.GetValueKind() is JsonValueKind.Number && value is JsonValue number
            && number.TryGetValue(out double real) && real == Math.Floor(real),
        _ => true,
    };
}
