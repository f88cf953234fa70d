namespace Ringwright.Core;

/// <summary>
/// When what is done again and again is done next: at moments that all of a process share, so that an idle one wakes once for all of it
/// and not for each. Processes side by side have other moments.
/// </summary>
public static class SharedBeat
{
    private const long Second = 1_000;
    /// <summary>A prime, so that the next process's moment is not the next millisecond.</summary>
    private const long Apart = 389;

    /// <param name="every">Between two rounds. What is neither whole seconds nor a whole part of one is nobody's beat, and stays.</param>
    /// <param name="milliseconds">Of the machine's clock, now: it is never set.</param>
    /// <param name="process">Of whoever asks.</param>
    /// <returns>Until the next round: more than nothing, and no more than <paramref name="every"/> nor a second less.</returns>
    public static TimeSpan Wait(TimeSpan every, long milliseconds, int process)
    {
        long length = every.Ticks / TimeSpan.TicksPerMillisecond;
        bool isBeat = length > 0 && every.Ticks % TimeSpan.TicksPerMillisecond == 0 && (length % Second == 0 || Second % length == 0);
        return isBeat ? every - TimeSpan.FromMilliseconds((milliseconds + process * Apart) % Math.Min(length, Second)) : every;
    }
}
