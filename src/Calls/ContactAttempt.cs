using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// Somebody is to be reached, or somebody reaches a tenant: what the dial gate is asked about, whatever it is done by.
/// The case is the channel; what a rule says of tenant and parties alone holds on each.
/// </summary>
public abstract record ContactAttempt
{
    private protected ContactAttempt() { }

    /// <summary>Who is asked for it, and pays.</summary>
    public required TenantId Tenant { get; init; }
    /// <summary>+E.164 text, or what else the caller or sender shows.</summary>
    public required string From { get; init; }
    /// <summary>+E.164 text, of a call also a sip: URI or a short number, of a message also a short code.</summary>
    public required string To { get; init; }
}

/// <summary>By a leg.</summary>
public sealed record CallAttempt : ContactAttempt
{
    public required LegId Leg { get; init; }
    public required Direction Direction { get; init; }
    public required ConnectionId Connection { get; init; }
    /// <summary>
    /// What <see cref="ContactAttempt.To"/> was understood as. A SIP URI that nobody has judged is no number, and refused.
    /// </summary>
    public DestinationKind Kind { get; init; }
    /// <summary>The leg stands for the one that is asked for: when it has left, the call is over.</summary>
    public bool IsStandIn { get; init; }
    /// <summary>True when a registered phone asks; false for every API and campaign.</summary>
    public bool IsFromPhone { get; init; }
    /// <summary>As in <see cref="DialRequest"/>.</summary>
    public bool IsByOperator { get; init; }
    /// <inheritdoc cref="IsByOperator"/>
    public bool WaitsForRoom { get; init; }
    /// <summary>Between numbers of this node: no trunk is paid for it.</summary>
    public bool IsOnNet { get; init; }
    /// <summary>To a SIP user of this node, or to equipment that takes a call to its number: needs no outbound profile.</summary>
    public bool StaysHere { get; init; }
}

/// <summary>By a text message to a number. It is over when it is sent: there is nothing to count until it leaves.</summary>
public sealed record MessageAttempt : ContactAttempt
{
    /// <summary>What it costs was found when it was taken in, and is promised since.</summary>
    public bool IsPriced { get; init; }
    /// <summary>To a short code of this node: no way out is paid for it.</summary>
    public bool IsOnNet { get; init; }
}
