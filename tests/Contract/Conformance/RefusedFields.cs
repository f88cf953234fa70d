using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance;

/// <summary>The parameters of a body that are refused (<c>parameters.tsv</c>): taken out of good requests, and put into bad ones.</summary>
internal static class RefusedFields
{
    public static void TakeFrom(Operation operation, JsonObject body)
    {
        foreach (var rule in operation.Refused)
            if (rule.In is ParameterPlace.Body) Take(body, rule.Steps, 0);
    }

    /// <summary>The whole body without all that is refused but for this one, which asks for something.</summary>
    public static JsonObject Asking(Operation operation, Schema schema, ParameterRule rule, JsonObject every)
    {
        var body = every.DeepClone().AsObject();
        TakeFrom(operation, body);
        Put(body, rule, 0, [schema]);
        return body;
    }

    /// <summary>A value that fits and is not what the contract has anyway.</summary>
    /// <param name="nothing">Another that asks for nothing.</param>
    public static JsonNode ValueFor(Schema? schema, JsonElement? nothing = null)
    {
        var standard = schema?.Default ?? schema?.AllOf.FirstOrDefault()?.Default;
        if (schema?.AllOf.Count == 1 && schema.Types is JsonTypes.Any) schema = schema.AllOf[0];
        if (schema is null || (schema.Types is JsonTypes.Any && !schema.HasProperties && schema.AnyOf.Count == 0 && schema.Texts is null))
            return "anything";
        if (schema.Texts is { } texts)
            return texts.Order(StringComparer.Ordinal).First(
                t => t != standard?.ToString() && t != nothing?.ToString() && t is not ("none" or "disabled" or ""));
        if (schema.Literals is { } literals)
            return JsonNode.Parse(literals.Order(StringComparer.Ordinal).First(l => l != standard?.ToJsonString()))!;
        if (schema.Types is JsonTypes.Boolean) return standard?.GetValueKind() is not JsonValueKind.True;
        if (schema.Types.HasFlag(JsonTypes.Integer) && schema.AnyOf.Count == 0)
            return (int)(schema.Minimum ?? 1)
                + (standard?.GetValueKind() is JsonValueKind.Number && (decimal)standard == (schema.Minimum ?? 1) ? 1 : 0);
        var sample = new SampleBodies(new(5)) { Size = SampleSize.All }.Make(schema);
        // Of an object that asks for nothing by what is false, each of that asks for something.
        if (sample is JsonObject fields && nothing is { ValueKind: JsonValueKind.Object } none)
            foreach (var member in none.EnumerateObject())
                if (member.Value.ValueKind is JsonValueKind.False) fields[member.Name] = true;
        return sample is { } made && made is not JsonArray { Count: 0 } ? made : "anything";
    }

    private static void Take(JsonNode? at, IReadOnlyList<string> steps, int depth)
    {
        if (at is JsonArray items)
            foreach (var item in items) Take(item, steps, depth);
        else if (at is JsonObject fields && depth == steps.Count - 1) fields.Remove(steps[depth]);
        else if (at is JsonObject parent) Take(parent[steps[depth]], steps, depth + 1);
    }

    private static void Put(JsonNode at, ParameterRule rule, int depth, IReadOnlyList<Schema> schemas)
    {
        var steps = rule.Steps;
        var inner = schemas.SelectMany(s => ParameterNames.Find(s, [steps[depth]])).ToList();
        if (at is JsonArray items)
        {
            if (items.Count == 0) items.Add(new JsonObject());
            Put(items[0]!, rule, depth, schemas);
        }
        else if (depth == steps.Count - 1) at[steps[depth]] = ValueFor(inner.FirstOrDefault(), rule.Default);
        else Put(at[steps[depth]] ??= new JsonObject(), rule, depth + 1, inner);
    }
}
