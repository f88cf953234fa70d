namespace Ringwright.Http;

/// <summary>The names of all parameters of an operation, as <see cref="ParameterRule"/> writes them.</summary>
public static class ParameterNames
{
    /// <summary>
    /// Those of the body, the query and the headers. What is read-only in a body is no parameter:
    /// it is accepted because clients send back what they got.
    /// </summary>
    public static IEnumerable<(ParameterPlace In, string Name)> Of(Operation operation)
    {
        foreach (var parameter in operation.Parameters)
        {
            if (parameter.In is ParameterPlace.Path) continue;
            var inner = parameter.IsDeep ? Fields(parameter.Schema).Select(f => f.Key).Distinct(StringComparer.Ordinal).ToList() : [];
            if (inner.Count == 0) yield return (parameter.In, parameter.Name);
            foreach (string name in inner) yield return (parameter.In, $"{parameter.Name}[{name}]");
        }

        foreach (string name in (operation.Body?.Content ?? []).SelectMany(c => Inside([c.Schema], "", []))
            .Distinct(StringComparer.Ordinal)) yield return (ParameterPlace.Body, name);
    }

    /// <summary>What is known of the parameter at these steps; several where alternatives have it.</summary>
    public static IReadOnlyList<Schema> Find(Schema root, IReadOnlyList<string> steps)
    {
        IReadOnlyList<Schema> at = [root];
        foreach (string step in steps) at = [.. at.SelectMany(Fields).Where(f => f.Key == step).Select(f => f.Value)];
        return at;
    }

    private static IEnumerable<string> Inside(IEnumerable<Schema> schemas, string prefix, IReadOnlyList<Schema> above)
    {
        // A schema that refers to itself goes on for ever.
        foreach (var field in schemas.Where(s => !above.Contains(s)).SelectMany(s => Fields(s).Select(f => (f.Key, f.Value, Owner: s)))
            .GroupBy(f => f.Key, StringComparer.Ordinal))
        {
            if (field.Any(f => f.Value.IsReadOnly)) continue;
            yield return prefix + field.Key;
            foreach (string inner in Inside(field.Select(f => f.Value), $"{prefix}{field.Key}/", [.. above, .. field.Select(f => f.Owner)]))
                yield return inner;
        }
    }

    /// <summary>The fields of an object, of each of its alternatives, or of the items of a list.</summary>
    private static IEnumerable<KeyValuePair<string, Schema>> Fields(Schema schema) =>
        schema.Properties.Concat(schema.AllOf.SelectMany(Fields)).Concat(schema.AnyOf.SelectMany(Fields))
            .Concat(schema.Items is { } items ? Fields(items) : []);
}
