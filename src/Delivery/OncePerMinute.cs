namespace Ringwright.Delivery;

/// <summary>
/// Lets one line a minute through for each key: the first at once, then, at the end of each minute that
/// had more, one for all of them. Thread-safe.
/// </summary>
internal sealed class OncePerMinute(TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    /// <summary>What is beyond shares one key: keys come from customers.</summary>
    internal const int MostKeys = 200;
    private const string Others = "others";

    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);

    /// <param name="line">Writes the line; it is given how many it stands for. Of those that wait only the last is kept.</param>
    public void Say(string key, Action<int> line)
    {
        lock (_held)
        {
            if (!_held.ContainsKey(key) && _held.Count >= MostKeys) key = Others;
            if (_held.TryGetValue(key, out var held))
            {
                _held[key] = held with { Count = held.Count + 1, Line = line };
                return;
            }
            _held.Add(key, new(time.GetTimestamp(), 0, line));
        }
        line(1);
    }

    /// <summary>Writes what waited for a minute. To be called a few times a minute.</summary>
    /// <param name="isLast">Writes all that waits.</param>
    public void Tell(bool isLast = false)
    {
        var due = new List<Held>();
        lock (_held)
        {
            foreach (var (key, held) in _held.ToArray())
            {
                if (!isLast && time.GetElapsedTime(held.Since) < Minute) continue;
                if (held.Count == 0)
                {
                    _held.Remove(key);
                    continue;
                }
                due.Add(held);
                _held[key] = new(time.GetTimestamp(), 0, held.Line);
            }
        }
        foreach (var held in due) held.Line(held.Count);
    }

    private readonly record struct Held(long Since, int Count, Action<int> Line);
}
