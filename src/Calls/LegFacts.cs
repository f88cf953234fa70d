using Ringwright.Core;

namespace Ringwright.Calls;

public enum Direction { Inbound, Outbound }

/// <summary>
/// What every event of a leg carries: who and whose it is, as it stood when the event happened. Immutable; shared by reference.
/// </summary>
public sealed record LegFacts
{
    public required LegId Id { get; init; }
    /// <summary>Version-1 UUID that names the leg to customers.</summary>
    public required Guid Uuid { get; init; }
    public required SessionId Session { get; init; }
    public required TenantId Tenant { get; init; }
    public required ConnectionId Connection { get; init; }
    public required Direction Direction { get; init; }
    /// <summary>What commands the leg.</summary>
    public Application Application { get; init; } = Application.Webhook;
    /// <summary>The tenant's own equipment placed the call: an inbound leg to us, an outgoing call to the tenant.</summary>
    public bool IsPlacedByCustomer { get; init; }
    /// <summary>+E.164 text, or a SIP URI for parties without a number.</summary>
    public required string From { get; init; }
    public required string To { get; init; }
    /// <summary>SIP URIs without scheme (user@host:port), when the leg has them.</summary>
    public string? FromUri { get; init; }
    public string? ToUri { get; init; }
    public string? CallerName { get; init; }
    /// <summary>
    /// The caller that the network brought into the session: further legs of it may show that one.
    /// Null when a customer's word is all that there is.
    /// </summary>
    public string? BroughtCaller { get; init; }
    public required Instant StartedAt { get; init; }
    public Instant? AnsweredAt { get; init; }
    public TrunkId? Trunk { get; init; }
    /// <summary>It calls a number of this node, and no trunk is paid for it.</summary>
    public bool IsOnNet { get; init; }
    /// <summary>The number whose price holds, when a far end has sent the call on to another than <see cref="To"/>.</summary>
    public string? BilledTo { get; init; }
    public Labels Labels { get; init; } = Labels.Empty;
    /// <summary>Custom headers (X-…, User-to-User, Diversion) of the INVITE, in order.</summary>
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
}

/// <summary>A SIP header that a customer sees or sets.</summary>
public readonly record struct CustomSipHeader(string Name, string Value);
