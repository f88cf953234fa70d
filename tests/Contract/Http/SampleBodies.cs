using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Http.Tests;

/// <summary>Which of the fields that need not be there a sample has.</summary>
internal enum SampleSize { Some, None, All }

/// <summary>Makes bodies that fit a schema, from a seed; and bodies that fit but for one thing.</summary>
internal sealed class SampleBodies(Rng rng, BodyDirection direction = BodyDirection.Request)
{
    private const int Depth = 5;

    /// <summary>Texts for the patterns of the contract.</summary>
    private static readonly Dictionary<string, string> Matches = new(StringComparer.Ordinal)
    {
        ["^C[A-Z0-9]{5,8}$"] = "CABC123",
        ["^(desk|(auto|digits):(0|[1-9][0-9]{0,5}))$"] = "digits:5",
        ["^(node|desk|(auto|digits):(0|[1-9][0-9]{0,5}))$"] = "node",
        ["^[0-9]+(?:\\.[0-9]+)?$"] = "12.50",
        ["^([0-9]+(?:\\.[0-9]+)?)?$"] = "12.50",
        ["^[0-9]{5}(?:-[0-9]{4})?$"] = "12345",
        ["^[A-Z]{2}$"] = "US",
        ["^([A-Z]{2}|[*])$"] = "US",
        ["^([A-Za-z]{2}|[*])$"] = "US",
        ["^[A-Za-z0-9 -]{1,30}$"] = "Main Street 1",
        ["^[A-Za-z0-9 -]{0,30}$"] = "Main Street 1",
        ["^[A-Za-z0-9 ]{1,11}$"] = "Ringwright",
        ["^[A-Za-z0-9 ]{0,11}$"] = "Ringwright",
        ["^\\+1\\d{10}$"] = "+15550001111",
        ["^\\+\\d{11,15}$"] = "+15550001111",
        ["^\\+\\d{7,15}$"] = "+15550001111",
        ["^\\d{5}$"] = "12345",
        ["^\\+[1-9]\\d{1,14}$"] = "+15550001111",
        ["^([A-Z]{2}|SIP)$"] = "US",
        ["^(desk|auto:(0|[1-9][0-9]{0,5}))$"] = "auto:60",
        ["^[a-z0-9_]+$"] = "voice",
        ["^[0-9]*$"] = "12345",
        ["^[0-9]+$"] = "12345",
        ["^#[0-9a-fA-F]{6}$"] = "#102030",
        ["^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"] = "en-US",
    };

    public SampleSize Size { get; init; }

    public JsonNode? Make(Schema schema) => Make(schema, Depth);

    private JsonNode? Make(Schema schema, int depth)
    {
        if (schema.Texts is { Count: > 0 } texts) return texts.Order(StringComparer.Ordinal).ElementAt(rng.Next(texts.Count));
        if (schema.Literals is { Count: > 0 } literals) return JsonNode.Parse(literals.Order(StringComparer.Ordinal).First());
        if (schema.AnyOf.Count > 0 && !schema.HasProperties) return Make(schema.AnyOf[rng.Next(schema.AnyOf.Count)], depth);
        if (schema.HasProperties || schema.Types.HasFlag(JsonTypes.Object)) return Object(schema, depth);
        if (schema.AllOf.Count > 0) return Make(schema.AllOf[0], depth);
        if (schema.Types.HasFlag(JsonTypes.Array)) return Array(schema, depth);
        if (schema.Types.HasFlag(JsonTypes.String)) return Text(schema);
        if (schema.Types.HasFlag(JsonTypes.Integer)) return Number(schema);
        if (schema.Types.HasFlag(JsonTypes.Boolean)) return rng.Chance(0.5);
        return "anything";
    }

    private JsonObject Object(Schema schema, int depth)
    {
        var required = Required(schema).ToHashSet(StringComparer.Ordinal);
        var made = new JsonObject();
        foreach (var (name, property) in schema.AllProperties().OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if ((direction is BodyDirection.Request ? property.IsReadOnly : property.IsWriteOnly)
                || (!required.Contains(name) && !IsWanted(depth))) continue;
            made[name] = Make(property, depth - 1);
        }

        if (schema.AnyOf.Count > 0 && Make(schema.AnyOf[rng.Next(schema.AnyOf.Count)], depth) is JsonObject more)
            foreach (var (name, value) in more)
                made[name] = value?.DeepClone();
        if (schema.Additional is { } additional && depth > 0 && Size is not SampleSize.None) made["extra"] = Make(additional, depth - 1);
        return made;
    }

