using System.Globalization;

namespace Ringwright.Http;

/// <summary>The rows of <c>rules.tsv</c>, by operation or family.</summary>
internal sealed class FieldRules
{
    private readonly Dictionary<string, Dictionary<string, FieldRule>> _byScope = new(StringComparer.Ordinal);

    public static FieldRules Read(string text)
    {
        var rules = new FieldRules();
        foreach (var row in Rows.Of(text, "scope", "field", "code", "minimum", "maximum", "min_length", "max_length", "base64", "alphabet", "also"))
        {
            var rule = new FieldRule
            {
                Field = row[1],
                Code = row[2] is "-" ? null : row[2],
                Minimum = Number(row[3]),
                Maximum = Number(row[4]),
                MinLength = (int?)Number(row[5]),
                MaxLength = (int?)Number(row[6]),
                IsBase64 = row[7] is "yes",
                Alphabet = row[8] is "-" ? null : row[8],
                Also = row[9] is "-" ? [] : row[9].Split(','),
            };
            foreach (var scope in row[0].Split('|'))
            {
                if (!rules._byScope.TryGetValue(scope, out var fields)) rules._byScope.Add(scope, fields = new(StringComparer.Ordinal));
                fields.Add(rule.Field, rule);
            }
        }

        return rules;
    }

    /// <summary>The rules of a family with those of the operation laid over them.</summary>
    public IReadOnlyDictionary<string, FieldRule> Of(string operation, string family)
    {
        var ofFamily = _byScope.GetValueOrDefault(family);
        var own = _byScope.GetValueOrDefault(operation);
        if (own is null) return ofFamily ?? FieldRule.None;
        if (ofFamily is null) return own;
        var both = new Dictionary<string, FieldRule>(ofFamily, StringComparer.Ordinal);
        foreach (var (field, rule) in own) both[field] = rule;
        return both;
    }

    private static decimal? Number(string cell) => cell is "-" ? null : decimal.Parse(cell, CultureInfo.InvariantCulture);
}
