using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The SIP side of a leg once its INVITE is there: the answer, requests inside the dialog, re-INVITE either way, BYE.
/// How an outbound leg gets its INVITE answered is <see cref="OutboundSetup"/>'s business; it hands the dialog over by <see cref="Establish"/>.
/// </summary>
internal sealed class LegDialog(ShardContext shard, Leg leg)
{
    private const string Sdp = "application/sdp";

    private readonly List<string> _tags = [];
    private readonly HashSet<ClientTransactionId> _open = [];
    private IncomingInvite? _incoming;
    private IncomingInvite? _reinvited;
    private SipResponse? _prepared;
    private Dialog? _dialog;
    private bool _hasSentBye;
    private (ClientTransactionId Transaction, SipRequest Request)? _bye;
    private bool _isHeld;

    /// <summary>Where the peer's signalling comes from, or goes to until it comes.</summary>
    public SipFlow Signalling { get; set; } = SipFlow.Udp(new(IPAddress.None, 0));

    /// <summary>What the trunk asked for when the INVITE was challenged.</summary>
    public DigestClient? Credentials { get; set; }

    public Instant NextDue => Instant.Min(_incoming?.NextDue ?? Instant.Never, _reinvited?.NextDue ?? Instant.Never);

    /// <summary>No transaction needs the leg any more.</summary>
    public bool IsQuiet => _open.Count == 0 && NextDue == Instant.Never;

    /// <summary>The inbound INVITE.</summary>
    public void Begin(IncomingInvite incoming, SipFlow source)
    {
        _incoming = incoming;
        _dialog = incoming.Dialog;
        Signalling = source;
        shard.Own(incoming.Transaction, leg);
        Claim(incoming.Dialog.Id.LocalTag);
        shard.Emit(new Effect.DialogBegan(leg.Facts, incoming.Dialog.Id.CallId));
    }

    /// <summary>The outbound INVITE was answered.</summary>
    public void Establish(Dialog dialog, SipFlow source)
    {
        _dialog = dialog;
        Signalling = source;
    }

    public void Claim(string tag)
    {
        _tags.Add(tag);
        shard.Claim(tag, leg);
    }

    public void ReleaseTags()
    {
        foreach (string tag in _tags) shard.Release(tag);
    }

    /// <summary>A client transaction that keeps the leg in memory until it ends.</summary>
    public void Own(ClientTransactionId transaction)
    {
        _open.Add(transaction);
        shard.Own(transaction, leg);
    }

    /// <summary>The peer's word is good for its own host, the policy for all others.</summary>
    public bool MayFollow(SipFlow hop, SipFlow source) => hop.Remote.AddressFamily == source.Remote.AddressFamily
        && (hop.Remote.Address.Equals(source.Remote.Address) || shard.Settings.Targets.Check(hop.Remote, TargetUse.Signalling) is TargetVerdict.Allowed);

    public void OnTransactionEnded(ClientTransactionId transaction)
    {
        _open.Remove(transaction);
        leg.Outbound?.OnTransactionEnded(transaction);
    }

    public void Ring()
    {
        if (_incoming is { } incoming) incoming.Send(incoming.Response(180).Build(), shard.Now);
    }

    /// <summary>Writes the 200 to the inbound INVITE. True when it carries our offer, because the INVITE had none.</summary>
    public bool PrepareAnswer(LegCommand.Answer answer)
    {
        leg.Media.Prefer(answer.PreferredCodecs);
        var response = _incoming!.Response(200).Add(SipHeader.Allow, shard.Policy.Allow).Add(SipHeader.Server, shard.Settings.UserAgent);     // inbound states only
        foreach (var (name, value) in CustomHeaders.Sendable(answer.Headers)) response.Add(name, value);
        bool isOffer = _incoming.Request.Body.IsEmpty;
        _prepared = response.Body(Sdp, (isOffer ? leg.Media.CreateOffer() : leg.Media.CreateAnswer()).Span).Build();
        return isOffer;
    }

    public void Accept()
    {
        if (_prepared is { } response) _incoming?.Send(response, shard.Now);
        _prepared = null;
        _isHeld = leg.Media.IsHeld;
    }

    public void Refuse(int status)
    {
        if (_incoming is { IsFinal: false } incoming) incoming.Send(incoming.Response(status).Build(), shard.Now);
    }

