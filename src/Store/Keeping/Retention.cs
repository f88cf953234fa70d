namespace Ringwright.Store.Keeping;

/// <summary>
/// How long a node keeps what its calls leave behind, counted from a call's end or from when the thing was made; null keeps it for good.
/// Money, the trail of changes, do-not-call lists and consents are no part of it: they stay.
/// </summary>
public sealed record Retention
{
    /// <summary>Never shorter than events and records, which are shown with what their leg knows.</summary>
    public TimeSpan? Legs { get; init; }
    public TimeSpan? Events { get; init; }
    /// <summary>Call records, and those of what was used in calls, for reports.</summary>
    public TimeSpan? Records { get; init; }
    public TimeSpan? Recordings { get; init; }
    /// <summary>Call traces.</summary>
    public TimeSpan? Traces { get; init; }
    /// <summary>Webhooks and mails that are finished, with their attempts.</summary>
    public TimeSpan? Deliveries { get; init; }
}
