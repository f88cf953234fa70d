using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The INVITE of an inbound leg: ringing, early media, the answer or a refusal, and what acknowledges
/// them (RFC 3261 section 13.3, RFC 3262).
/// </summary>
/// <param name="offersReliability">Provisional responses are reliable where the caller can have it so;
/// where he must, they always are.</param>
/// <param name="source">Where the INVITE came from.</param>
/// <param name="sender">Its address, where that may be forged; else null.</param>
internal sealed class LegAnswering(
    ShardContext shard, Leg leg, IncomingInvite invite, bool offersReliability, SipFlow source, IPAddress? sender)
{
    /// <summary>A caller who has shown nothing shows by PRACK that he is there, where he can, before he hears anything.</summary>
    private bool _provesByPrack =
        shard.Settings.WithholdsMedia && sender is not null && !shard.Settings.WaysBack.IsProven(sender, shard.Now);
    private SipResponse? _prepared;
    private bool _isDescribed, _hasAcknowledged, _isAccepted;
    /// <summary>Of the last provisional response.</summary>
    private int _said = 180;

    public ServerTransactionId Transaction => invite.Transaction;
    public Dialog Dialog => invite.Dialog;
    /// <summary>For the leg's first row.</summary>
    public string? RecoveryBye(SipFlow source) => leg.RecoveryBye.Begin(invite, source);
    public Instant NextDue => invite.NextDue;
    public bool IsFinal => invite.IsFinal;
    /// <summary>What we send to where the INVITE came from arrives there.</summary>
    public bool IsWayBackProven => sender is null || _hasAcknowledged || shard.Settings.WaysBack.IsProven(sender, shard.Now);
    /// <summary>The caller hears nothing yet: what is meant for him may go to somebody else, who has not asked for it.</summary>
    public bool WithholdsMedia => shard.Settings.WithholdsMedia && !IsWayBackProven;

    private bool CanBeReliable => offersReliability || _provesByPrack;

    private bool HasOffer => !SessionBody.Of(invite.Request).IsEmpty;

    /// <summary>Provisional responses are acknowledged.</summary>
    public bool IsReliable => invite.RequiresReliability || CanBeReliable && invite.SupportsReliability;

    public void Ring()
    {
        if (invite.IsFinal) return;
        // RFC 3262 section 5: without an offer in the INVITE, ours stands in the first reliable response.
        if (!HasOffer && IsReliable && !_isDescribed) Describe(180, leg.Media.CreateOffer());
        else Provide(invite.Response(180), isDescription: false);
    }

    /// <summary>
    /// RFC 3261 section 13.3.1.1: the same once more, so that proxies keep waiting; early media does not become ringing by it.
    /// </summary>
    public void Refresh()
    {
        if (!invite.IsFinal) Provide(invite.Response(_said), isDescription: false);
    }

    /// <summary>
    /// Answers the caller's offer before the call is answered, so that he hears what we send.
    /// False when he made none, or has his answer already.
    /// </summary>
    public bool BeginEarlyMedia()
    {
        if (invite.IsFinal || !leg.Media.IsOfferReceived) return false;
        Describe(183, leg.Media.CreateAnswer());
        return true;
    }

    /// <summary>Writes the 200. True when the caller's description is still to come: in the ACK, or in a PRACK under way.</summary>
    public bool PrepareAnswer(LegCommand.Answer answer)
    {
        leg.Media.Prefer(answer.PreferredCodecs);
        leg.Media.OmitsSilence = answer.OmitsSilence;
        leg.Media.Sound = answer.Sound;
        var response = invite.Response(200).Add(SipHeader.Allow, leg.Dialog.Policy.Allow)
            .Add(SipHeader.Supported, leg.Dialog.Policy.Supported)
            .Add(SipHeader.Server, shard.Settings.UserAgent);
        foreach (var (name, value) in CustomHeaders.Sendable(answer.Headers)) response.Add(name, value);
        leg.Dialog.Timer.Answer(invite.Request, response, shard.Now);
        if (!_isDescribed)
            response.Body(LegDialog.Sdp, (HasOffer ? leg.Media.CreateAnswer() : leg.Media.CreateOffer()).Span);
        // What stood in a response that may have been lost is said once more, word for word.
        else if (!IsReliable) response.Body(LegDialog.Sdp, leg.Media.LocalBody.Span);
        _prepared = response.Build();
        return leg.Media.IsAnswerAwaited;
    }

    public void Accept()
    {
        _isAccepted = true;
        if (_prepared is { } response) invite.Send(response, shard.Now);
        _prepared = null;
    }

    /// <param name="isdnCause">What a far end that was called for this caller said in Q.850.</param>
    public void Refuse(int status, int? isdnCause = null)
    {
        if (invite.IsFinal) return;
        var refusal = invite.Response(status);
        if (isdnCause is { } cause) refusal.Add(SipHeader.Reason, $"Q.850;cause={cause}");
        invite.Send(refusal.Build(), shard.Now);
    }

    public bool OnAck(SipRequest ack)
    {
        if (invite.IsAcknowledged || !invite.HandleAck(ack)) return false;
        ProveWayBack();
        if (leg.State is LegState.Offering && leg.Media.IsAnswerAwaited && !leg.Dialog.TryTakeAnswer(ack))
            leg.End(Ending.ByUselessAnswer(leg.Media.LastAnswer), LegInput.UselessSuccess);
        else leg.Apply(LegInput.Ack);
        return true;
    }

    /// <summary>RFC 3262 section 3: it acknowledges, and may bring the answer to our offer, or an offer.</summary>
    public void OnPrack(TransactionOutput.RequestReceived received)
    {
        var prack = received.Request;
        if (!invite.HandlePrack(prack))
        {
            leg.Dialog.Respond(received, 481);
            return;
        }
        ProveWayBack();
        if (leg.Media.IsAnswerAwaited)
        {
            bool isTaken = leg.Dialog.TryTakeAnswer(prack);
            leg.Dialog.Respond(received, 200);
            if (!isTaken)
            {
                Refuse(488);
                leg.End(Ending.ByUselessAnswer(leg.Media.LastAnswer), LegInput.HangUp);
                return;
            }
            leg.Dialog.FollowMedia();
        }
        else if (!SessionBody.Of(prack).IsEmpty) leg.Dialog.Negotiate(received, new(prack, 200));
        else leg.Dialog.Respond(received, 200);
        invite.Proceed(shard.Now);
    }

    public void OnDue()
    {
        if (invite.NextDue > shard.Now) return;
        var missing = invite.HandleDue(shard.Now);
        if (missing is MissingAck.Ack) leg.End(Ending.ByLostAck, LegInput.AckMissing);
        // Some say that they know PRACK and send none. We asked for it alone, and the ACK will prove as much: the call rings on.
        else if (missing is MissingAck.Prack && _provesByPrack && !offersReliability && !invite.RequiresReliability && HasOffer
            && _prepared is null && !_isAccepted)
            _provesByPrack = false;
        else if (missing is MissingAck.Prack)
        {
            Refuse(Ending.ByLostPrack.Response);
            leg.End(Ending.ByLostPrack, LegInput.HangUp);
        }
    }

    public void Stop() => invite.Stop();

    /// <summary>
    /// Whoever acknowledges knows our tag, which went to the sender of the INVITE. Where the acknowledgement comes from says nothing.
    /// </summary>
    private void ProveWayBack()
    {
        _hasAcknowledged = true;
        if (sender is not null) shard.Settings.WaysBack.Prove(sender, shard.Now);
        // Who is known to be there takes nothing of the share of those who are not.
        shard.Settings.WaysBack.Leave(leg.Facts.Id);
        leg.Timers.Disarm(LegTimer.WayBack);
        TakeCredentials();
        if (leg.Media.IsWithheld) leg.Connect();
    }

    /// <summary>
    /// A carrier may challenge what we ask within a call that it brought, too. Where our requests go neither to where the call came
    /// from nor to the trunk, the caller himself gets them, and nothing to guess the password by.
    /// </summary>
    private void TakeCredentials()
    {
        if (leg.Dialog.Credentials is not null) return;
        if (shard.Routing.FindTrunk(leg.Facts.Trunk ?? default) is not { AuthUser: { } user } trunk) return;
        var hop = shard.NextHop(invite.Dialog, source).Remote.Address;
        if (hop.Equals(source.Remote.Address) || trunk.IsAt(hop) || trunk.NarrowestSource(hop) is not null)
            leg.Dialog.Credentials = new(user, trunk.AuthPassword ?? "", shard.Rng);
    }

    private void Describe(int status, ReadOnlyMemory<byte> description)
    {
        (_isDescribed, _said) = (true, status);
        Provide(invite.Response(status).Add(SipHeader.Allow, leg.Dialog.Policy.Allow).Body(LegDialog.Sdp, description.Span),
            isDescription: true);
    }

    private void Provide(SipResponseBuilder response, bool isDescription)
    {
        if (IsReliable) invite.SendReliably(response, isDescription, shard.Now);
        else invite.Send(response.Build(), shard.Now);
    }
}
