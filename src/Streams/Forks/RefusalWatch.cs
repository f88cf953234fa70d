namespace Ringwright.Streams.Forks;

/// <summary>
/// Tells a receiver that is not there yet, or is being started again, from one that is not there at all. What refuses is told by ICMP,
/// for some packets only.
/// </summary>
internal sealed class RefusalWatch(TimeSpan patience, TimeSpan forgiveness, TimeProvider time)
{
    private long? _first, _last;

    /// <summary>Once more.</summary>
    /// <returns>True when it has been going on for too long.</returns>
    public bool IsEnough()
    {
        long now = time.GetTimestamp();
        if (_last is not { } last || time.GetElapsedTime(last, now) > forgiveness) _first = now;
        _last = now;
        return time.GetElapsedTime(_first!.Value, now) >= patience;
    }
}
