using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Http;

/// <summary>
/// Counts wrong credentials, or other things that anybody may do, so that who does too much of it is stopped until the time is over.
/// </summary>
public sealed class BruteForceLimiter(TimeSpan window) : IBruteForceLimiter
{
    private readonly ConcurrentDictionary<string, (int Wrong, DateTimeOffset Until)> _guesses = new(StringComparer.Ordinal);

    /// <summary>For guesses: a minute.</summary>
    public BruteForceLimiter() : this(TimeSpan.FromMinutes(1)) { }

    /// <summary>
    /// Who shares an address, as far as we can tell: of IPv6 the network, for whoever has one address there has them all.
    /// </summary>
    public static string SourceOf(IPAddress? address)
    {
        if (address is null) return "";
        if (address.AddressFamily is not AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6) return address.ToString();
        byte[] bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return $"{new IPAddress(bytes)}/64";
    }

    public ValueTask<bool> IsShutAsync(string key, int most, DateTimeOffset now, CancellationToken stop) => new(IsShut(key, most, now));

    public ValueTask CountAsync(string key, DateTimeOffset now, CancellationToken stop)
    {
        Count(key, now);
        return default;
    }

    /// <summary>True when <paramref name="key"/> was counted <paramref name="most"/> times within the time.</summary>
    public bool IsShut(string key, int most, DateTimeOffset now) =>
        _guesses.TryGetValue(key, out var known) && known.Until > now && known.Wrong >= most;

    /// <summary>One more.</summary>
    public void Count(string key, DateTimeOffset now) => CountUp(key, now);

    /// <summary>One more of what counts each time; false when it is one too many, however many come at once.</summary>
    public bool TryCount(string key, int most, DateTimeOffset now) => CountUp(key, now) <= most;

    /// <summary>One that was counted ahead was none.</summary>
    public void Forgive(string key)
    {
        while (_guesses.TryGetValue(key, out var known) && known.Wrong > 0)
            if (_guesses.TryUpdate(key, known with { Wrong = known.Wrong - 1 }, known)) return;
    }

    private int CountUp(string key, DateTimeOffset now)
    {
        if (_guesses.Count >= Limits.RememberedKeys) Sweep(now);
        return _guesses.AddOrUpdate(key, _ => (1, now + window),
            (_, known) => known.Until > now ? known with { Wrong = known.Wrong + 1 } : (1, now + window)).Wrong;
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var (key, known) in _guesses)
            if (known.Until <= now) _guesses.TryRemove(key, out _);
        // So many at once are no mistakes; what is forgotten here is counted from anew.
        if (_guesses.Count >= Limits.RememberedKeys) _guesses.Clear();
    }
}
