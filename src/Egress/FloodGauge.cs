namespace Ringwright.Egress;

/// <summary>How much a far end may send: so much at once, and so much more with each second, up to the same.</summary>
public sealed class FloodGauge(long atOnce, long perSecond, TimeProvider time)
{
    private double _left = atOnce;
    private long _at = time.GetTimestamp();

    /// <returns>False when that is more than there is; once it is false it stays so until time has made up for it.</returns>
    public bool Take(long amount)
    {
        long now = time.GetTimestamp();
        _left = Math.Min(atOnce, _left + time.GetElapsedTime(_at, now).TotalSeconds * perSecond) - amount;
        _at = now;
        return _left >= 0;
    }
}
