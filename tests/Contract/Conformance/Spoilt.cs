using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Contract.Conformance;

/// <summary>A body with one thing wrong, where that is, and what kind of fault it is.</summary>
internal sealed record Spoilt(JsonNode Body, string Pointer, Fault Fault)
{
    /// <summary>
    /// Each way in which one field of a good body can be wrong: required and missing, of another type,
    /// and just beyond each bound that its schema has.
    /// </summary>
    public static IEnumerable<Spoilt> All(Schema schema, JsonNode body)
    {
        var places = new List<(string Pointer, Action<JsonNode> Change, Fault Fault)>();
        Collect(schema, body, [], places);
        foreach (var (pointer, change, fault) in places)
        {
            var copy = body.DeepClone();
            change(copy);
            yield return new(copy, pointer, fault);
        }
    }

    private static void Collect(Schema schema, JsonNode? node, string[] path, List<(string, Action<JsonNode>, Fault)> places)
    {
        // Which of several alternatives a body means is no business of a single field.
        if (schema.AnyOf.Count > 0) return;
        if (node is JsonArray items && schema.Items is { } each)
        {
            for (int i = 0; i < items.Count; i++)
            {
                int index = i;
                foreach (var (value, fault) in Wrongs(each, items[i]))
                    places.Add((PointerOf([.. path, $"{i}"]), root => At(root, path).AsArray()[index] = value, fault));
                Collect(each, items[i], [.. path, $"{i}"], places);
            }
            return;
        }

        if (node is not JsonObject fields) return;
        foreach (string name in Required(schema).Distinct(StringComparer.Ordinal))
            if (fields.ContainsKey(name))
                places.Add((PointerOf([.. path, name]), root => At(root, path).AsObject().Remove(name), Fault.MissingField));
        foreach (var (name, property) in schema.AllProperties().OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (property.IsReadOnly || !fields.TryGetPropertyValue(name, out var given)) continue;
            foreach (var (value, fault) in Wrongs(property, given))
                places.Add((PointerOf([.. path, name]), root => At(root, path).AsObject()[name] = value, fault));
            Collect(property, given, [.. path, name], places);
        }
    }

    private static IEnumerable<(JsonNode? Value, Fault Fault)> Wrongs(Schema schema, JsonNode? given)
    {
        if (schema.AllOf.Count > 0)
        {
            // A field that refers to a shared schema, with words of its own.
            foreach (var wrong in schema.AllOf.Count == 1 && schema.AnyOf.Count == 0 ? Wrongs(schema.AllOf[0], given) : [])
                yield return wrong;
            yield break;
        }
        if (schema.AnyOf.Count > 0)
        {
            var together = JsonTypes.Any;
            foreach (var way in schema.AnyOf) together |= way.Types;
            if (schema.AnyOf.All(a => a.Types is not JsonTypes.Any) && OfAnotherType(together) is { } none)
                yield return (none, Fault.NoAlternative);
            yield break;
        }

        if (schema.Types is not JsonTypes.Any && OfAnotherType(schema.Types) is { } other)
            yield return (other, schema.Types is JsonTypes.String ? Fault.NotText : Fault.WrongType);
        if (schema.Texts is not null) yield return ("no such value", Fault.NotInEnum);
        else if (schema.Literals is not null && schema.Types.HasFlag(JsonTypes.Integer)) yield return (424_242, Fault.NotInEnum);
        if (schema.Types.HasFlag(JsonTypes.Integer))
        {
            if (schema.Minimum is { } least) yield return (JsonValue.Create(least - 1), Fault.BadRange);
            if (schema.Maximum is { } most) yield return (JsonValue.Create(most + 1), Fault.BadRange);
            else if (schema.Format is StringFormat.Int32) yield return (3_000_000_000, Fault.BadRange);
        }
        if (schema.Types is JsonTypes.String && schema.Texts is null)
        {
            if (schema.MinLength is > 0 and var shortest) yield return (new string('x', shortest - 1), Fault.BadLength);
            if (schema.MaxLength is { } longest) yield return (new string('x', longest + 1), Fault.BadLength);
            if (schema.Pattern is { } pattern && !pattern.IsMatch("!")) yield return ("!", Fault.BadPattern);
            if (OfFormat(schema.Format) is { } fault) yield return ("not ~ that", fault);
        }
        if (schema.Types is JsonTypes.Array && given is JsonArray items)
        {
            if (schema.MinItems is > 0 and var fewest)
                yield return (new JsonArray([.. items.Take(fewest - 1).Select(i => i?.DeepClone())]), Fault.BadItems);
            if (schema.MaxItems is { } full && items.Count > 0)
                yield return (new JsonArray([.. Enumerable.Range(0, full + 1).Select(i => items[i % items.Count]?.DeepClone())]),
                    Fault.BadItems);
            if (schema.HasUniqueItems && items.Count > 0)
                yield return (new JsonArray(items[0]?.DeepClone(), items[0]?.DeepClone()), Fault.BadItems);
        }
    }

    private static JsonNode? OfAnotherType(JsonTypes types) =>
        !types.HasFlag(JsonTypes.Integer) && !types.HasFlag(JsonTypes.Number) ? JsonValue.Create(17)
        : !types.HasFlag(JsonTypes.Boolean) ? JsonValue.Create(true)
        : !types.HasFlag(JsonTypes.Object) ? new JsonObject()
        : null;

    private static Fault? OfFormat(StringFormat format) => format switch
    {
        StringFormat.Uuid => Fault.BadId,
        StringFormat.Uri => Fault.BadUrl,
        StringFormat.Email => Fault.BadEmail,
        StringFormat.E164 => Fault.BadNumber,
        StringFormat.DateTime or StringFormat.Date or StringFormat.Currency or StringFormat.Base64 or StringFormat.Decimal =>
            Fault.BadFormat,
        _ => null,
    };

    private static IEnumerable<string> Required(Schema schema) => schema.Required.Concat(schema.AllOf.SelectMany(Required));

    private static string PointerOf(string[] path) => Pointers.Of(path);

    private static JsonNode At(JsonNode root, string[] path)
    {
        // the path was read from this body
        foreach (string step in path) root = root is JsonArray array ? array[int.Parse(step)]! : root[step]!;
        return root;
    }
}
