namespace Ringwright.Agency.Providers;

/// <summary>
/// Whether the database is to be asked once more for something that waits there: somebody of this process has said so, or it was not
/// asked for a while, in which another node may have written it, or its time may have come.
/// </summary>
/// <param name="longest">Between two questions.</param>
internal sealed class WorthLooking(TimeSpan longest)
{
    private int _isHeard = 1;
    private long _askedAt;

    public void Hear() => Volatile.Write(ref _isHeard, 1);

    /// <summary>By one at a time, who asks if it is so.</summary>
    public bool IsNow(TimeProvider time)
    {
        if (Interlocked.Exchange(ref _isHeard, 0) == 0 && time.GetElapsedTime(_askedAt) < longest) return false;
        _askedAt = time.GetTimestamp();
        return true;
    }
}
