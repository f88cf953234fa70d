using System.Text.Json;

namespace Ringwright.Http;

/// <summary>
/// The rows of <c>parameters.tsv</c>: operation, parameter, where (body, query, header), effect,
/// reason (- for none), known_to (contract, or sdk). Beside them the rows of <c>defaults.tsv</c>: parameter, value, known_from.
/// </summary>
internal sealed class ParameterRules
{
    private readonly Dictionary<string, List<ParameterRule>> _byOperation = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">A default is of no parameter that needs one.</exception>
    public static ParameterRules Read(string text, string defaults)
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

        foreach (var row in Rows.Of(defaults, "parameter", "value", "known_from")) rules.Assume(row[0], JsonElement.Parse(row[1]));
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

    /// <summary>Parameters that act have the defaults of their handlers; those of the contract have that of their schema too.</summary>
    private void Assume(string name, JsonElement value)
    {
        bool isNeeded = false;
        foreach (var rules in _byOperation.Values)
        {
            for (int i = 0; i < rules.Count; i++)
            {
                var rule = rules[i];
                if (rule is not { In: ParameterPlace.Body, Effect: ParameterEffect.Refused }
                    || !(rule.Name == name || rule.Name.EndsWith("/" + name, StringComparison.Ordinal))) continue;
                rules[i] = rule with { Default = value };
                isNeeded = true;
            }
        }

        if (!isNeeded) throw new FormatException($"'{name}' has a default and is no parameter that is refused.");
    }
}
