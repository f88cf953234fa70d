using System.Collections.Concurrent;

namespace Ringwright.Http;

/// <summary>
/// A token bucket per caller: a second's worth of requests at once, refilled at the same rate. The bucket is one number, the time at which
/// it will be full again (the generic cell rate algorithm).
/// </summary>
/// <param name="usual">Requests a second of an account that has no rate of its own, or of a stranger's address.</param>
public sealed class RequestLimiter(int usual, TimeProvider time) : IRequestLimiter
{
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public ValueTask<Allowance> TakeAsync(string key, int? rate, int times, int least, CancellationToken stop) =>
        new(Take(key, rate, times, least));

    /// <summary>Takes one request from the bucket of <paramref name="key"/>.</summary>
    /// <param name="rate">Requests a second; null takes the usual rate.</param>
    /// <param name="times">So many times as much, for who ask together.</param>
    /// <param name="least">The rate is no lower, whatever it is.</param>
    public Allowance Take(string key, int? rate = null, int times = 1, int least = 1)
    {
        int perSecond = (int)Math.Min(int.MaxValue, (long)Math.Max(Math.Max(1, least), rate ?? usual) * times);
        long step = Math.Max(1, time.TimestampFrequency / perSecond);
        long now = time.GetTimestamp();
        if (_buckets.Count > Limits.RememberedKeys) Sweep(now);
        var bucket = _buckets.GetOrAdd(key, static _ => new());
        lock (bucket)
        {
            long full = Math.Max(bucket.FullAt, now);
            long room = step * perSecond - (full - now);
            bool isAllowed = room >= step;
            if (isAllowed) bucket.FullAt = full += step;
            long wait = full - now;
            return new(isAllowed, perSecond,
                Remaining: (int)Math.Max(0, (step * perSecond - wait) / step),
                ResetSeconds: Seconds(wait),
                RetryAfterSeconds: isAllowed ? 0 : Seconds(step - room));
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
