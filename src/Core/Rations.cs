namespace Ringwright.Core;

/// <summary>A <see cref="Ration"/> for each of many. Those that have all of theirs again are forgotten.</summary>
public sealed class Rations<TKey>(int atOnce, int perSecond) where TKey : notnull
{
    private const int TidiedEvery = 1_024;

    private readonly Dictionary<TKey, Ration> _all = [];
    private int _tidyFrom = TidiedEvery;

    public int Count => _all.Count;

    /// <summary>False when it is one too many of that one.</summary>
    public bool TryTake(TKey key, Instant now)
    {
        if (!_all.TryGetValue(key, out var one))
        {
            if (_all.Count >= _tidyFrom) Tidy(now);
            _all[key] = one = new(atOnce, perSecond);
        }
        return one.TryTake(now);
    }

    /// <summary>What that one has taken costs so many more.</summary>
    public void Take(TKey key, int more, Instant now)
    {
        if (_all.TryGetValue(key, out var one)) one.Take(more, now);
    }

    private void Tidy(Instant now)
    {
        foreach (var (key, one) in _all)
            if (one.IsWhole(now)) _all.Remove(key);
        _tidyFrom = _all.Count + TidiedEvery;
    }
}
