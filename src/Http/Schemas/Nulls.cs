using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>A null on an optional field that has no null counts as not given (clients that write unset members send it).</summary>
internal static class Nulls
{
    public static void Drop(JsonObject body, Schema schema)
    {
        foreach (var (name, value) in body.ToArray())
        {
            var property = schema.FindProperty(name);
            if (value is null && property is { AcceptsNull: false }) body.Remove(name);
            else if (value is JsonObject child && property is not null) Drop(child, property);
            else if (value is JsonArray items && property?.Items is { } itemSchema)
                foreach (var item in items)
                    if (item is JsonObject inner) Drop(inner, itemSchema);
        }
    }
}