    private bool IsWanted(int depth) => Size switch
    {
        SampleSize.None => false,
        SampleSize.All => depth > 0,
        _ => depth > 0 && !rng.Chance(0.4),
    };

    private static IEnumerable<string> Required(Schema schema) => schema.Required.Concat(schema.AllOf.SelectMany(Required));

    private JsonArray Array(Schema schema, int depth)
    {
        int count = Math.Clamp(depth <= 0 ? 0 : 1 + rng.Next(2), schema.MinItems ?? 0, schema.MaxItems ?? int.MaxValue);
        var made = new JsonArray();
        var seen = new HashSet<string>();
        for (int tries = 0; made.Count < count && tries < 50; tries++)
        {
            var item = Make(schema.Items ?? Schema.Anything, depth - 1);
            if (!schema.HasUniqueItems || seen.Add(item?.ToJsonString() ?? "null")) made.Add(item);
        }

        return made;
    }

    private string Text(Schema schema)
    {
        if (schema.Pattern is { } pattern) return Matches[pattern.ToString()];
        string text = schema.Format switch
        {
            StringFormat.Uuid => "123e4567-e89b-12d3-a456-426614174000",
            StringFormat.DateTime => "2026-01-06T15:00:00Z",
            StringFormat.Date => "2026-01-06",
            StringFormat.Uri => "https://example.com/hook",
            StringFormat.Email => "someone@example.com",
            StringFormat.E164 => "+15550001111",
            StringFormat.Currency => "USD",
            StringFormat.Base64 => "aGVsbG8=",
            StringFormat.Decimal => "12.50",
            _ => "text" + rng.Next(1000),
        };
        if (schema.MinLength > text.Length) text = text.PadRight(schema.MinLength.Value, 'x');
        return schema.MaxLength < text.Length ? text[..schema.MaxLength.Value] : text;
    }

    private JsonNode Number(Schema schema)
    {
        decimal low = schema.Minimum ?? 0, high = schema.Maximum ?? low + 100;
        if (schema.IsMinimumExclusive) low += 1;
        if (schema.IsMaximumExclusive) high -= 1;
        decimal value = low + rng.Next((int)Math.Clamp(high - low + 1, 1, int.MaxValue));
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : (long)value;
    }

    /// <summary>Changes one thing of a body that fits, so that it does not fit any more; null when nothing can be broken.</summary>
    public (JsonNode Body, string Pointer)? Break(Schema schema, JsonNode body)
    {
        var places = new List<(Action<JsonNode> Change, string Pointer)>();
        Collect(schema, body, "", [], places);
        if (places.Count == 0) return null;
        var (change, pointer) = places[rng.Next(places.Count)];
        var broken = body.DeepClone();
        change(broken);
        return (broken, pointer);
    }

    private static void Collect(Schema schema, JsonNode? node, string pointer, string[] path, List<(Action<JsonNode>, string)> places)
    {
        if (schema.AnyOf.Count > 0) return;
        if (node is JsonArray array && schema.Items is { } items)
        {
            for (int i = 0; i < array.Count; i++) Collect(items, array[i], $"{pointer}/{i}", [.. path, $"{i}"], places);
            return;
        }

        if (node is not JsonObject fields) return;
        foreach (var name in Required(schema).Distinct(StringComparer.Ordinal))
            if (fields.ContainsKey(name)) places.Add((root => At(root, path).AsObject().Remove(name), pointer + "/" + name));
        foreach (var (name, property) in schema.AllProperties())
        {
            if (!fields.TryGetPropertyValue(name, out var value)) continue;
            string[] inner = [.. path, name];
            string here = pointer + "/" + name;
            if (Wrong(property) is { } wrong) places.Add((root => At(root, path)[name] = JsonNode.Parse(wrong), here));
            Collect(property, value, here, inner, places);
        }
    }

    /// <summary>A value that the schema never takes, in JSON.</summary>
    private static string? Wrong(Schema schema) => schema switch
    {
        { AnyOf.Count: > 0 } or { AllOf.Count: > 0 } => null,
        { Texts: not null } => "\"no such value\"",
        { Types: JsonTypes.Any } => null,
        { Maximum: { } maximum } => $"{maximum + 1}",
        { Types: JsonTypes.String } => "17",
        { Types: JsonTypes.Array } => "\"not a list\"",
        _ => "\"not that\"",
    };

    private static JsonNode At(JsonNode root, string[] path)
    {
        // the path was read from this body
        foreach (var step in path) root = root is JsonArray array ? array[int.Parse(step)]! : root[step]!;
        return root;
    }
}
