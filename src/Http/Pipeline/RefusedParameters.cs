using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Tells who asks for something by a parameter that is refused (<c>parameters.tsv</c>) that it is not to be had.
/// A value that asks for nothing passes: null, false, an empty text, list or object, one that says of itself that it is not enabled,
/// "disabled", "none", the default, which the contract has or <c>defaults.tsv</c>, and what that says is so anyway; clients send these
/// without being asked.
/// </summary>
internal static class RefusedParameters
{
    public static IReadOnlyList<Problem> Of(OperationContext op)
    {
        var problems = new List<Problem>();
        foreach (var rule in op.Operation.Refused)
        {
            if (problems.Count >= Limits.Violations) break;
            if (rule.In is ParameterPlace.Body) Visit(op, rule, op.Body, 0, "", problems);
            else if (rule.In is ParameterPlace.Header ? !string.IsNullOrEmpty(op.Header(rule.Name)) : IsInQuery(op, rule.Name))
                problems.Add(ProblemOf(op, rule) with { Parameter = rule.Name });
        }

        return problems;
    }

    private static void Visit(OperationContext op, ParameterRule rule, JsonElement at, int depth, string pointer, List<Problem> problems)
    {
        if (problems.Count >= Limits.Violations) return;
        if (at.ValueKind is JsonValueKind.Array && depth < rule.Steps.Count)
        {
            int index = 0;
            foreach (var item in at.EnumerateArray()) Visit(op, rule, item, depth, $"{pointer}/{index++}", problems);
        }
        else if (depth < rule.Steps.Count)
        {
            string step = rule.Steps[depth];
            if (at.ValueKind is JsonValueKind.Object && at.TryGetProperty(step, out var inner))
                Visit(op, rule, inner, depth + 1, $"{pointer}/{Pointers.Escape(step)}", problems);
        }
        else if (IsAskedFor(at, DefaultOf(op, rule)) && !(rule.Default is { } standard && Says(at, standard)))
        {
            problems.Add(ProblemOf(op, rule) with { Pointer = pointer });
        }
    }

    /// <param name="standard">The contract's default; null where it has none.</param>
    internal static bool IsAskedFor(JsonElement value, JsonNode? standard) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => false,
        _ when standard is not null
            && JsonElement.DeepEquals(value, JsonSerializer.SerializeToElement(standard, PlainJsonNodes.Default.JsonNode)) => false,
        JsonValueKind.False => standard?.GetValueKind() is JsonValueKind.True,
        JsonValueKind.String => value.GetString() is not ("" or "disabled" or "none"),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => !(value.TryGetProperty("enabled", out var enabled) && enabled.ValueKind is JsonValueKind.False)
            && value.EnumerateObject().Any(member => member.Value.ValueKind is not JsonValueKind.Null),
        _ => true,
    };

    /// <summary>Whether it is this value; an object may say more beside, which alone asks for nothing ("silence" has a volume).</summary>
    private static bool Says(JsonElement value, JsonElement standard) =>
        value.ValueKind is JsonValueKind.Object && standard.ValueKind is JsonValueKind.Object
            ? standard.EnumerateObject().All(member =>
                value.TryGetProperty(member.Name, out var said) && JsonElement.DeepEquals(said, member.Value))
            : JsonElement.DeepEquals(value, standard);

    private static JsonNode? DefaultOf(OperationContext op, ParameterRule rule) => op.BodySchema is not { } schema ? null
        : ParameterNames.Find(schema, rule.Steps)
            .Select(s => s.Default ?? s.AllOf.Select(a => a.Default).FirstOrDefault(d => d is not null)).FirstOrDefault(d => d is not null);

    /// <summary>What has a row of its own is told by that alone, and not by the row of what it is in as well.</summary>
    private static bool IsInQuery(OperationContext op, string name) =>
        op.Query.Pairs.Any(p => IsWithin(p.Key, name)
            && p.Value is not ("" or "false") && p.Value != op.Operation.FindQuery(name)?.Schema.Default?.ToString()
            && !op.Operation.Refused.Any(other => other.Name.Length > name.Length && IsWithin(p.Key, other.Name)));

    private static bool IsWithin(string key, string name) =>
        key == name || key.StartsWith(name, StringComparison.Ordinal) && key[name.Length] == '[';

    /// <summary>The number of what is not built opens the sentence, so that programs need not read on.</summary>
    private static Problem ProblemOf(OperationContext op, ParameterRule rule) =>
        op.Dialect.Errors.Problem(Fault.BadParameter,
            $"{op.Dialect.Errors.CodeOf(Fault.NotImplemented)}: {rule.Name.Replace('/', '.')} is refused here: {rule.Reason}.");
}
