using Microsoft.AspNetCore.WebUtilities;

namespace Ringwright.Http;

/// <summary>
/// The query string, decoded, in order. Brackets may be raw or percent-encoded. A number in +E.164 format keeps its plus, which many do not
/// encode: elsewhere a plus is a space.
/// </summary>
public sealed class QueryValues
{
    public static readonly QueryValues Empty = new([]);

    private const int ShortestNumber = 4, LongestNumber = 16;

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

    /// <summary>All values of name, name[] and name[0], in order; those of name=a,b are not split.</summary>
    public IEnumerable<string> All(string name) => Pairs.Where(p => p.Key == name || IsItemOf(p.Key, name)).Select(p => p.Value);

    /// <summary>The same, and those of name=a,b one by one.</summary>
    public IEnumerable<string> List(string name) =>
        All(name).SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static bool IsItemOf(string key, string name) =>
        key.StartsWith(name, StringComparison.Ordinal) && key.AsSpan(name.Length) is ['[', .. var index, ']']
        && !index.ContainsAnyExceptInRange('0', '9');

    public static QueryValues Parse(string? queryString)
    {
        if (string.IsNullOrEmpty(queryString) || queryString == "?") return Empty;
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(queryString))
        {
            var value = IsNumbers(pair.EncodedValue.Span) ? pair.EncodedValue : pair.DecodeValue();
            pairs.Add(new(pair.DecodeName().ToString(), value.ToString()));
        }
        return new(pairs);
    }

    /// <summary>The same, where what the operation has as true or false alone is written as it is in JSON.</summary>
    internal QueryValues WithTruths(Operation operation)
    {
        List<KeyValuePair<string, string>>? read = null;
        for (int i = 0; i < Pairs.Count; i++)
        {
            var (name, written) = Pairs[i];
            string truth = WrittenValue.Truth(written);
            if (truth == written || operation.FindQuery(name)?.Schema.Types is not JsonTypes.Boolean) continue;
            read ??= [.. Pairs];
            read[i] = new(name, truth);
        }
        return read is null ? this : new(read);
    }

    /// <summary>One number, or several with commas between them.</summary>
    private static bool IsNumbers(ReadOnlySpan<char> encoded)
    {
        foreach (var part in encoded.Split(','))
            if (!IsNumber(encoded[part])) return false;
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> encoded) => encoded is ['+', >= '1' and <= '9', ..]
        && encoded.Length is >= ShortestNumber and <= LongestNumber && !encoded[1..].ContainsAnyExceptInRange('0', '9');
}
