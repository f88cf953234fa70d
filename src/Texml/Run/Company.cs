using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Texml.Run;

/// <summary>Whom a call is with, as its events tell: another call, those of a conference, or in a queue nobody yet.</summary>
internal sealed record Company
{
    public static readonly Company None = new();

    private LegId? Peer { get; init; }

    private ConferenceId? Conference { get; init; }

    private bool IsQueued { get; init; }

    /// <summary>It has been taken from a queue, and is joined next unless that fails.</summary>
    public bool IsOnItsWay { get; private init; }

    public bool IsAny => Peer is not null || Conference is not null || IsQueued || IsOnItsWay;

    /// <param name="own">The call's leg.</param>
    public Company Behind(SubjectEvent happened, LegId own) => happened switch
    {
        CallEvent.LegBridged bridged => new() { Peer = bridged.Peer },
        CallEvent.LegUnbridged parted when parted.Peer == Peer => this with { Peer = null },
        // Nothing else tells that it has left the one that it talked to.
        CallEvent.LegEnqueued => new() { IsQueued = true },
        // Of one that was joined to somebody meanwhile the queue tells later.
        CallEvent.LegDequeued { Reason: DequeueReason.Bridged or DequeueReason.Bridging } when IsQueued => new() { IsOnItsWay = true },
        CallEvent.LegDequeued => this with { IsQueued = false },
        ConferenceEvent.ParticipantJoined joined when joined.Who.Leg == own => new() { Conference = joined.Conference.Id },
        ConferenceEvent.ParticipantLeft left when left.Who.Leg == own && left.Conference.Id == Conference =>
            this with { Conference = null },
        _ => this,
    };
}
