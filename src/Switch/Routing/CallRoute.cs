using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What becomes of an INVITE from outside any dialog: whose leg it makes, and where the call goes on to; or the response that refuses it.
/// </summary>
internal sealed record CallRoute
{
    /// <summary>Null when it is refused.</summary>
    public Connection? Connection { get; init; }
    /// <summary>Final response when it is refused, with words of our own where the usual ones say too little.</summary>
    public int Status { get; init; }
    /// <summary>Which rule refused it, in snake case; for lists and counters.</summary>
    public string Reason { get; init; } = "";
    public string? Phrase { get; init; }

    /// <summary>+E.164, or a SIP URI.</summary>
    public string From { get; init; } = "";
    public string To { get; init; } = "";
    public string? CallerName { get; init; }
    /// <summary>The caller's URI without the scheme, as the called side gets to see it.</summary>
    public string? FromUri { get; init; }
    /// <summary>
    /// What the legs that the call goes on to may show beside their tenant's own; null for a caller whom only a customer's word knows.
    /// </summary>
    public string? BroughtCaller { get; init; }
    /// <inheritdoc cref="DialRequest.Brought"/>
    public BroughtIdentity? Brought { get; init; }
    /// <summary>What the leg's owner gets to see of the INVITE's.</summary>
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
    /// <summary>Takes the place of the caller id that the call may not go on with; null when there is none.</summary>
    public string? FallbackCaller { get; init; }
    /// <summary>The number of ours that was called, when it is one.</summary>
    public Number? Number { get; init; }
    public Trunk? Trunk { get; init; }
    public bool IsPlacedByCustomer { get; init; }
    /// <summary>A carrier brought it, not a customer's equipment.</summary>
    public bool IsFromNetwork { get; init; }
    /// <summary>The leg that the caller is to be joined to; null leaves the call to the connection's owner and his commands.</summary>
    public DialRequest? Onward { get; init; }
    /// <summary>As what that leg is asked for at the gate; null when the caller's leg stands for the whole call.</summary>
    public Direction? OnwardAs { get; init; }

    /// <inheritdoc cref="CallEvent.LegInitiated.IsSuspect"/>
    public bool? IsSuspect { get; init; }
    /// <summary>What commands the leg in place of what its connection says; null leaves that.</summary>
    public Application? Application { get; init; }
    /// <summary>
    /// Tried when nobody takes the call; null for nothing. A caller id that it may not show becomes <see cref="FallbackCaller"/>.
    /// </summary>
    public DialRequest? OnFailure { get; init; }
    /// <summary>The program that takes the call when nobody else does; null for none.</summary>
    public Application? Voicemail { get; init; }

    public bool HasFallback => OnFailure is not null || Voicemail is not null;

    /// <param name="reason">In snake case.</param>
    public static CallRoute Refuse(int status, string reason, string? phrase = null) =>
        new() { Status = status, Reason = reason, Phrase = phrase };
}
