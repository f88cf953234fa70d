namespace Ringwright.Store.Tables;

/// <summary>Which finished deliveries are to be sent again. Conditions, joined by AND; null asks for nothing.</summary>
public sealed record ReplayQuery
{
    public bool? IsDelivered { get; init; }
    /// <summary>A * at its end stands for anything. Without regard to case.</summary>
    public string? EventType { get; init; }
    /// <summary>Of one of its attempts. A * at its end stands for anything. Without regard to case.</summary>
    public string? Url { get; init; }
    public DateTimeOffset? StartedFrom { get; init; }
    public DateTimeOffset? StartedTo { get; init; }
    public DateTimeOffset? FinishedFrom { get; init; }
    /// <summary>A replay that is over has finished anew: without an end there would be none.</summary>
    public required DateTimeOffset FinishedTo { get; init; }
}

/// <summary>Where a walk through the deliveries stands.</summary>
public readonly record struct ReplayPlace(DateTimeOffset FinishedAt, Guid Id)
{
    public static readonly ReplayPlace Start = new(DateTimeOffset.UnixEpoch, Guid.Empty);
}
