namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// How many calls a second the lines of a campaign take, as far as refusals have shown it. A trunk's rate is shared with whoever else calls
/// there, and a call that it refuses has cost a claim: so no more begin than were taken, and now and then one more is tried.
/// Any thread may ask.
/// </summary>
internal sealed class LinePace
{
    /// <summary>What a rate counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    /// <summary>After each so long without a refusal one call a second more is tried, or a tenth more.</summary>
    private static readonly TimeSpan BetweenTrials = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _taken = new();
    private double? _shown;
    private DateTimeOffset _refusedAt;

    public void Took(DateTimeOffset now)
    {
        lock (_gate)
        {
            Forget(now);
            _taken.Enqueue(now);
        }
    }

    public void Refused(DateTimeOffset now)
    {
        lock (_gate)
        {
            Forget(now);
            (_shown, _refusedAt) = (Math.Max(1, _taken.Count), now);
        }
    }

    /// <summary>The far end says that it gets too many calls: half as many begin from now on.</summary>
    public void Slow(DateTimeOffset now)
    {
        lock (_gate)
        {
            // Those that were on their way with the first of them say the same.
            if (_shown is not null && now >= _refusedAt && now - _refusedAt < Window) return;
            Forget(now);
            double before = _shown is { } shown ? MostOf(shown, now) : _taken.Count;
            (_shown, _refusedAt) = (Math.Max(1, Math.Floor(before / 2)), now);
        }
    }

    /// <summary>So many may begin a second, of those that are wanted.</summary>
    public double Of(double wanted, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_shown is not { } shown) return wanted;
            Forget(now);
            double most = MostOf(shown, now);
            if (most < wanted) return most;
            _shown = null;
            return wanted;
        }
    }

    private double MostOf(double shown, DateTimeOffset now)
    {
        double trials = Math.Floor(Math.Max(0, (now - _refusedAt) / BetweenTrials));
        return shown + trials * Math.Max(1, shown / 10);
    }

    private void Forget(DateTimeOffset now)
    {
        // What is to come was there before the clock was set back.
        while (_taken.TryPeek(out var first) && (now - first).Duration() >= Window) _taken.Dequeue();
        if (_refusedAt - now >= Window) _refusedAt = now;
    }
}
