using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What would become of a call, and why: the same code answers it that decides calls. Implemented in Switch.</summary>
public interface IRouteExplainer
{
    /// <summary>Places no call and counts none.</summary>
    RouteExplanation Explain(RouteQuestion question);

    /// <summary>
    /// A program's dial before anybody is asked: what the gate is to be asked about it, and what becomes of it when that opens.
    /// </summary>
    (CallAttempt Call, GateAnswer Way) Preview(DialRequest request);
}

/// <summary>A call that nobody makes. With a <paramref name="Source"/> it comes in from that address.</summary>
public sealed record RouteQuestion(string From, string To, IPAddress? Source)
{
    /// <summary>The SIP user whose phone dials it, its password shown; null for nobody's.</summary>
    public SipUser? Phone { get; init; }
}

/// <summary>
/// A call with a source comes in; another goes out. A call to a number of the node without a source is told both ways:
/// dialled, and as it would come in.
/// </summary>
public sealed record RouteExplanation(OutboundExplanation? Outbound, InboundExplanation? Inbound)
{
    /// <summary>The connections that list the source, and what each came to; empty when none does or no source was given.</summary>
    public IReadOnlyList<ConnectionCandidate> Customers { get; init; } = [];
}

/// <summary>One connection whose equipment is at the source, and what it came to.</summary>
public readonly record struct ConnectionCandidate(Connection Connection, ConnectionOutcome Outcome);

public enum ConnectionOutcome
{
    Chosen,
    /// <summary>It is switched off.</summary>
    Disabled,
    /// <summary>Its equipment calls with a user name and password, not by its address.</summary>
    NeedsPassword,
    /// <summary>The called number lacks its tech prefix, or the request its token.</summary>
    NeedsMark,
    /// <summary>An older connection, or one whose mark is there, comes first.</summary>
    Later,
    /// <summary>A trunk vouches for the address: only a password or a token tells a customer there.</summary>
    TrunksAddress,
    /// <summary>Another account has listed the address before, and the operator does not share it.</summary>
    OthersAddress,
    /// <summary>On the laptop: another connection lists the very port that the request comes from.</summary>
    OtherPort,
}

/// <summary>What a dial to the number would meet, in the order in which it meets it.</summary>
public sealed record OutboundExplanation
{
    /// <summary>
    /// The account and the application whose number the caller id is; null when it is nobody's, and then no limit of theirs counts.
    /// </summary>
    public Tenant? Tenant { get; init; }
    public Connection? Connection { get; init; }
    /// <summary>What the destination was understood as.</summary>
    public required Destination Destination { get; init; }
    public required GateAnswer Gate { get; init; }
    /// <summary>Every route, in the order in which they are looked at. Empty for what is no number, which needs none.</summary>
    public required IReadOnlyList<RouteCandidate> Routes { get; init; }
    /// <summary>Where the INVITE would go, in order.</summary>
    public required IReadOnlyList<ExplainedTarget> Targets { get; init; }
    /// <summary>Why no INVITE would leave, the gate's answer first.</summary>
    public required Refusal Refusal { get; init; }
    public string? Detail { get; init; }
    /// <summary>The connection parks what its equipment calls: no INVITE leaves before its owner's commands say where to.</summary>
    public bool IsParked { get; init; }
}

/// <summary>One place that the INVITE would be sent to, and the From URI that it would show.</summary>
public sealed record ExplainedTarget(Trunk? Trunk, string Host, int? Port, string User, string CallerUri)
{
    /// <summary>Null takes what the records of the name offer, else UDP.</summary>
    public SipTransport? Transport { get; init; }
    /// <summary>Every place where this user is registered, in place of a host.</summary>
    public string? RegisteredUser { get; init; }
    /// <summary>A number of this node: see what becomes of the call when it comes in.</summary>
    public bool IsInside { get; init; }
}

/// <summary>One route, and what it came to.</summary>
public readonly record struct RouteCandidate(Route Route, Trunk? Trunk, RouteOutcome Outcome)
{
    /// <summary>
    /// How calls to a trunk that is passed over have failed, and how long it is passed over still; or which limit a trunk meets.
    /// A sentence.
    /// </summary>
    public string? Trouble { get; init; }
    public TimeSpan For { get; init; }
}

public enum RouteOutcome
{
    Chosen,
    /// <summary>The number does not begin with the route's prefix.</summary>
    OtherPrefix,
    RouteDisabled,
    TrunkMissing,
    TrunkDisabled,
    /// <summary>A better route leads to the same trunk.</summary>
    TrunkAlreadyChosen,
    /// <summary>The trunk does not let customers show this caller id.</summary>
    CallerNotShown,
    /// <summary>As many trunks as one dial tries are chosen already.</summary>
    TooMany,
    /// <summary>Calls have failed there, and go elsewhere for a while.</summary>
    PassedOver,
    /// <summary>The same, but it is the last that is left, or the call an emergency: it is tried after all others.</summary>
    TriedLast,
    /// <summary>It has as many calls as it may have, or got as many in this second.</summary>
    TrunkFull,
}

/// <summary>What an INVITE from the source to the number would meet.</summary>
public sealed record InboundExplanation
{
    /// <summary>Null when none was given: then the caller is taken for known.</summary>
    public IPAddress? Source { get; init; }
    /// <summary>A loopback address, while every listener of the node is on loopback.</summary>
    public bool IsKnownByLoopback { get; init; }
    public Trunk? Trunk { get; init; }
    public IReadOnlyList<SourceCandidate> Trunks { get; init; } = [];
    /// <summary>The caller as the application would see it.</summary>
    public required string From { get; init; }
    public Number? Number { get; init; }
    public Tenant? Tenant { get; init; }
    public Connection? Connection { get; init; }
    /// <summary>The customer's equipment that places the call; null for a call from outside.</summary>
    public Connection? Caller { get; init; }
    /// <summary>
    /// Where the call goes on to, in order: the connection's equipment, or where the number is forwarded. Empty for an application.
    /// </summary>
    public IReadOnlyList<ExplainedTarget> Targets { get; init; } = [];
    /// <summary>Null when the call would not come that far.</summary>
    public GateAnswer? Gate { get; init; }
    public required InboundVerdict Verdict { get; init; }
    /// <summary>180 when the phone would ring; else the final response.</summary>
    public required int Status { get; init; }
}

/// <summary>One trunk, its narrowest network that has the source in it, and what it came to.</summary>
public readonly record struct SourceCandidate(Trunk Trunk, IPNetwork? Network, SourceOutcome Outcome);

public enum SourceOutcome
{
    Chosen,
    NoSuchSource,
    TrunkDisabled,
    /// <summary>Another trunk lists a narrower network.</summary>
    WiderNetwork,
    /// <summary>Another trunk lists a network of the same size, and its name comes first.</summary>
    LaterName,
}

public enum InboundVerdict
{
    Rings,
    /// <summary>No trunk lists the source.</summary>
    Stranger,
    UnknownNumber,
    NumberWithoutConnection,
    ConnectionInactive,
    GateClosed,
    /// <summary>The connection's equipment has no address, or the number that it is forwarded to no route.</summary>
    NoTarget,
}
