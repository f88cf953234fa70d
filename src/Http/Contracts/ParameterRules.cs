namespace Ringwright.Http;

/// <summary>
/// The rows of <c>parameters.tsv</c>: operation, parameter, where (body, query, header), effect,
/// reason (- for none), known_to (contract, or sdk).
/// </summary>
internal sealed class ParameterRules
{
    private readonly Dictionary<string, List<ParameterRule>> _byOperation = new(StringComparer.Ordinal);

    public static ParameterRules Read(string text)
    {
        var rules = new ParameterRules();
        foreach (var row in Rows.Of(text, "operation", "parameter", "where", "effect", "reason", "known_to"))
        {
            if (!rules._byOperation.TryGetValue(row[0], out var list)) rules._byOperation.Add(row[0], list = []);
            list.Add(new(row[1], Enum.Parse<ParameterPlace>(row[2], ignoreCase: true),
                Enum.Parse<ParameterEffect>(row[3], ignoreCase: true), row[4] is "-" ? "" : row[4],
                row[5] switch
                {
                    "contract" => true,
                    "sdk" => false,
                    _ => throw new FormatException($"Nobody called '{row[5]}' knows parameters.")
                }));
        }

        return rules;
    }

    /// <summary>Operations that rows name.</summary>
    public IEnumerable<string> Operations => _byOperation.Keys;

    /// <exception cref="FormatException">A row says something that cannot be.</exception>
    public IReadOnlyList<ParameterRule> Of(Operation operation)
    {
        if (!_byOperation.TryGetValue(operation.Id, out var rules)) return [];
        var known = ParameterNames.Of(operation).ToHashSet();
        var seen = new HashSet<(ParameterPlace, string)>();
        var refused = rules.Where(r => r.Effect is ParameterEffect.Refused).ToList();
        foreach (var rule in rules)
        {
            string? fault = !seen.Add((rule.In, rule.Name)) ? "has two rows"
                : rule.IsOfContract && !known.Contains((rule.In, rule.Name)) ? "is no parameter of the contract"
                : !rule.IsOfContract && known.Contains((rule.In, rule.Name)) ? "is a parameter of the contract"
                : !rule.IsOfContract && rule.Effect is ParameterEffect.Stored ? "has no schema: no reply shows it"
                : rule.Effect is not ParameterEffect.Acts && rule.Reason.Length == 0 ? "needs a reason"
                : refused.Any(r => r.In == rule.In && rule.Name.StartsWith(r.Name + "/", StringComparison.Ordinal))
                ? "is inside of one that is refused whole"
                : null;
            if (fault is not null) throw new FormatException($"The parameter '{rule.Name}' of {operation.Id} {fault}.");
        }

        return rules;
    }
}
