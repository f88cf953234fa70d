using System.Diagnostics;

namespace Ringwright.Store.Engines;

/// <summary>
/// Sees whether the database answers, on a thread that never asks it anything (ADR 63). The writer is asked for something all the time,
/// if only for a write that changes nothing; when that has had no answer for the time of grace, whoever waits is told no.
/// Time in which the writer itself waited for a processor, or all threads for the collector, does not count.
/// </summary>
internal sealed class Watch : IDisposable
{
    /// <summary>An import may wait so many times the grace for one answer: half a minute.</summary>
    private const int LongGrace = 15;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    /// <summary>
    /// While the writer has nothing to do but to ask. What it has asked meanwhile counts from its beginning, so it is noticed no later.
    /// </summary>
    private static readonly TimeSpan TickAtRest = TimeSpan.FromMilliseconds(400);
    /// <summary>A process that stood still itself has not waited for anybody meanwhile.</summary>
    private static readonly TimeSpan MostOfOneTick = TimeSpan.FromMilliseconds(500);
    /// <summary>Reading may still work while nothing can be written: a file that another program has locked.</summary>
    private static readonly TimeSpan ReadGrace = TimeSpan.FromMilliseconds(500);

    private readonly Writer _writer;
    private readonly Readers _readers;
    private readonly TimeSpan _grace;
    private readonly Action<TimeSpan> _looked;
    private readonly Action _back;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;
    private readonly WaitMeter _batch = new(), _answer = new(), _all = new();

    /// <param name="grace">A server that is back within this was never away: whoever wants something of it waits.</param>
    /// <param name="looked">Called at each look, after who waits in vain was told, with the time that counts since the watch began.</param>
    /// <param name="back">Called when there are answers again.</param>
    public Watch(Writer writer, Readers readers, TimeSpan grace, Action<TimeSpan> looked, Action back)
    {
        (_writer, _readers, _grace, _looked, _back) = (writer, readers, grace, looked, back);
        _thread = new(Loop) { Name = "store watch", IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Loop()
    {
        bool wasSilent = false;
        var tick = Tick;
        long lookedAt = Stopwatch.GetTimestamp();
        while (!_stop.WaitOne(tick))
        {
            long now = Stopwatch.GetTimestamp();
            var passed = Stopwatch.GetElapsedTime(lookedAt, now);
            lookedAt = now;
            bool rests = _writer.IsAtRest;
            var counted = Look(passed < MostOfOneTick ? passed : MostOfOneTick, tick, rests);
            tick = rests ? TickAtRest : Tick;

            bool isSilent = _writer.IsSilent;
            if (isSilent)
            {
                _writer.GiveUp();
                _readers.GiveUp(ReadGrace);
            }
            _looked(counted);
            if (wasSilent && !isSilent)
            {
                _readers.Renew();
                _back();
            }
            wasSilent = isSilent;
        }
    }

    /// <param name="tick">After which it was to look.</param>
    /// <param name="rests">The next look comes late, and is told from here on what the writer has waited for.</param>
    /// <returns>All time that a wait for the database may be measured in: see <see cref="WaitMeter"/>.</returns>
    private TimeSpan Look(TimeSpan passed, TimeSpan tick, bool rests)
    {
        var turn = _writer.Turn;
        var begun = turn is null ? TimeSpan.Zero : _writer.Begun;
        var (times, paused) = (turn is null ? default : _writer.Times, GC.GetTotalPauseDuration());
        var waited = _batch.Look(turn, passed, turn is null && rests ? _writer.Times : times, paused, begun);
        var unanswered = _answer.Look(turn is null ? null : _writer.Answers, passed, times, paused);
        if (turn is { } late && waited >= _grace)
            _writer.Declare(late, waited, isSilent: !_writer.IsLong || unanswered >= LongGrace * _grace);
        // A writer with nothing in hand is not looked at: it may be about to get a processor, and a look that comes late saw none either.
        return _all.Look(0, turn is null && passed > tick ? tick : passed, times, paused);
    }
}
