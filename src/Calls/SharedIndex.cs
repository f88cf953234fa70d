using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Ringwright.Calls;

/// <summary>
/// A dictionary that never changes. <see cref="With"/> makes another one, which shares with this one what is the same in both:
/// a large base, beside which the few changes since stand. When they are no longer few, they become part of a new base.
/// </summary>
internal sealed class SharedIndex<TKey, TValue> : IReadOnlyCollection<TValue> where TKey : notnull where TValue : class
{
    /// <summary>The changes are copied with each further one, the base once in so many.</summary>
    private const int LeastChanges = 64, ChangesPerBase = 64;

    private readonly Dictionary<TKey, TValue> _base;
    /// <summary>Null for what is in the base and no longer there.</summary>
    private readonly Dictionary<TKey, TValue?> _changed;

    /// <exception cref="ArgumentException">Two have the same key.</exception>
    public SharedIndex(IEnumerable<TValue> values, Func<TValue, TKey> keyOf, IEqualityComparer<TKey>? comparer = null)
        : this(values.ToDictionary(keyOf, comparer))
    {
    }

    /// <param name="values">From now on nobody's but the index's.</param>
    public SharedIndex(Dictionary<TKey, TValue> values) : this(values, new(values.Comparer), values.Count)
    {
    }

    private SharedIndex(Dictionary<TKey, TValue> values, Dictionary<TKey, TValue?> changed, int count) =>
        (_base, _changed, Count) = (values, changed, count);

    public int Count { get; }

    public IEnumerable<TKey> Keys =>
        _base.Keys.Where(key => !_changed.ContainsKey(key)).Concat(_changed.Where(c => c.Value is not null).Select(c => c.Key));

    public TValue? Find(TKey key) =>
        _changed.Count > 0 && _changed.TryGetValue(key, out var changed) ? changed : _base.GetValueOrDefault(key);

    public bool TryFind(TKey key, [NotNullWhen(true)] out TValue? value) => (value = Find(key)) is not null;

    /// <param name="changes">Null for what is to be no longer there.</param>
    public SharedIndex<TKey, TValue> With(IReadOnlyCollection<KeyValuePair<TKey, TValue?>> changes)
    {
        if (changes.Count == 0) return this;
        var changed = new Dictionary<TKey, TValue?>(_changed, _changed.Comparer);
        int count = Count;
        foreach (var (key, value) in changes)
        {
            bool isInBase = _base.ContainsKey(key), wasThere = changed.TryGetValue(key, out var known) ? known is not null : isInBase;
            count += (value is null ? 0 : 1) - (wasThere ? 1 : 0);
            if (value is null && !isInBase) changed.Remove(key);
            else changed[key] = value;
        }
        return changed.Count > Math.Max(LeastChanges, _base.Count / ChangesPerBase) ? new(Join(changed)) : new(_base, changed, count);
    }

    public IEnumerator<TValue> GetEnumerator()
    {
        foreach (var (key, value) in _base)
            if (!_changed.ContainsKey(key)) yield return value;
        foreach (var value in _changed.Values)
            if (value is not null) yield return value;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dictionary<TKey, TValue> Join(Dictionary<TKey, TValue?> changed)
    {
        var all = new Dictionary<TKey, TValue>(_base, _base.Comparer);
        foreach (var (key, value) in changed)
        {
            if (value is null) all.Remove(key);
            else all[key] = value;
        }
        return all;
    }
}
