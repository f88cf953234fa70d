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
    public Company Behind(SubjectEvent happened, LegId own)
    {
        if (happened is ConferenceEvent.ParticipantJoined joined)
            return joined.Who.Leg == own ? new() { Conference = joined.Conference.Id } : this;
        if (happened is ConferenceEvent.ParticipantLeft left)
            return left.Who.Leg == own && left.Conference.Id == Conference ? this with { Conference = null } : this;
        // Nothing else tells that it has left the one that it talked to.
        if (happened is CallEvent.LegEnqueued) return new() { IsQueued = true };
        if (happened is CallEvent.LegDequeued dequeued)
            // Of one that was joined to somebody meanwhile the queue tells later.
            return IsQueued && dequeued.Reason is (DequeueReason.Bridged or DequeueReason.Bridging)
                ? new() { IsOnItsWay = true } : this with { IsQueued = false };
        if (happened is CallEvent.LegBridged bridged) return new() { Peer = bridged.Peer };
        return happened is CallEvent.LegUnbridged parted && parted.Peer == Peer ? this with { Peer = null } : this;
    }
}
