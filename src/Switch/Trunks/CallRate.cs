using Ringwright.Core;

namespace Ringwright.Switch.Trunks;

/// <summary>At most so many calls within any one second, whoever asks on whatever thread.</summary>
internal sealed class CallRate(int perSecond)
{
    private static readonly long Second = TimeSpan.FromSeconds(1).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>When each of the last calls was; the oldest is at <see cref="_next"/>.</summary>
    private readonly long[] _taken = Filled(perSecond);
    private long _next;

    public int PerSecond => perSecond;

    public bool HasRoom(Instant now) => now.Nanos - Volatile.Read(ref _taken[Volatile.Read(ref _next) % perSecond]) >= Second;

    public bool TryTake(Instant now)
    {
        while (true)
        {
            long next = Volatile.Read(ref _next);
            ref long place = ref _taken[next % perSecond];
            long oldest = Volatile.Read(ref place);
            if (now.Nanos - oldest < Second)
            {
                if (Volatile.Read(ref _next) == next) return false;
            }
            else if (Interlocked.CompareExchange(ref place, now.Nanos, oldest) == oldest)
            {
                Interlocked.Increment(ref _next);
                return true;
            }
        }
    }

    private static long[] Filled(int count)
    {
        long[] taken = new long[count];
        Array.Fill(taken, -Second);
        return taken;
    }
}
