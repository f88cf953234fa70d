namespace Ringwright.Speech.Recognition.Live;

/// <summary>How much somebody may send: so much at once, and then so much a second.</summary>
internal sealed class SendingBudget(int atOnce, int perSecond, TimeProvider time)
{
    private double _left = atOnce;
    private long _at = time.GetTimestamp();

    /// <returns>False when it is used up.</returns>
    public bool Take(long amount)
    {
        long now = time.GetTimestamp();
        _left = Math.Min(atOnce, _left + time.GetElapsedTime(_at, now).TotalSeconds * perSecond) - amount;
        _at = now;
        return _left >= 0;
    }
}
