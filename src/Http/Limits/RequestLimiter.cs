using System.Collections.Concurrent;

namespace Ringwright.Http;

/// <summary>
/// A token bucket per key: <paramref name="perSecond"/> requests at once, refilled at the same rate. The bucket is one number, the time at which
/// it will be full again (the generic cell rate algorithm).
/// </summary>
public sealed class RequestLimiter(int perSecond, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly long _step = Math.Max(1, time.TimestampFrequency / Math.Max(1, perSecond));

    public int PerSecond => perSecond;

    /// <summary>Takes one request from the bucket of <paramref name="key"/>.</summary>
    public Allowance Take(string key)
    {
        long now = time.GetTimestamp();
        if (_buckets.Count > Limits.RememberedKeys) Sweep(now);
        var bucket = _buckets.GetOrAdd(key, static _ => new());
        lock (bucket)
        {
            long full = Math.Max(bucket.FullAt, now);
            long room = _step * perSecond - (full - now);
            bool isAllowed = room >= _step;
            if (isAllowed) bucket.FullAt = full += _step;
            long wait = full - now;
            return new(isAllowed, perSecond,
                Remaining: (int)Math.Max(0, (_step * perSecond - wait) / _step),
                ResetSeconds: Seconds(wait),
                RetryAfterSeconds: isAllowed ? 0 : Seconds(_step - room));
        }
    }

    private int Seconds(long ticks) => (int)Math.Max(1, (ticks + time.TimestampFrequency - 1) / time.TimestampFrequency);

    private void Sweep(long now)
    {
        foreach (var (key, bucket) in _buckets)
            if (Volatile.Read(ref bucket.FullAt) <= now) _buckets.TryRemove(key, out _);
    }

    private sealed class Bucket
    {
        public long FullAt;
    }
}

/// <param name="ResetSeconds">Until the bucket is full again, rounded up.</param>
public readonly record struct Allowance(bool IsAllowed, int Limit, int Remaining, int ResetSeconds, int RetryAfterSeconds);
