using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ringwright.Http;

/// <summary>
/// A map that stays small: when it is full, what was not used for longest goes, half of it at a time.
/// What is in use stays, however much comes in.
/// </summary>
/// <param name="most">Entries, both halves together.</param>
public sealed class RecentMap<TKey, TValue>(int most) where TKey : notnull
{
    private readonly Lock _turn = new();
    private ConcurrentDictionary<TKey, TValue> _young = new(), _old = new();
    private int _added;

    public int Count => _young.Count + _old.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value)) return true;
        if (!_old.TryGetValue(key, out value)) return false;
        Set(key, value);
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        lock (_turn)
        {
            if (_young.ContainsKey(key))
            {
                _young[key] = value;
                return;
            }
            if (_added >= most / 2) (_old, _young, _added) = (_young, new(), 0);
            _young[key] = value;
            _old.TryRemove(key, out _);
            _added++;
        }
    }

    public void Remove(TKey key)
    {
        lock (_turn)
        {
            if (_young.TryRemove(key, out _)) _added--;
            _old.TryRemove(key, out _);
        }
    }
}
