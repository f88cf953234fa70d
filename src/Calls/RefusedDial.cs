using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>Calls out that one asked for, from one party to another, and that were refused for one reason before they had a leg.</summary>
public sealed record RefusedDial
{
    /// <summary>When the last of them was asked for.</summary>
    public required DateTimeOffset At { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>The name of the API, or the kind of what runs on the node: <see cref="DialRequest.AskedBy"/>.</summary>
    public required string AskedBy { get; init; }
    public required string From { get; init; }
    /// <summary>As it was dialled.</summary>
    public required string To { get; init; }
    /// <summary>In snake case: which rule refused them.</summary>
    public required string Reason { get; init; }
    /// <summary>The same as a sentence, of the last one; null where the rule has none.</summary>
    public string? Detail { get; init; }
    /// <summary>How many were asked for.</summary>
    public required long Times { get; init; }
}

/// <summary>The calls out that were refused since the node started, as far as they are remembered.</summary>
public interface IRefusedDials
{
    /// <summary>The newest first.</summary>
    IReadOnlyList<RefusedDial> List();
}
