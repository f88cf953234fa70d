using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>Where a null says nothing, it is taken out.</summary>
internal static class Nulls
{
    /// <summary>A null on an optional field that has no null counts as not given (clients that write unset members send it).</summary>
    public static void Drop(JsonObject body, Schema schema) => Walk(body, schema, (_, _, property) => !property.AcceptsNull);

    /// <summary>
    /// What a resource has no value for is left out of an answer, unless the contract wants it there or says that it may be null.
    /// Numbers and truths are left out even then: clients with types read them into such as have no null.
    /// </summary>
    public static void DropUnset(JsonNode? reply, Schema schema)
    {
        if (reply is JsonObject body)
            Walk(body, schema, (owner, name, property) => !owner.IsRequired(name) && !(property.ShowsNull && !IsValue(property)));
        else if (reply is JsonArray items && schema.FindItems() is { } item)
            foreach (var one in items) DropUnset(one, item);
    }

    private static bool IsValue(Schema property) =>
        property.Types is not JsonTypes.Any && (property.Types & ~(JsonTypes.Integer | JsonTypes.Number | JsonTypes.Boolean)) == 0;

    private static void Walk(JsonObject body, Schema schema, Func<Schema, string, Schema, bool> drops)
    {
        foreach (var (name, value) in body.ToArray())
        {
            var property = schema.FindProperty(name);
            if (property is null) continue;
            if (value is null && drops(schema, name, property)) body.Remove(name);
            else if (value is JsonObject child) Walk(child, property, drops);
            else if (value is JsonArray items && property.FindItems() is { } itemSchema)
                foreach (var item in items)
                    if (item is JsonObject inner) Walk(inner, itemSchema, drops);
        }
    }
}
