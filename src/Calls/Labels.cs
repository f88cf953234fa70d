using System.Collections.Immutable;
using System.Text;

namespace Ringwright.Calls;

/// <summary>
/// An opaque map on a leg that only dialects read (for example <c>telnyx.client_state</c>).
/// At most <see cref="MaxBytes"/> of UTF-8, keys and values together.
/// </summary>
public sealed class Labels
{
    public const int MaxBytes = 8 * 1024;
    /// <summary>Names the billing group of the call, where it says one itself.</summary>
    public const string BillingGroup = "billing_group";
    public static readonly Labels Empty = new(ImmutableSortedDictionary<string, string>.Empty);

    private Labels(ImmutableSortedDictionary<string, string> values) => Values = values;

    public ImmutableSortedDictionary<string, string> Values { get; }

    public string? this[string key] => Values.GetValueOrDefault(key);

    public static Labels Of(params ReadOnlySpan<(string Key, string? Value)> pairs)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
            if (value is not null) builder[key] = value;
        return builder.Count == 0 ? Empty : new(builder.ToImmutable());
    }

    public static Labels From(IEnumerable<KeyValuePair<string, string>> pairs) =>
        new(ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, pairs));

    /// <summary>These labels with those of <paramref name="patch"/> laid over them.</summary>
    public Labels With(Labels? patch) => patch is null || patch.Values.Count == 0 ? this : new(Values.SetItems(patch.Values));

    /// <summary>UTF-8 bytes of all keys and values.</summary>
    public int Size()
    {
        int bytes = 0;
        foreach (var (key, value) in Values)
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        return bytes;
    }
}
