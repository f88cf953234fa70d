namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// When a campaign tries again after the node could carry no call: its media starts anew, its ledger is away, it has too much to do, or it
/// is about to stop. What is refused so has cost a claim: so a single call is tried, each time later up to a bound, and one that is let
/// through ends it. Any thread may ask.
/// </summary>
/// <param name="campaign">Campaigns that were refused together do not come back together.</param>
internal sealed class NodeRest(Guid campaign)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(30);

    /// <summary>Each wait is up to a quarter longer.</summary>
    private readonly double _spread = 1 + (uint)campaign.GetHashCode() % 256 / 1_024.0;
    private readonly Lock _gate = new();
    private TimeSpan _wait;
    private DateTimeOffset _until;
    private bool _isTrying;

    public int Of(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_wait == TimeSpan.Zero) return int.MaxValue;
            // The clock may have been set back.
            if (_until - now > _wait * _spread) _until = now + _wait * _spread;
            return now >= _until ? 1 : 0;
        }
    }

    /// <summary>When the next call is tried, while there is no room.</summary>
    public DateTimeOffset Next
    {
        get { lock (_gate) return _until; }
    }

    /// <summary>So many calls begin.</summary>
    public void Take(int calls, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_wait == TimeSpan.Zero || calls == 0) return;
            (_isTrying, _until) = (true, now + _wait * _spread);
        }
    }

    /// <summary>A call was let through.</summary>
    /// <returns>Whether the campaign may go on now.</returns>
    public bool Took()
    {
        lock (_gate)
        {
            // What began before the first refusal says nothing about the node behind it.
            if (!_isTrying) return false;
            (_isTrying, _wait) = (false, TimeSpan.Zero);
            return true;
        }
    }

    /// <returns>When whoever was to be called is due again.</returns>
    public DateTimeOffset Refused(DateTimeOffset now)
    {
        lock (_gate)
        {
            // Of those that began together one counts.
            if (_wait != TimeSpan.Zero && !_isTrying) return _until;
            var twice = 2 * _wait;
            _wait = _wait == TimeSpan.Zero ? First : twice < Longest ? twice : Longest;
            (_isTrying, _until) = (false, now + _wait * _spread);
            return _until;
        }
    }
}
