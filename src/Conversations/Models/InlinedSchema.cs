using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>A JSON schema with what its parts refer to in their places, for whoever knows no references, or only parts of it.</summary>
/// <param name="root">It is changed.</param>
public sealed class InlinedSchema(JsonObject root)
{
    private const string Kind = "type", Link = "$ref", Properties = "properties";
    private const int Depth = 16;
    /// <summary>What is referred to twice is written twice.</summary>
    private const int MostLinks = 100;

    private static readonly string[] Definitions = ["$defs", "definitions"];
    private static readonly string[] Within = ["items", "prefixItems", "additionalProperties", "anyOf", "oneOf", "allOf"];
    private static readonly string[] Deeper = [Properties, .. Within];

    /// <summary>As it came: a part that has others in it by now would bring all of them along, each time that it is referred to.</summary>
    private readonly JsonObject _said = root.DeepClone().AsObject();
    /// <summary>References within which something is written: one that comes again there would have no end.</summary>
    private readonly HashSet<string> _above = new(StringComparer.Ordinal);
    private int _left = MostLinks;

    /// <returns>False where there was nothing to do.</returns>
    public bool Write()
    {
        bool hasChanged = Write(root, 0);
        foreach (string place in Definitions) hasChanged |= root.Remove(place);
        return hasChanged;
    }

    /// <summary>What stands in a schema already goes before what is added.</summary>
    public static void Add(JsonObject more, JsonObject schema)
    {
        foreach (var (name, value) in more)
            if (!schema.ContainsKey(name)) schema[name] = value?.DeepClone();
    }

    private bool Write(JsonObject schema, int depth)
    {
        var followed = new List<string>();
        bool hasChanged = false;
        while (Follow(schema, followed)) hasChanged = true;
        foreach (string place in Definitions)
            if (!ReferenceEquals(schema, root)) hasChanged |= schema.Remove(place);
        if (depth == Depth)
            foreach (string place in Deeper) hasChanged |= schema.Remove(place);
        foreach (var inner in PartsOf(schema)) hasChanged |= Write(inner, depth + 1);
        _above.ExceptWith(followed);
        return hasChanged;
    }

    private bool Follow(JsonObject schema, List<string> followed)
    {
        if (schema[Link] is not JsonValue link) return false;
        schema.Remove(Link);
        if (_left > 0 && link.TryGetValue(out string? path) && SchemaReference.Find(path, _said) is { } there && _above.Add(path))
        {
            _left--;
            followed.Add(path);
            Add(there, schema);
        }
        else if (!schema.ContainsKey(Kind)) schema[Kind] = "object";
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
}