    public void OnCancel(ServerTransactionId invite, SipRequest cancel)
    {
        // A re-INVITE is answered in the turn that brought it, so only the first INVITE can be cancelled.
        if (_incoming?.Transaction == invite && !_incoming.IsFinal) leg.End(Ending.ByCaller with { Reason = ReasonOf(cancel) }, LegInput.RemoteCancel);
    }

    public void OnAck(SipRequest ack)
    {
        if (_incoming is { IsAcknowledged: false } incoming && incoming.HandleAck(ack))
        {
            if (leg.State is LegState.Offering && !TryTakeAnswer(ack))
                leg.End(Ending.ByUselessAnswer, LegInput.UselessSuccess);
            else leg.Apply(LegInput.Ack);
        }
        else if (_reinvited is { IsAcknowledged: false } reinvited && reinvited.HandleAck(ack))
        {
            _reinvited = null;
            if (leg.Media.IsAnswerAwaited && TryTakeAnswer(ack)) FollowMedia();
        }
    }

    public void OnDue()
    {
        if (_incoming is { } incoming && incoming.NextDue <= shard.Now && incoming.HandleDue(shard.Now))
            leg.End(Ending.ByLostAck, LegInput.AckMissing);
        if (_reinvited is { } reinvited && reinvited.NextDue <= shard.Now && reinvited.HandleDue(shard.Now))
        {
            _reinvited = null;
            leg.End(Ending.ByLostAck, LegInput.HangUp);
        }
    }

    /// <summary>A request with our tag in To.</summary>
    public void OnRequest(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (_dialog is not { } dialog || DialogId.Of(request) != dialog.Id) Respond(received, 481);
        else if (shard.Policy.Check(request) is { } refusal) Respond(received, refusal);
        else if (dialog.Receive(request) is var verdict and not DialogVerdict.Ok) Respond(received, Dialog.Refuse(request, verdict, shard.Rng));
        else if (request.Method is SipMethod.Bye) OnBye(received);
        else if (leg.State is LegState.Closing or LegState.Ended) Respond(received, 481);
        else
        {
            Signalling = received.From;
            switch (request.Method)
            {
                case SipMethod.Invite:
                    OnReinvite(received, dialog);
                    break;
                case SipMethod.Update:
                    OnUpdate(received);
                    break;
                case SipMethod.Info:
                    Respond(received, 200);
                    if (leg.IsAnswered && InfoDigit.TryRead(request, out char key, out int milliseconds)) leg.Activities.OnDigit(key, milliseconds);
                    break;
                default:
                    Respond(received, request.Method is SipMethod.Options ? shard.Policy.Describe(request) : new(request, 200));
                    break;
            }
        }
    }

    public void Bye()
    {
        if (_hasSentBye || _dialog is not { State: DialogState.Confirmed } dialog) return;
        _hasSentBye = true;
        _incoming?.Stop();
        _reinvited?.Stop();
        var bye = dialog.CreateRequest(SipMethod.Bye).Add(SipHeader.UserAgent, shard.Settings.UserAgent);
        Credentials?.Authorize(bye, "BYE", dialog.RemoteTarget);
        SendBye(bye.Build());
        dialog.End();
    }

