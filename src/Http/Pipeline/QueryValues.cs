using Microsoft.AspNetCore.WebUtilities;

namespace Ringwright.Http;

/// <summary>
/// The query string, decoded, in order. Brackets may be raw or percent-encoded. A plus is a space, but for <see cref="UnencodedPlus"/>.
/// </summary>
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

    /// <summary>All values of name, name[] and name[0], in order; those of name=a,b are not split.</summary>
    public IEnumerable<string> All(string name) => Pairs.Where(p => IsOf(p.Key, name)).Select(p => p.Value);

    /// <summary>The same, and those of name=a,b one by one.</summary>
    public IEnumerable<string> List(string name) =>
        All(name).SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>It is name, name[] or name[0].</summary>
    public static bool IsOf(string key, string name) => key == name
        || (key.StartsWith(name, StringComparison.Ordinal) && key.AsSpan(name.Length) is ['[', .. var index, ']']
            && !index.ContainsAnyExceptInRange('0', '9'));

    public static QueryValues Parse(string? queryString)
    {
        if (string.IsNullOrEmpty(queryString) || queryString == "?") return Empty;
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(queryString))
            pairs.Add(new(pair.DecodeName().ToString(), UnencodedPlus.OfQuery(pair.EncodedValue.Span, pair.DecodeValue().Span)));
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

    /// <summary>The same, without what may be left out and has no value.</summary>
    internal QueryValues WithoutEmpty(Operation operation)
    {
        bool IsEmpty(KeyValuePair<string, string> pair) =>
            pair.Value.Length == 0 && operation.FindQuery(pair.Key) is { IsRequired: false };
        return Pairs.Any(IsEmpty) ? new([.. Pairs.Where(pair => !IsEmpty(pair))]) : this;
    }

    /// <summary>The same, where what the operation has as an id is written as things are found by it.</summary>
    internal QueryValues WithIds(Operation operation)
    {
        List<KeyValuePair<string, string>>? read = null;
        for (int i = 0; i < Pairs.Count; i++)
        {
            var (name, written) = Pairs[i];
            string id = FoldedIds.Of(written);
            if (id == written || operation.FindQuery(name)?.Schema.Format is not StringFormat.Uuid) continue;
            read ??= [.. Pairs];
            read[i] = new(name, id);
        }
        return read is null ? this : new(read);
    }
}
