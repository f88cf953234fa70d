namespace Ringwright.Http;

/// <summary>
/// Mints ids of 19 decimal digits that rise: milliseconds since 2015 (41 bits), node (8 bits),
/// counter (14 bits). The digits last until 2084.
/// </summary>
public sealed class Snowflakes(TimeProvider time, int node)
{
    private static readonly long Epoch = new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private long _last;

    public long Next()
    {
        long now = ((time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch) << 14) & (long.MaxValue >> 8);
        while (true)
        {
            // The counter runs on into the milliseconds when a millisecond is used up, or when the clock steps back.
            long last = Volatile.Read(ref _last);
            long next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return ((next >> 14) << 22) | ((long)(byte)node << 14) | (next & 0x3FFF);
        }
    }
}
