using Ringwright.Core;

namespace Ringwright.Switch.Trunks;

/// <summary>At most so many calls within any one second, whoever asks on whatever thread.</summary>
/// <remarks>
/// A call takes a place in one step and says in it which call it is. Whoever finds that the one after it has not been announced yet
/// announces it, so nobody is refused because another thread stands still between the two steps.
/// </remarks>
internal sealed class CallRate(int perSecond)
{
    private const int NumberBits = 24;
    private const long NumberMask = (1L << NumberBits) - 1, Second = 1_000;

    /// <summary>When each of the last calls was, in milliseconds, rounded up, and behind that its number.</summary>
    private readonly long[] _taken = Filled(perSecond);
    /// <summary>The number of the next call.</summary>
    private long _next;

    public int PerSecond => perSecond;

    public bool HasRoom(Instant now)
    {
        long next = Volatile.Read(ref _next);
        long place = Volatile.Read(ref _taken[next % perSecond]);
        if (IsOf(place, next)) place = Volatile.Read(ref _taken[(next + 1) % perSecond]);
        return IsPast(place, now);
    }

    public bool TryTake(Instant now)
    {
        while (true)
        {
            long next = Volatile.Read(ref _next);
            ref long place = ref _taken[next % perSecond];
            long oldest = Volatile.Read(ref place);
            if (IsOf(oldest, next))
            {
                Interlocked.CompareExchange(ref _next, next + 1, next);
            }
            else if (!IsPast(oldest, now))
            {
                if (Volatile.Read(ref _next) == next) return false;
            }
            else if (Interlocked.CompareExchange(ref place, Pack(Up(now), next), oldest) == oldest)
            {
                Interlocked.CompareExchange(ref _next, next + 1, next);
                return true;
            }
        }
    }

    private static bool IsOf(long place, long number) => (place & NumberMask) == (number & NumberMask);

    private static bool IsPast(long place, Instant now) => Down(now) - (place >> NumberBits) >= Second;

    private static long Pack(long milliseconds, long number) => milliseconds << NumberBits | number & NumberMask;

    private static long Down(Instant now) => now.Nanos / 1_000_000;

    private static long Up(Instant now) => (now.Nanos + 999_999) / 1_000_000;

    private static long[] Filled(int count)
    {
        long[] taken = new long[count];
        for (int i = 0; i < count; i++) taken[i] = Pack(-Second, i - count);
        return taken;
    }
}
