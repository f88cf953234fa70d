namespace Ringwright.Net;

/// <summary>
/// Closes connections that have shown nothing for so long. It looks while there is one that has shown
/// nothing yet, and wakes nobody otherwise.
/// </summary>
public sealed class SilenceWatch : IDisposable
{
    private readonly ConnectionBudget _budget;
    private readonly TimeSpan _silence, _look;
    private readonly Timer _timer;
    private bool _isLooking;

    /// <param name="silence">From a connection's beginning.</param>
    /// <param name="look">Between two looks; a silent connection lives so much longer at most.</param>
    public SilenceWatch(ConnectionBudget budget, TimeSpan silence, TimeSpan look)
    {
        (_budget, _silence, _look) = (budget, silence, look);
        _timer = new(_ => Look(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>A connection has a place in the budget now.</summary>
    public void Begin()
    {
        if (!Interlocked.Exchange(ref _isLooking, true)) _timer.Change(_look, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        bool areLeft = CloseSilent();
        Interlocked.Exchange(ref _isLooking, false);
        // Whoever came meanwhile began nothing, so it is asked once more.
        if (areLeft || CloseSilent()) Begin();
    }

    private bool CloseSilent()
    {
        var now = EngineClock.Now;
        return _budget.CloseSilent(now - _silence, now);
    }
}
