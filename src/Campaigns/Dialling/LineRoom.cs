namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// How many calls a campaign may begin once it has met a limit of calls at a time: of a trunk, a connection, a profile, an account or the
/// node's media ports; or flows without a call, where an account has as many as may run. What such a limit refuses has cost a claim: so one
/// begins for each that ends here, and now and then one is tried, for others use the lines, too. Any thread may ask.
/// </summary>
internal sealed class LineRoom
{
    /// <summary>What is refused is due again after so long, and waits for room.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BetweenTrials = TimeSpan.FromSeconds(5);

    /// <summary>So many refusals in a row: a list may go out by several trunks, of which one is full.</summary>
    private const int MostRefused = 3;
    /// <summary>Trials double while they are taken; beyond so many at once nothing is full any more.</summary>
    private const int MostTried = 16;
    private const int MostFreed = 1_000;

    private readonly Lock _gate = new();
    private bool _isFull, _isTrying, _wasRefused;
    private int _refused, _freed, _trials;
    private DateTimeOffset _trialAt;

    public int Of(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_isFull) return int.MaxValue;
            // The clock may have been set back.
            if (_trialAt - now > BetweenTrials) _trialAt = now + BetweenTrials;
            return now >= _trialAt ? Math.Max(_freed, _trials) : _freed;
        }
    }

    /// <summary>When there is room, if no call ends before.</summary>
    public DateTimeOffset Next
    {
        get { lock (_gate) return _trialAt; }
    }

    /// <summary>So many calls begin.</summary>
    public void Take(int calls, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_isFull || calls == 0) return;
            _isTrying = calls > _freed;
            _freed = Math.Max(0, _freed - calls);
            _trialAt = now + BetweenTrials;
        }
    }

    /// <summary>A call was let through.</summary>
    /// <returns>Whether more may be tried now.</returns>
    public bool Took(DateTimeOffset now)
    {
        lock (_gate)
        {
            _refused = 0;
            if (!_isFull || !_isTrying) return false;
            (_isTrying, _trialAt, _trials) = (false, now, 2 * _trials);
            if (_trials > MostTried) _isFull = false;
            return true;
        }
    }

    public void Refused(DateTimeOffset now)
    {
        lock (_gate)
        {
            (_wasRefused, _isTrying, _trials, _trialAt) = (true, false, 1, now + BetweenTrials);
            if (_isFull || ++_refused < MostRefused) return;
            (_isFull, _freed) = (true, 0);
        }
    }

    /// <summary>Whether a call was refused since this was asked last.</summary>
    public bool TakeRefused()
    {
        lock (_gate)
        {
            bool was = _wasRefused;
            _wasRefused = false;
            return was;
        }
    }

    /// <summary>So many calls of this node's campaigns have ended.</summary>
    public void Freed(int calls)
    {
        lock (_gate)
            if (_isFull) _freed = Math.Min(MostFreed, _freed + calls);
    }
}
