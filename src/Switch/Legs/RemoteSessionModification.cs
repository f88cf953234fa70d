using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Changes of the session that the peer asks for, by re-INVITE (RFC 3261 section 14.2) or UPDATE (RFC 3311),
/// and what it says of itself on the way.
/// </summary>
internal sealed class RemoteSessionModification(ShardContext shard, Leg leg, LegDialog dialog)
{
    private IncomingInvite? _invite;
    private bool _isHeld;

    public Instant NextDue => _invite?.NextDue ?? Instant.Never;

    /// <summary>Its Allow names UPDATE.</summary>
    public bool TakesUpdate { get; private set; }

    /// <summary>From any message that carries Allow.</summary>
    public void Learn(SipMessage message)
    {
        if (message.Has(SipHeader.Allow)) TakesUpdate = message.Lists(SipHeader.Allow, "UPDATE"u8);
    }

    public void OnInvite(TransactionOutput.RequestReceived received, Dialog within)
    {
        var request = received.Request;
        Learn(request);
        // RFC 5407 section 3.1.4: while our last 200 has no ACK, the session that this INVITE wants to change is not agreed yet.
        // So it is while an offer of ours is open.
        if (within.AwaitsAck || within.State is DialogState.Early || leg.Media.IsAnswerAwaited) dialog.Respond(received, 491);
        else if (shard.Settings.SessionTimer.Refuse(request) is { } refusal) dialog.Respond(received, refusal);
        else
        {
            // within a dialog there is always one
            var invite = IncomingInvite.Of(shard.Transactions, received, within.LocalContact, within)!;
            var offer = SessionBody.Of(request);
            var status = offer.IsEmpty ? NegotiationStatus.Ok : leg.Media.HandleOffer(offer);
            if (status is not NegotiationStatus.Ok)
            {
                invite.Send(LegDialog.Declined(request, status, shard.Rng).Build(), shard.Now);
                return;
            }
            var response = invite.Response(200).Add(SipHeader.Allow, leg.Dialog.Policy.Allow)
                .Add(SipHeader.Supported, leg.Dialog.Policy.Supported);
            dialog.Timer.Answer(request, response, shard.Now);
            var own = offer.IsEmpty ? leg.Media.CreateOffer(isWithinCall: true) : leg.Media.CreateAnswer();
            invite.Send(response.Body(LegDialog.Sdp, own.Span).Build(), shard.Now);
            _invite = invite;
            dialog.FollowMedia();
        }
    }

    public void OnUpdate(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        Learn(request);
        if (shard.Settings.SessionTimer.Refuse(request) is { } refusal)
        {
            dialog.Respond(received, refusal);
            return;
        }
        var response = new SipResponseBuilder(request, 200).Add(SipHeader.Contact, shard.Contact(received.From))
            .Add(SipHeader.Allow, leg.Dialog.Policy.Allow).Add(SipHeader.Supported, leg.Dialog.Policy.Supported);
        // RFC 4028 section 7.4: before the answer it is the INVITE that sets the timer.
        if (leg.IsAnswered) dialog.Timer.Answer(request, response, shard.Now);
        if (SessionBody.Of(request).IsEmpty) dialog.Respond(received, response);
        else dialog.Negotiate(received, response);
    }

    public void OnAck(SipRequest ack)
    {
        if (_invite is not { IsAcknowledged: false } invite || !invite.HandleAck(ack)) return;
        _invite = null;
        if (leg.Media.IsAnswerAwaited && dialog.TryTakeAnswer(ack)) dialog.FollowMedia();
    }

    public void OnDue()
    {
        if (_invite is not { } invite || invite.NextDue > shard.Now || invite.HandleDue(shard.Now) is MissingAck.None) return;
        _invite = null;
        leg.End(Ending.ByLostAck, LegInput.HangUp);
    }

    public void Stop() => _invite?.Stop();

    /// <summary>What the first answer says is no news.</summary>
    public void Begin() => _isHeld = leg.Media.IsHeld;

    /// <summary>Tells whether the peer put us on hold or took us off, when that changed.</summary>
    public void NoteHold()
    {
        if (leg.Media.IsHeld == _isHeld) return;
        _isHeld = leg.Media.IsHeld;
        leg.Reports.Held(_isHeld);
        leg.Bridging.OnHeld(_isHeld);
    }
}
