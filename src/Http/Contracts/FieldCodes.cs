using System.Collections.Frozen;

namespace Ringwright.Http;

/// <summary>The rows of <c>fields.tsv</c>: the error code that a field has of its own, by operation or family.</summary>
internal sealed class FieldCodes
{
    private readonly Dictionary<string, Dictionary<string, string>> _byScope = new(StringComparer.Ordinal);

    public static FieldCodes Read(string text)
    {
        var codes = new FieldCodes();
        foreach (var row in Rows.Of(text, "scope", "field", "code"))
            foreach (var scope in row[0].Split('|'))
            {
                if (!codes._byScope.TryGetValue(scope, out var fields)) codes._byScope.Add(scope, fields = new(StringComparer.Ordinal));
                fields.Add(row[1], row[2]);
            }

        return codes;
    }

    /// <summary>The codes of a family with those of the operation laid over them.</summary>
    public IReadOnlyDictionary<string, string> Of(string operation, string family)
    {
        var ofFamily = _byScope.GetValueOrDefault(family);
        var own = _byScope.GetValueOrDefault(operation);
        if (ofFamily is null || own is null)
            return own ?? ofFamily ?? (IReadOnlyDictionary<string, string>)FrozenDictionary<string, string>.Empty;
        var both = new Dictionary<string, string>(ofFamily, StringComparer.Ordinal);
        foreach (var (field, code) in own) both[field] = code;
        return both;
    }
}
