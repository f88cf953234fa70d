using Microsoft.AspNetCore.WebUtilities;

namespace Ringwright.Http;

/// <summary>The query string, decoded, in order. Brackets may be raw or percent-encoded.</summary>
public sealed class QueryValues
{
    public static readonly QueryValues Empty = new([]);

    private QueryValues(IReadOnlyList<KeyValuePair<string, string>> pairs) => Pairs = pairs;

    public IReadOnlyList<KeyValuePair<string, string>> Pairs { get; }

    /// <summary>The last value of <paramref name="name"/>, or null.</summary>
    public string? this[string name]
    {
        get
        {
            for (int i = Pairs.Count - 1; i >= 0; i--)
                if (string.Equals(Pairs[i].Key, name, StringComparison.Ordinal)) return Pairs[i].Value;
            return null;
        }
    }

    /// <summary>All values of name, name[] and name=a,b are not split.</summary>
    public IEnumerable<string> All(string name) =>
        Pairs.Where(p => p.Key == name || (p.Key.Length == name.Length + 2 && p.Key.StartsWith(name, StringComparison.Ordinal) && p.Key.EndsWith("[]", StringComparison.Ordinal)))
            .Select(p => p.Value);

    public static QueryValues Parse(string? queryString)
    {
        if (string.IsNullOrEmpty(queryString) || queryString == "?") return Empty;
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(queryString))
            pairs.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return new(pairs);
    }
}
