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
    /// <param name="begun">Of a batch that is seen for the first time: how long ago it was begun, where that is known.</param>
    /// <returns>In all, for this batch.</returns>
    public TimeSpan Look(long? turn, TimeSpan passed, ThreadTimes writer, TimeSpan paused, TimeSpan begun = default)
    {
        // A wait that still lasts is not in the kernel's count yet.
        var asked =
            writer.StoodInLineSince(_writer) ? TimeSpan.Zero : passed - Since(_writer.Waited, writer.Waited) - Since(_paused, paused);
        if (turn is null) _waited = TimeSpan.Zero;
        // Who is ready may have waited for a processor since a moment that nobody saw.
        else if (turn != _turn) _waited = writer.IsReady || asked < TimeSpan.Zero ? TimeSpan.Zero : asked < begun ? asked : begun;
        else if (asked > TimeSpan.Zero) _waited += asked;
        (_turn, _writer, _paused) = (turn, writer, paused);
        return _waited;
    }

    /// <summary>A count that cannot be read says zero; nobody has waited longer for that.</summary>
    private static TimeSpan Since(TimeSpan before, TimeSpan now) => now > before ? now - before : TimeSpan.Zero;
}
