using System.Collections.Concurrent;
using System.Net;

namespace Ringwright.Egress;

/// <summary>
/// Addresses that took no connection of late (ADR 147). Until a while is over, which grows with each further failure, they come after the
/// others of their host, and have little time to accept; then one connection has all its time to find out.
/// </summary>
internal sealed class FailedAddresses(TimeProvider time)
{
    private const int Most = 4_096, Doublings = 5;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30), Longest = TimeSpan.FromMinutes(10), Trial = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<IPEndPoint, Failure> _known = new();

    /// <summary>It has failed, and took no connection since.</summary>
    public bool IsIll(IPEndPoint address) => _known.ContainsKey(address);

    /// <summary>True for one that is well, and for one connection to one whose while is over.</summary>
    public bool MayTakeItsTime(IPEndPoint address)
    {
        if (!_known.TryGetValue(address, out var failure)) return true;
        return time.GetElapsedTime(failure.At) >= failure.While
            && _known.TryUpdate(address, failure with { At = time.GetTimestamp(), While = Trial }, failure);
    }

    public void Fail(IPEndPoint address)
    {
        if (_known.Count >= Most) _known.Clear();
        int count = _known.TryGetValue(address, out var before) ? before.Count : 0;
        // Of several that were under way at one time the first counts.
        if (before is { IsTrial: false } && time.GetElapsedTime(before.At) < before.While) return;
        var span = First * (1 << Math.Min(count, Doublings));
        _known[address] = new(count + 1, time.GetTimestamp(), span < Longest ? span : Longest);
    }

    public void Forget(IPEndPoint address) => _known.TryRemove(address, out _);

    /// <summary>Those that failed last; else as they were given.</summary>
    public IPAddress[] InOrder(IPAddress[] addresses, int port) => addresses.Length < 2 || _known.IsEmpty ? addresses
        : [.. addresses.OrderBy(address => IsIll(new(address, port)))];

    /// <param name="At">Timestamp of when the while began.</param>
    private sealed record Failure(int Count, long At, TimeSpan While)
    {
        public bool IsTrial => While == Trial;
    }
}
