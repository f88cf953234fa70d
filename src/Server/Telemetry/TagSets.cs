using System.Diagnostics.CodeAnalysis;

namespace Ringwright.Server.Telemetry;

/// <summary>Compares tag sets by names and values in their order, and finds one by tags that nobody has kept.</summary>
internal sealed class TagSets : IEqualityComparer<KeyValuePair<string, object?>[]>,
    IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
{
    public static readonly TagSets Comparer = new();

    public bool Equals(KeyValuePair<string, object?>[]? one, KeyValuePair<string, object?>[]? other) => Equals(one.AsSpan(), other ?? []);

    public int GetHashCode([DisallowNull] KeyValuePair<string, object?>[] tags) => GetHashCode(tags.AsSpan());

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> tags, KeyValuePair<string, object?>[] kept)
    {
        if (tags.Length != kept.Length) return false;
        for (int i = 0; i < kept.Length; i++)
            if (!string.Equals(tags[i].Key, kept[i].Key, StringComparison.Ordinal) || !Equals(tags[i].Value, kept[i].Value)) return false;
        return true;
    }

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // The names are much the same from one measurement to the next.
        var hash = new HashCode();
        foreach (var (_, value) in tags) hash.Add(value);
        return hash.ToHashCode();
    }

    public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.ToArray();
}
