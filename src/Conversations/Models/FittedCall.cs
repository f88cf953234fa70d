using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// A call as its tool wants it, where it is plain what the model meant: models write numbers, flags, lists and objects as texts, texts of
/// digits as numbers, and null for what they leave out; they put a word of their own before the tool's name. Each refusal is a turn in
/// which a caller waits, and some models never learn. All else stays as it was written, and is told to the model as wrong.
/// </summary>
internal static class FittedCall
{
    /// <summary>Objects and lists within each other; deeper ones are left.</summary>
    private const int Depth = 8;
    /// <summary>Before a tool's name: <c>functions.</c>, <c>default_api:</c>, the name of a server.</summary>
    private static readonly char[] Separators = ['.', ':', '/'];

    /// <param name="schemaOf">Of the tool of a name; null where there is none.</param>
    public static ToolCall Of(ToolCall call, Func<string, JsonObject?> schemaOf)
    {
        string name = NameOf(call.Name, schemaOf);
        return schemaOf(name) is { } schema ? call with { Name = name, Arguments = ArgumentsOf(call.Arguments, schema) } : call;
    }

    /// <summary>One that there is; as it was told where there is none.</summary>
    private static string NameOf(string told, Func<string, JsonObject?> schemaOf)
    {
        string name = told.Trim();
        if (schemaOf(name) is not null) return name;
        // Some count their calls behind the name (Kimi).
        int count = name.LastIndexOf(':');
        if (count > 0 && count < name.Length - 1 && name.AsSpan(count + 1).IndexOfAnyExceptInRange('0', '9') < 0) name = name[..count];
        // As a server of tools calls it, which may have characters that no model is offered.
        string plain = new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_')]);
        string[] others = [name, plain, name[(name.LastIndexOfAny(Separators) + 1)..]];
        return Array.Find(others, other => other.Length > 0 && schemaOf(other) is not null) ?? told;
    }

    private static string ArgumentsOf(string written, JsonObject schema)
    {
        try
        {
            return ArgumentSchema.ObjectOf(written) is { } read && Fit(read, schema, schema, 0) ? read.ToJsonString() : written;
        }
        // JSON may escape half of a pair of surrogates, which is no text.
        catch (InvalidOperationException)
        {
            return written;
        }
    }

    /// <param name="root">Where its parts find what they refer to.</param>
    /// <returns>Whether anything is other than before.</returns>
    private static bool Fit(JsonObject members, JsonObject part, JsonObject root, int depth)
    {
        var schema = SchemaReference.Follow(part, root);
        if (depth == Depth || schema["properties"] is not JsonObject properties) return false;
        bool hasChanged = false;
        foreach (var (name, value) in members.ToList())
        {
            if (properties[name] is not JsonObject shape) continue;
            if (value is null) hasChanged |= IsOptional(name, schema) && !TakesNull(shape, root) && members.Remove(name);
            else if (Other(value, shape, root) is { } other) (members[name], hasChanged) = (other, true);
            else hasChanged |= FitWithin(value, shape, root, depth);
        }
        return hasChanged;
    }

    private static bool FitWithin(JsonNode value, JsonObject part, JsonObject root, int depth)
    {
        var shape = Only(part, root);
        if (value is JsonObject members) return Fit(members, shape, root, depth + 1);
        if (depth + 1 >= Depth || value is not JsonArray items || shape["items"] is not JsonObject each) return false;
        bool hasChanged = false;
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i] is not { } item) continue;
            if (Other(item, each, root) is { } other) (items[i], hasChanged) = (other, true);
            else hasChanged |= FitWithin(item, each, root, depth + 1);
        }
        return hasChanged;
    }

    /// <summary>Of what may be null or one other thing, that one.</summary>
    private static JsonObject Only(JsonObject part, JsonObject root)
    {
        var shape = SchemaReference.Follow(part, root);
        if ((shape["anyOf"] ?? shape["oneOf"]) is not JsonArray several) return shape;
        JsonObject[] some =
        [
            .. several.OfType<JsonObject>().Select(one => SchemaReference.Follow(one, root))
                .Where(one => Named(one["type"]) is not ["null"]),
        ];
        return some.Length == 1 ? some[0] : shape;
    }

    private static bool IsOptional(string name, JsonObject schema) =>
        schema["required"] is not JsonArray needed
        || !needed.Any(one => one is JsonValue text && text.TryGetValue(out string? member) && member == name);

    private static bool TakesNull(JsonObject part, JsonObject root)
    {
        string[] kinds = KindsOf(part, root);
        return kinds.Length == 0 || kinds.Contains("null") || ArgumentSchema.IsNullable(SchemaReference.Follow(part, root));
    }

    /// <summary>The same in the kind that is wanted; null where it is of that kind, or can be none.</summary>
    private static JsonNode? Other(JsonNode value, JsonObject part, JsonObject root)
    {
        string[] kinds = KindsOf(part, root);
        if (kinds.Length == 0 || kinds.Any(kind => ArgumentSchema.Is(value, kind))) return null;
        var other = value is JsonValue text && text.TryGetValue(out string? written) ? Read(written)
            : kinds.Contains("string") && value.GetValueKind() is JsonValueKind.Number ? Digits(value) : null;
        return other is not null && kinds.Any(kind => ArgumentSchema.Is(other, kind)) && IsChoice(other, Only(part, root))
            ? other : null;
    }

    private static bool IsChoice(JsonNode value, JsonObject shape) =>
        shape["enum"] is not JsonArray choices || choices.Any(choice => JsonNode.DeepEquals(choice, value));

    private static JsonNode? Read(string written)
    {
        // As Python writes them.
        if (bool.TryParse(written, out bool flag)) return JsonValue.Create(flag);
        try
        {
            return JsonNode.Parse(written, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            // As Python writes lists and objects, too.
            return MendedJson.ValueOf(written.Trim());
        }
    }

    /// <summary>A number as it was written, where that is what somebody would say: no exponent.</summary>
    private static JsonNode? Digits(JsonNode number)
    {
        string written = number.ToJsonString();
        return written.All(c => char.IsAsciiDigit(c) || c is '-' or '.') ? JsonValue.Create(written) : null;
    }

    /// <summary>
    /// The kinds that a value may have, by itself or as one of several; none where all are taken, or the schema is not plain.
    /// </summary>
    private static string[] KindsOf(JsonObject part, JsonObject root)
    {
        var shape = SchemaReference.Follow(part, root);
        if ((shape["anyOf"] ?? shape["oneOf"]) is not JsonArray several) return Named(shape["type"]);
        string[][] each = [.. several.Select(one => one is JsonObject inner ? Named(SchemaReference.Follow(inner, root)["type"]) : [])];
        return Array.Exists(each, kinds => kinds.Length == 0) ? [] : [.. each.SelectMany(kinds => kinds)];
    }

    private static string[] Named(JsonNode? type) => type switch
    {
        JsonValue one when one.TryGetValue(out string? kind) => [kind],
        JsonArray several =>
        [
            .. several.OfType<JsonValue>().Select(one => one.TryGetValue(out string? kind) ? kind : null).OfType<string>(),
        ],
        _ => [],
    };
}
