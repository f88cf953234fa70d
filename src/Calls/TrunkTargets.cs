using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>How one address of a trunk stands on this node.</summary>
public enum TrunkTargetState
{
    /// <summary>Nothing has been heard of it since the start.</summary>
    Unknown,
    Up,
    /// <summary>Calls to it have failed: they go elsewhere while there is an elsewhere.</summary>
    PassedOver,
    /// <summary>That time is over, and the next call tries it; the others go elsewhere until that one knows.</summary>
    OnTrial,
}

/// <summary>One address of a trunk, as the operator sees it.</summary>
/// <param name="Address">Null stands for a name that leads nowhere.</param>
/// <param name="Since">When it was heard last of one that is up; when it began to fail of one that is not; null where neither was.</param>
public sealed record TrunkTargetStatus(IPEndPoint? Address, SipTransport? Transport, TrunkTargetState State, DateTimeOffset? Since)
{
    /// <summary>How its last call failed, as a sentence; null of one that is up.</summary>
    public string? Why { get; init; }
    /// <summary>Until when it is passed over.</summary>
    public DateTimeOffset? Until { get; init; }
    /// <summary>When the last OPTIONS came to an end; null where none has.</summary>
    public DateTimeOffset? ProbedAt { get; init; }
    /// <summary>What it answered; null when nothing came back.</summary>
    public int? ProbeStatus { get; init; }
    /// <summary>Why nothing came back, as part of a sentence.</summary>
    public string? ProbeTrouble { get; init; }
}

/// <summary>How the addresses of trunks stand on this node. Implemented in Switch; any thread may ask.</summary>
public interface ITrunkTargets
{
    /// <summary>Those that the trunk's name led to last, in no order; empty for a trunk that nothing was sent to yet.</summary>
    IReadOnlyList<TrunkTargetStatus> TargetsOf(TrunkId trunk);
}
