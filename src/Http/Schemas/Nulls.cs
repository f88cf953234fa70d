using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>Where a null says nothing, it is taken out.</summary>
internal static class Nulls
{
    /// <summary>A null on an optional field that has no null counts as not given (clients that write unset members send it).</summary>
    public static void Drop(JsonObject body, Schema schema) =>
        DropWhere(body, schema, (_, _, property, value) => value is null && !property.AcceptsNull);

    /// <summary>
    /// What a resource has no value for is left out of an answer, unless the contract wants it there or says that it may be null.
    /// Numbers and truths are left out even then: clients with types read them into such as have no null.
    /// </summary>
    public static void DropUnset(JsonNode? reply, Schema schema)
    {
        if (reply is JsonObject body)
            DropWhere(body, schema, (owner, name, property, value) =>
                value is null && !owner.IsRequired(name) && !(property.ShowsNull && !IsValue(property)));
        else if (reply is JsonArray items && schema.FindItems() is { } item)
            foreach (var one in items) DropUnset(one, item);
    }

    /// <summary>Takes fields out of a body, and out of what stands in it.</summary>
    /// <param name="drops">Gets the schema of the owner, the field's name, its schema and its value.</param>
    internal static void DropWhere(JsonObject body, Schema schema, Func<Schema, string, Schema, JsonNode?, bool> drops)
    {
        foreach (var (name, value) in body.ToArray())
        {
            var property = schema.FindProperty(name);
            if (property is null) continue;
            if (drops(schema, name, property, value)) body.Remove(name);
            else if (value is JsonObject child) DropWhere(child, property, drops);
            else if (value is JsonArray items && property.FindItems() is { } itemSchema)
                foreach (var item in items)
                    if (item is JsonObject inner) DropWhere(inner, itemSchema, drops);
        }
    }

    private static bool IsValue(Schema property) =>
        property.Types is not JsonTypes.Any && (property.Types & ~(JsonTypes.Integer | JsonTypes.Number | JsonTypes.Boolean)) == 0;
}
