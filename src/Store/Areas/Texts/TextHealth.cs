namespace Ringwright.Store.Tables;

/// <summary>How a number has done of late.</summary>
public sealed record TextHealth
{
    /// <summary>Of what it has sent, and of what came, the newest are looked at.</summary>
    public const int Most = 1_000;

    /// <summary>Texts that left, are on their way, or were refused.</summary>
    public long Sent { get; init; }
    /// <summary>Of these, those of which it is known how they ended, or that nobody said so.</summary>
    public long Judged { get; init; }
    public long Delivered { get; init; }
    /// <summary>Texts that came meanwhile.</summary>
    public long Received { get; init; }
}
