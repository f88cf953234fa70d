using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;

namespace Ringwright.Programs.Agents;

/// <summary>
/// One schema in the part of JSON schema that Gemini knows: without references, with one type of each value, beside which it may be
/// <c>nullable</c>, and with choices of texts alone.
/// </summary>
internal static class PlainSchema
{
    private const string Kind = "type", Choices = "enum", OnlyChoice = "const", MayBeNull = "nullable";
    private const string AnyOf = "anyOf", OneOf = "oneOf", AllOf = "allOf", Properties = "properties", Required = "required";
    private const int Depth = 16;

    /// <summary>What says more of a value than its kind.</summary>
    private static readonly string[] Members =
    [
        "$schema", "$id", "$comment", "additionalProperties", "propertyNames", "patternProperties", OnlyChoice, "default", "examples",
        "title", "pattern", "format", "multipleOf", "exclusiveMinimum", "exclusiveMaximum", "uniqueItems", "readOnly", "writeOnly",
        "deprecated", "if", "then", "else", "not", "dependentRequired", "dependentSchemas",
    ];

    private static readonly string[] Within = ["items", AnyOf];

    /// <param name="root">It is changed.</param>
    /// <returns>False where there was nothing to do.</returns>
    public static bool Write(JsonObject root)
    {
        bool hasChanged = new InlinedSchema(root).Write();
        hasChanged |= Write(root, 0);
        return hasChanged;
    }

    /// <summary>A property may be called like one of the members, and stays.</summary>
    private static bool Write(JsonObject schema, int depth)
    {
        bool hasChanged = false;
        while (Join(schema) || Choose(schema)) hasChanged = true;
        if (TextOf(schema[OnlyChoice]) is { } only && !schema.ContainsKey(Choices))
        {
            if (!schema.ContainsKey(Kind)) schema[Kind] = "string";
            schema[Choices] = new JsonArray(only);
        }
        foreach (string member in Members) hasChanged |= schema.Remove(member);
        hasChanged |= NameOneType(schema);
        hasChanged |= KeepTexts(schema);
        if (depth == Depth) return hasChanged;
        foreach (var inner in PartsOf(schema)) hasChanged |= Write(inner, depth + 1);
        return hasChanged;
    }

    /// <summary>What is all of several has the properties of each; of what else they say the first counts.</summary>
    private static bool Join(JsonObject schema)
    {
        if (schema[AllOf] is not JsonArray all) return false;
        schema.Remove(AllOf);
        foreach (var part in all.OfType<JsonObject>())
        {
            Join(part);
            if (schema[Properties] is JsonObject known && part[Properties] is JsonObject more) InlinedSchema.Add(more, known);
            if (schema[Required] is JsonArray needed && part[Required] is JsonArray further)
            {
                string[] names = [.. needed.Concat(further).Select(TextOf).OfType<string>().Distinct(StringComparer.Ordinal)];
                schema[Required] = new JsonArray([.. names.Select(static name => (JsonNode)name)]);
            }
            InlinedSchema.Add(part, schema);
        }
        return true;
    }

    private static bool Choose(JsonObject schema)
    {
        string place = schema.ContainsKey(AnyOf) ? AnyOf : OneOf;
        if (schema[place] is not JsonArray several) return false;
        JsonObject[] some = [.. several.OfType<JsonObject>().Where(one => TextOf(one[Kind]) is not "null")];
        bool isNullable = some.Length < several.Count;
        if (place is AnyOf && some.Length > 1 && !isNullable) return false;
        schema.Remove(place);
        if (isNullable) schema[MayBeNull] = true;
        if (some is [var only]) InlinedSchema.Add(only, schema);
        else if (some.Length > 1) schema[AnyOf] = new JsonArray([.. some.Select(one => one.DeepClone())]);
        return true;
    }

    private static bool NameOneType(JsonObject schema)
    {
        if (schema[Kind] is not JsonArray types) return false;
        string[] some = [.. types.Select(TextOf).OfType<string>().Where(one => one is not "null")];
        if (some.Length < types.Count) schema[MayBeNull] = true;
        schema[Kind] = some.Length > 0 ? some[0] : "string";
        return true;
    }

    private static bool KeepTexts(JsonObject schema)
    {
        if (schema[Choices] is not JsonArray choices) return false;
        string[] texts = [.. choices.Select(TextOf).OfType<string>()];
        if (texts.Length == choices.Count) return false;
        schema.Remove(Choices);
        if (texts.Length > 0) schema[Choices] = new JsonArray([.. texts.Select(text => (JsonNode)text)]);
        return true;
    }

    private static List<JsonObject> PartsOf(JsonObject schema)
    {
        var parts = new List<JsonObject>();
        if (schema[Properties] is JsonObject properties)
            parts.AddRange(properties.Select(property => property.Value).OfType<JsonObject>());
        foreach (string place in Within)
        {
            if (schema[place] is JsonObject one) parts.Add(one);
            else if (schema[place] is JsonArray several) parts.AddRange(several.OfType<JsonObject>());
        }
        return parts;
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