    /// <summary>The answer to our BYE: only a challenge still wants something.</summary>
    public void OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        if (_bye is not { } sent || transaction != sent.Transaction || response.Status is not (401 or 407) || _dialog is not { } dialog || Credentials is not { } credentials) return;
        var bye = sent.Request;
        if (credentials.Learn(response, bye) is not DigestOutcome.TryAgain) return;
        var again = SipRequestBuilder.Again(bye, dialog.NextCSeq());
        credentials.Authorize(again, "BYE", bye.RequestUri.AsText());
        SendBye(again.Build());
    }

    private void OnBye(TransactionOutput.RequestReceived received)
    {
        Respond(received, 200);
        _incoming?.Stop();
        _reinvited?.Stop();
        bool wasEarly = _dialog is { State: DialogState.Early };
        if (wasEarly) leg.End(Ending.ByCaller with { Reason = ReasonOf(received.Request) }, LegInput.RemoteCancel);      // RFC 3261 section 15: a caller may end an early dialog by BYE
        else leg.End(Ending.ByBye with { Reason = ReasonOf(received.Request) }, LegInput.RemoteBye);
        _dialog?.End();
    }

    private void OnReinvite(TransactionOutput.RequestReceived received, Dialog dialog)
    {
        // Our last 200 is still unacknowledged: the session that this INVITE wants to change is not agreed yet.
        if (dialog.AwaitsAck)
        {
            Respond(received, Dialog.Refuse(received.Request, DialogVerdict.InviteInProgress, shard.Rng));
            return;
        }
        var invite = IncomingInvite.Of(shard.Transactions, received, shard.Contact(received.From.Transport), dialog)!;       // within a dialog there is always one
        var response = Describe(received.Request, invite.Response(200).Add(SipHeader.Allow, shard.Policy.Allow), out bool isAgreed);
        invite.Send(response, shard.Now);
        if (response.IsSuccess) _reinvited = invite;
        if (isAgreed) FollowMedia();
    }

    /// <summary>RFC 3311 section 5.2</summary>
    private void OnUpdate(TransactionOutput.RequestReceived received)
    {
        if (received.Request.Body.IsEmpty)
        {
            Respond(received, new SipResponseBuilder(received.Request, 200).Add(SipHeader.Contact, shard.Contact(received.From.Transport)));
            return;
        }
        var response = Describe(received.Request, new SipResponseBuilder(received.Request, 200).Add(SipHeader.Contact, shard.Contact(received.From.Transport)), out bool isAgreed);
        shard.Transactions.Respond(received.Transaction, response, shard.Now);
        if (isAgreed) FollowMedia();
    }

    /// <summary>Answers the offer in the request, or makes one when it has none; a refusal leaves the session as it was.</summary>
    private SipResponse Describe(SipRequest request, SipResponseBuilder success, out bool isAgreed)
    {
        isAgreed = false;
        if (request.Body.IsEmpty) return success.Body(Sdp, leg.Media.CreateOffer().Span).Build();
        var status = leg.Media.HandleOffer(request.Body);
        if (status is not NegotiationStatus.Ok) return Declined(request, status).Build();
        isAgreed = true;
        return success.Body(Sdp, leg.Media.CreateAnswer().Span).Build();
    }

    /// <summary>The response to an offer that we cannot take.</summary>
    public static SipResponseBuilder Declined(SipRequest request, NegotiationStatus status)
    {
        var response = new SipResponseBuilder(request, status.ResponseCode());
        return status.Warning() is var (code, text) ? response.Add(SipHeader.Warning, $"{code} ringwright \"{text}\"") : response;
    }

    /// <summary>RFC 3326; cut, because the far end decides how long it is.</summary>
    public static string? ReasonOf(SipMessage message) =>
        message.Text(SipHeader.Reason) is { } text ? text.Length <= Limits.ReasonCharacters ? text : text[..Limits.ReasonCharacters] : null;

    private bool TryTakeAnswer(SipRequest ack)
    {
        if (leg.Media.HandleAnswer(ack.Body) is NegotiationStatus.Ok) return true;
        leg.Media.Abandon();
        return false;
    }

    /// <summary>The session changed: media is told, and whether the peer put us on hold or took us off.</summary>
    private void FollowMedia()
    {
        leg.Connect();
        if (leg.Media.IsHeld == _isHeld) return;
        _isHeld = leg.Media.IsHeld;
        leg.Reports.Held(_isHeld);
    }

    private void SendBye(SipRequest bye)
    {
        var transaction = shard.Transactions.SendRequest(bye, NextHop(), shard.Now);
        _bye = (transaction, bye);
        Own(transaction);
    }

    /// <summary>
    /// Where the dialog says, when that is an address that we may send to; else where the peer's messages come from. So a Contact can
    /// neither be a name that nobody resolves here nor lead us to a place that the policy forbids.
    /// </summary>
    private SipFlow NextHop() => _dialog is not null && _dialog.TryGetNextHop(Signalling, out var hop) && MayFollow(hop, Signalling) ? hop : Signalling;

    private void Respond(TransactionOutput.RequestReceived received, int status) => shard.Transactions.Respond(received.Transaction, status, shard.Now);

    private void Respond(TransactionOutput.RequestReceived received, SipResponseBuilder response) =>
        shard.Transactions.Respond(received.Transaction, response.Build(), shard.Now);
}
