namespace Ringwright.Http;

/// <summary>One page of a list in a stable order, cut at the keys that the request names (page[after], page[before], page[limit]).</summary>
public sealed class CursorPage<T>
{
    private CursorPage(IReadOnlyList<T> items, int total, string? after, string? before, bool hasNext, bool hasPrevious) =>
        (Items, Total, After, Before, HasNext, HasPrevious) = (items, total, after, before, hasNext, hasPrevious);

    public IReadOnlyList<T> Items { get; }
    public int Total { get; }
    /// <summary>Key of the last item; null on an empty page.</summary>
    public string? After { get; }
    /// <summary>Key of the first item; null on an empty page.</summary>
    public string? Before { get; }
    public bool HasNext { get; }
    public bool HasPrevious { get; }

    /// <param name="all">The whole list, ordered by <paramref name="keyOf"/> (ordinal, rising).</param>
    public static CursorPage<T> Cut(IReadOnlyList<T> all, Func<T, string> keyOf, ListRequest list)
    {
        int limit = list.Limit ?? list.Size;
        int from, to;
        if (list.Before is { } before)
        {
            to = Count(item => string.CompareOrdinal(keyOf(item), before) < 0);
            from = Math.Max(0, to - limit);
        }
        else
        {
            from = list.After is { } after ? Count(item => string.CompareOrdinal(keyOf(item), after) <= 0)
                : list.IsByCursor ? 0 : Math.Min(list.Offset, all.Count);
            to = Math.Min(all.Count, from + limit);
        }

        var items = new List<T>(to - from);
        for (int i = from; i < to; i++) items.Add(all[i]);
        return new(items, all.Count, items.Count > 0 ? keyOf(items[^1]) : null, items.Count > 0 ? keyOf(items[0]) : null, to < all.Count, from > 0);

        int Count(Func<T, bool> isBefore)
        {
            int count = 0;
            while (count < all.Count && isBefore(all[count])) count++;
            return count;
        }
    }
}
