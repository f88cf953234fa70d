using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;

namespace Ringwright.Simulation;

/// <summary>
/// What a phone does about re-INVITEs and UPDATEs of the node: it takes each offer, agrees to the session
/// timer, and repeats its 200 until the ACK.
/// </summary>
internal sealed class PhoneSession(TransactionLayer layer, OfferAnswer session, uint? timerSeconds, string contact)
{
    private IncomingInvite? _invite;

    public Instant NextDue => _invite?.NextDue ?? Instant.Never;

    /// <summary>Requests of the node that renewed the session or changed it.</summary>
    public int Renewals { get; private set; }

    /// <summary>The node asks the phone not to send.</summary>
    public bool IsHeld => session.IsHeldByPeer;

    /// <summary>Our wish for a session timer; the node shall refresh.</summary>
    public SipResponseBuilder WithTimer(SipRequest request, SipResponseBuilder response, string refresher = "uac") =>
        timerSeconds is { } seconds && request.Lists(SipHeader.Supported, "timer"u8)
            ? response.Add(SipHeader.SessionExpires, $"{seconds};refresher={refresher}").Add(SipHeader.Require, "timer")
                .Add(SipHeader.Allow, "INVITE, ACK, BYE, UPDATE, PRACK")
            : response;

    public void OnInvite(TransactionOutput.RequestReceived received, Dialog within, Instant now)
    {
        if (within.AwaitsAck || session.HandleOffer(received.Request.Body) is not NegotiationStatus.Ok)
        {
            layer.Respond(received.Transaction, 491, now);
            return;
        }
        _invite = IncomingInvite.Of(layer, received, contact, within)!;         // within a dialog there is always one
        _invite.Send(WithTimer(received.Request, _invite.Response(200)).Body("application/sdp", session.CreateAnswer().Span).Build(), now);
        Renewals++;
    }

    public void OnUpdate(TransactionOutput.RequestReceived received, Instant now)
    {
        layer.Respond(received.Transaction,
            WithTimer(received.Request, new SipResponseBuilder(received.Request, 200).Add(SipHeader.Contact, contact)).Build(), now);
        Renewals++;
    }

    public bool OnAck(SipRequest ack) => _invite?.HandleAck(ack) is true;

    /// <summary>True when the node never acknowledged.</summary>
    public bool OnDue(Instant now) => _invite is { } invite && invite.NextDue <= now && invite.HandleDue(now) is MissingAck.Ack;

    public void Stop() => _invite?.Stop();
}
