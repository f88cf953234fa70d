namespace Ringwright.Net;

/// <summary>
/// The newest rows of each of those that came last: whoever floods takes nobody else's place. Not safe from several threads by itself.
/// </summary>
/// <param name="mostKeys">With one more, whose last row is the oldest is forgotten.</param>
/// <param name="at">When a row happened.</param>
internal sealed class RecentRows<TKey, TRow>(int mostKeys, int mostOfKey, Func<TRow, DateTimeOffset> at)
    where TKey : notnull where TRow : class
{
    /// <summary>Of each the one that came last at the end.</summary>
    private readonly Dictionary<TKey, List<TRow>> _byKey = [];

    public bool Has(TKey key) => _byKey.ContainsKey(key);

    /// <summary>The newest first.</summary>
    public IReadOnlyList<TRow> List() => [.. _byKey.Values.SelectMany(rows => rows).OrderByDescending(at)];

    /// <param name="isSame">Whether a row is of the same thing: then the new one takes its place.</param>
    /// <param name="make">The new row, of that one; null when there is none.</param>
    public void Put(TKey key, Predicate<TRow> isSame, Func<TRow?, TRow> make)
    {
        if (!_byKey.TryGetValue(key, out var rows))
        {
            if (_byKey.Count >= mostKeys) _byKey.Remove(_byKey.MinBy(known => at(known.Value[^1])).Key);
            _byKey[key] = rows = [];
        }
        int index = rows.FindIndex(isSame);
        var before = index < 0 ? null : rows[index];
        if (before is not null) rows.RemoveAt(index);
        else if (rows.Count >= mostOfKey) rows.RemoveAt(0);
        rows.Add(make(before));
    }
}
