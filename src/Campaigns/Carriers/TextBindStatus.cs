namespace Ringwright.Campaigns.Carriers;

/// <summary>Where a bind with a carrier is; shown by name.</summary>
public enum TextBindState
{
    Connecting, Binding, Bound,
    /// <summary>Bound, and the centre has asked for a pause.</summary>
    Paused,
    /// <summary>It will be tried again.</summary>
    Waiting,
    /// <summary>The centre does not let us in, three times: nothing is tried until the carrier is changed.</summary>
    Halted,
    Draining, Stopped,
}

/// <summary>A bind as the operator sees it.</summary>
/// <param name="UnderWay">Parts without an answer.</param>
/// <param name="Rate">Parts in a second, as the centre lets them.</param>
/// <param name="Since">When it came into this state.</param>
/// <param name="Trouble">Why it ended, or is not there; null while all is well.</param>
/// <param name="Strays">Receipts so far of texts that nobody knows.</param>
public sealed record TextBindStatus(TextBindState State, int UnderWay, double Rate, DateTimeOffset Since, string? Trouble, long Strays)
{
    public bool IsBound => State is TextBindState.Bound or TextBindState.Paused;
}
