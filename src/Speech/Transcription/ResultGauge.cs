namespace Ringwright.Speech.Transcription;

/// <summary>Counts what one speaker's recogniser tells: so many at once, and so many more with every second.</summary>
internal sealed class ResultGauge(TimeProvider time)
{
    private double _room = Limits.ResultsAtOnce;
    private long _seen = time.GetTimestamp();

    /// <summary>False when it is too much.</summary>
    public bool TryTake()
    {
        long now = time.GetTimestamp();
        _room = Math.Min(Limits.ResultsAtOnce, _room + time.GetElapsedTime(_seen, now).TotalSeconds * Limits.ResultsPerSecond);
        _seen = now;
        if (_room < 1) return false;
        _room--;
        return true;
    }
}
