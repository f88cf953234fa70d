using System.Collections.Concurrent;

namespace Ringwright.Http;

/// <summary>Counts wrong credentials, so that who guesses is stopped for the rest of a minute. Who is right is never counted.</summary>
public sealed class GuessBrake
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (int Wrong, DateTimeOffset Until)> _guesses = new(StringComparer.Ordinal);

    /// <summary>True when <paramref name="key"/> was wrong <paramref name="most"/> times within a minute.</summary>
    public bool IsShut(string key, int most, DateTimeOffset now) => _guesses.TryGetValue(key, out var known) && known.Until > now && known.Wrong >= most;

    /// <summary>One more was wrong.</summary>
    public void Count(string key, DateTimeOffset now)
    {
        if (_guesses.Count >= Limits.RememberedKeys) Sweep(now);
        _guesses.AddOrUpdate(key, _ => (1, now + Window), (_, known) => known.Until > now ? known with { Wrong = known.Wrong + 1 } : (1, now + Window));
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var (key, known) in _guesses)
            if (known.Until <= now) _guesses.TryRemove(key, out _);
        // So many at once are no mistakes; what is forgotten here is counted from anew.
        if (_guesses.Count >= Limits.RememberedKeys) _guesses.Clear();
    }
}
