namespace Ringwright.Store.Engines;

/// <summary>
/// How long the writer has waited for an answer to one batch, as far as the database is to blame: not while its thread was ready and had no
/// processor, nor while the collector let all threads stand.
/// </summary>
internal sealed class WaitMeter
{
    private long? _turn;
    private TimeSpan _waited, _paused;
    private ThreadTimes _writer;

    /// <param name="turn">The batch that is waited for; null for none.</param>
    /// <param name="passed">Since the last look.</param>
    /// <param name="writer">Of the writer's thread.</param>
    /// <param name="paused">In all, of the process.</param>
    /// <returns>In all, for this batch.</returns>
    public TimeSpan Look(long? turn, TimeSpan passed, ThreadTimes writer, TimeSpan paused)
    {
        // A wait that still lasts is not in the kernel's count yet.
        var asked =
            writer.StoodInLineSince(_writer) ? TimeSpan.Zero : passed - Since(_writer.Waited, writer.Waited) - Since(_paused, paused);
        if (turn is null || turn != _turn) _waited = TimeSpan.Zero;
        else if (asked > TimeSpan.Zero) _waited += asked;
        (_turn, _writer, _paused) = (turn, writer, paused);
        return _waited;
    }

    /// <summary>A count that cannot be read says zero; nobody has waited longer for that.</summary>
    private static TimeSpan Since(TimeSpan before, TimeSpan now) => now > before ? now - before : TimeSpan.Zero;
}
