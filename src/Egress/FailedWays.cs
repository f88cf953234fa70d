using System.Collections.Concurrent;

namespace Ringwright.Egress;

/// <summary>
/// Ways that have cost a request its time of late (ADR 147): addresses that took no connection, hosts that gave no answer. Until a while is
/// over, which grows with each further failure, they come after others and have little time; then one request has all its time to find out.
/// </summary>
/// <typeparam name="TWay">What tells one from another.</typeparam>
internal sealed class FailedWays<TWay>(TimeProvider time) where TWay : notnull
{
    private const int Most = 4_096, Doublings = 5;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30), Longest = TimeSpan.FromMinutes(10), Trial = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<TWay, Failure> _known = new();

    /// <summary>It has failed, and nothing good was heard of it since.</summary>
    public bool IsIll(TWay way) => _known.ContainsKey(way);

    /// <summary>True for one that is well, and for one request to one whose while is over.</summary>
    public bool MayTakeItsTime(TWay way)
    {
        if (!_known.TryGetValue(way, out var failure)) return true;
        return time.GetElapsedTime(failure.At) >= failure.While
            && _known.TryUpdate(way, failure with { At = time.GetTimestamp(), While = Trial }, failure);
    }

    public void Fail(TWay way)
    {
        if (_known.Count >= Most) _known.Clear();
        int count = _known.TryGetValue(way, out var before) ? before.Count : 0;
        // Of several that were under way at one time the first counts.
        if (before is { IsTrial: false } && time.GetElapsedTime(before.At) < before.While) return;
        var span = First * (1 << Math.Min(count, Doublings));
        _known[way] = new(count + 1, time.GetTimestamp(), span < Longest ? span : Longest);
    }

    public void Forget(TWay way) => _known.TryRemove(way, out _);

    /// <param name="At">Timestamp of when the while began.</param>
    private sealed record Failure(int Count, long At, TimeSpan While)
    {
        public bool IsTrial => While == Trial;
    }
}
