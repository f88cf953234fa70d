using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;

namespace Ringwright.Simulation;

internal enum PhoneState
{
    /// <summary>INVITE sent, or received and not yet rung.</summary>
    Calling,
    Ringing,
    /// <summary>Called: 200 sent, ACK awaited.</summary>
    Answered,
    Established,
    Over,
}

/// <summary>One call of a phone, either way.</summary>
internal sealed class PhoneCall
{
    private const string Sdp = "application/sdp";

    private readonly SimWorld _world;
    private readonly SimPhone _phone;
    private readonly TransactionLayer _layer;
    private readonly OfferAnswer _session;
    private readonly IPEndPoint _described;
    private IPEndPoint _rtp;
    private readonly List<OutgoingInvite> _reinvites = [];
    private readonly PhoneSession _changes;
    private readonly DigestClient? _credentials;
    private OutgoingInvite? _sent, _resent;
    private ClientTransactionId? _refer;
    private IncomingInvite? _received;
    private Dialog? _dialog;
    private Instant _ringAt = Instant.Never, _answerAt = Instant.Never, _hangupAt = Instant.Never, _resendAt = Instant.Never,
        _giveUpAt = Instant.Never;
    private bool _isHangupWanted;

    public PhoneCall(SimWorld world, SimPhone phone, TransactionLayer layer)
    {
        (_world, _phone, _layer) = (world, phone, layer);
        _described = _rtp = new(phone.Address.Address, 40_000 + 2 * phone.Rng.Next(1_000));
        byte[] secret = new byte[32];
        if (phone.Encryption is not MediaEncryption.Disabled) phone.Rng.Fill(secret);
        _session = new(new() { Address = _rtp, Encryption = phone.Encryption, KeySecret = () => secret }, phone.Rng.Next());
        Media = new(world, _rtp, phone.Rng) { Says = phone.Says, Plays = phone.Plays, Voice = phone.Tone is { } hertz ? new(hertz) : null };
        _changes = new(layer, _session, phone.TimerSeconds, Contact);
        if (phone.Password is { } password) _credentials = new(phone.Number, password, phone.Rng);
    }

    public PhoneState State { get; private set; }
    /// <summary>Where it sends from and listens.</summary>
    public IPEndPoint Rtp => _rtp;
    public PhoneMedia Media { get; }
    /// <summary>The status that refused our INVITE.</summary>
    public int? RefusedWith { get; private set; }
    public bool WasGivenUp { get; private set; }
    /// <summary>As a caller: the node has said that somebody rings.</summary>
    public bool HasRung { get; private set; }
    /// <summary>The last direction that we asked for is agreed.</summary>
    public bool IsSettled => _resent is null && _resendAt == Instant.Never;
    /// <summary>Re-INVITEs that were refused because another exchange was open.</summary>
    public int Glares { get; private set; }
    public MediaKeys? Keys => _session.Plan?.Keys;
    /// <summary>Requests of the node that renewed the session or changed it.</summary>
    public int Renewals => _changes.Renewals;
    /// <summary>The node asks the phone not to send.</summary>
    public bool IsHeld => _changes.IsHeld;
    /// <summary>What the node has said of our REFER, in order: its answer, then the statuses of its NOTIFYs.</summary>
    public List<int> Referral { get; } = [];
    /// <summary>The codec agreed on.</summary>
    public string? Codec => _session.Plan?.Codec.Name;

    public Instant NextDue
    {
        get
        {
            var next = Instant.Min(Instant.Min(_ringAt, _answerAt), Instant.Min(_hangupAt, Instant.Min(_resendAt, _giveUpAt)));
            return Instant.Min(Instant.Min(next, Media.NextDue), Instant.Min(_changes.NextDue, _received?.NextDue ?? Instant.Never));
        }
    }

    private Instant Now => _world.Now;

    /// <summary>As a Refer-To of another call of the phone names this one (RFC 5589 section 7.1).</summary>
    public string Replacing(string uri) => _dialog is { Id: var id }
        ? $"<{uri}?Replaces={Uri.EscapeDataString($"{id.CallId};to-tag={id.RemoteTag};from-tag={id.LocalTag}")}>" : $"<{uri}>";

    /// <summary>The node is to connect the other party to that URI.</summary>
    /// <param name="target">A Refer-To value.</param>
    public void Refer(string target)
    {
        if (State is PhoneState.Established && _dialog is { } dialog)
            _refer = _layer.SendRequest(dialog.CreateRequest(SipMethod.Refer).Add(SipHeader.ReferTo, target)
                .Add(LegWatch.CallHeader, _world.NameCall()).Build(), Hop(dialog), Now);
    }

    public bool Owns(SipRequest request) => _dialog is { } dialog && DialogId.Of(request) == dialog.Id;

    public void Dial(string number, string? uri)
    {
        var node = _world.Node.Address;
        var invite = new SipRequestBuilder(SipMethod.Invite, uri ?? $"sip:{number}@{node}")
            .Add(SipHeader.From,
                $"<sip:{_phone.Number}@{(_phone.Password is null ? _phone.Address : node).Address}>;tag={_layer.Tokens.Tag()}")
            .Add(SipHeader.To, $"<sip:{number}@{node}>")
            .Add(SipHeader.CallId, _layer.Tokens.CallId())
            .Add(SipHeader.CSeq, "1 INVITE")
            .Add(SipHeader.Contact, Contact)
            .Add(LegWatch.CallHeader, _world.NameCall());
        if (_phone.IsReliable) invite.Add(SipHeader.Require, "100rel");
        if (!_phone.OffersLate) invite.Body(Sdp, _session.CreateOffer().Span);
        _sent = new OutgoingInvite(_layer, invite.Build(), SipFlow.Udp(node), Now);
        _giveUpAt = Now + _phone.GivesUpAfter;
    }

    public void Ring(TransactionOutput.RequestReceived received)
    {
        _received = IncomingInvite.Of(_layer, received, Contact)!;      // the node always sends a Contact
        _dialog = _received.Dialog;
        if (!received.Request.Body.IsEmpty && _session.HandleOffer(received.Request.Body) is not NegotiationStatus.Ok)
            throw new SimulationException("the node's offer cannot be used");
        (_ringAt, _giveUpAt) = (Now + _phone.RingsAfter, Now + _phone.GivesUpAfter);
        if (_phone.AnswersAfter is { } after) _answerAt = Now + after;
    }

    public void Hangup()
    {
        if (State is PhoneState.Over) return;
        if (State is PhoneState.Established) Bye();
        else if (_sent is { IsPending: true } sent)
        {
            _isHangupWanted = true;
            sent.Cancel(Now);
        }
        else if (State is PhoneState.Answered) _isHangupWanted = true;       // RFC 3261 §15: no BYE before the ACK
        else if (_received is { } received && received.Send(received.Response(_phone.RefusesWith ?? 603).Build(), Now)) End();
    }

    /// <summary>The other side is silent and has not said why.</summary>
    public void GiveUp()
    {
        WasGivenUp = true;
        Hangup();
    }

    /// <summary>Re-INVITE; again later when the other side is not ready for it.</summary>
    public void ChangeDirection(StreamDirection wanted)
    {
        _resendAt = Instant.Never;
        if (State is not PhoneState.Established || _dialog is not { } dialog) return;
        _session.Wanted = wanted;
        if (dialog.CanInvite) Reinvite(dialog);
        else _resendAt = Now + TimeSpan.FromMilliseconds(200);
    }

    public void ChangeCodec(string codec)
    {
        _session.Prefer([codec]);
        ChangeDirection(_session.Wanted);
    }

    /// <summary>
    /// Sends and listens at another port of its host from now on: a NAT has forgotten its binding. The far end is not told.
    /// </summary>
    public void Rebind() => Media.Move(_rtp = new(_rtp.Address, _rtp.Port + 1_000), isNewStream: false);

    /// <summary>Another server has the call's sound from now on, as what is said of it next will tell.</summary>
    public void MoveMedia() => Media.Move(_rtp = new(_rtp.Address, _described.Port + 1_000), isNewStream: true);

    /// <summary>What leaves the phone names the place where its sound is by now.</summary>
    public ReadOnlyMemory<byte> Describe(ReadOnlyMemory<byte> message) => _rtp.Port == _described.Port ? message
        : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message.Span)
            .Replace($"m=audio {_described.Port} ", $"m=audio {_rtp.Port} ", StringComparison.Ordinal));

    public void ReceiveMedia(Parcel parcel)
    {
        if (State is not PhoneState.Over && parcel.To.Port == _rtp.Port) Media.Receive(parcel.Bytes.Span);
    }

    public void OnDue(Instant now)
    {
        if (Media.NextDue <= now) Media.OnDue(now);
        if (_ringAt <= now)
        {
            _ringAt = Instant.Never;
            if (State is PhoneState.Calling && _received is { } received)
            {
                Ring(received);
            }
        }
        if (_answerAt <= now)
        {
            (_ringAt, _answerAt) = (Instant.Never, Instant.Never);
            Answer();
        }
        if (_hangupAt <= now)
        {
            _hangupAt = Instant.Never;
            Hangup();
        }
        if (_giveUpAt <= now)
        {
            _giveUpAt = Instant.Never;
            if (_received is null) Hangup();        // a caller may have enough of it; a callee waits for the CANCEL that is due to it
            else GiveUp();
        }
        if (_resendAt <= now) ChangeDirection(_session.Wanted);
        if (_received is { } invite && invite.NextDue <= now)
        {
            var missing = invite.HandleDue(now);
            if (missing is MissingAck.Ack) Bye();
            else if (missing is MissingAck.Prack && invite.Send(invite.Response(504).Build(), now)) End();
        }
        if (_changes.OnDue(now)) Bye();
    }

    public void OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (transaction == _refer && !response.IsProvisional) Referral.Insert(0, response.Status);
        // A re-INVITE that is over still acknowledges its 2xx when it comes again.
        if (_reinvites.Find(invite => invite.Transaction == transaction) is { } reinvite)
            OnReinvited(reinvite, reinvite.Handle(response, from, Now));
        else if (_sent?.Transaction == transaction) OnNews(_sent, _sent.Handle(response, from, Now));
    }

    public void OnTimeout(ClientTransactionId transaction)
    {
        if (_sent?.Transaction == transaction)
        {
            _sent.Abandon();
            End();
        }
        else if (_resent?.Transaction == transaction)
        {
            _resent.Abandon();
            _resent = null;
            _session.Abandon();
            Hangup();           // RFC 3261 §14.1: no response at all ends the dialog
        }
    }

    public void OnAck(SipRequest ack)
    {
        if (_changes.OnAck(ack)) return;
        if (_received is not { IsAnswered: true } received || !received.HandleAck(ack) || State is not PhoneState.Answered) return;
        Establish();
        if (_isHangupWanted) Bye();
    }

    public void OnCancel(ServerTransactionId invite)
    {
        if (_received?.Transaction == invite && _received.HandleCancel(Now)) End();
    }

    public void OnRequest(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (_dialog is not { } dialog) return;      // Owns has asked for it
        if (dialog.Receive(request) is var verdict and not DialogVerdict.Ok) Respond(received, Dialog.Refuse(request, verdict, _phone.Rng));
        else if (request.Method is SipMethod.Bye)
        {
            bool isOver = State is PhoneState.Over;
            Respond(received, new(request, isOver ? 481 : 200));
            _received?.Stop();
            _changes.Stop();
            End();
        }
        else if (State is PhoneState.Over) Respond(received, new(request, 481));
        else if (request.Method is SipMethod.Prack) OnPrack(received);
        else if (request.Method is SipMethod.Update) _changes.OnUpdate(received, Now);
        else if (request.Method is SipMethod.Invite)
        {
            _changes.OnInvite(received, dialog, Now);
            if (_session.Plan is { } plan) Media.Start(plan);
        }
        else if (request.Method is SipMethod.Notify && Sipfrag.StatusOf(request.Body) is { } status)
        {
            Respond(received, new(request, 200));
            Referral.Add(status);
            if (status is >= 200 and <= 299 && _phone.HangsUpWhenReferred) Bye();
        }
        else Respond(received, new(request, 405));
    }

    /// <summary>180, or the description and the first words; reliably where the caller wants it so.</summary>
    private void Ring(IncomingInvite received)
    {
        var response = received.Response(_phone.SpeaksEarly ? 183 : 180);
        if (_phone.SpeaksEarly) response.Body(Sdp, _session.CreateAnswer().Span);
        if (_phone.IsReliable && received.SupportsReliability) received.SendReliably(response, _phone.SpeaksEarly, Now);
        else received.Send(response.Build(), Now);
        State = PhoneState.Ringing;
        if (_session.Plan is { } plan) Media.Start(plan);
    }

    private void OnPrack(TransactionOutput.RequestReceived received)
    {
        bool isMatch = _received?.HandlePrack(received.Request) is true;
        Respond(received, new(received.Request, isMatch ? 200 : 481));
        if (isMatch) _received?.Proceed(Now);
    }

    private string Contact => $"<sip:{_phone.Number}@{_phone.Address}>";

    private void Answer()
    {
        if (State is not (PhoneState.Calling or PhoneState.Ringing) || _received is not { IsFinal: false } received) return;
        if (_phone.RefusesWith is { } status)
        {
            received.Send(received.Response(status).Build(), Now);
            End();
            return;
        }
        var answer = _session.State is OfferAnswerState.OfferReceived ? _session.CreateAnswer() : _session.LocalBody;
        received.Send(_changes.WithTimer(received.Request, received.Response(200)).Body(Sdp, answer.Span).Build(), Now);
        State = PhoneState.Answered;
        if (_session.Plan is { } plan) Media.Start(plan);       // who answers also speaks, whether the ACK has come or not
    }

    private void OnNews(OutgoingInvite invite, InviteNews news)
    {
        switch (news)
        {
            case InviteNews.Progress progress:
                OnProgress(invite, progress);
                break;
            case InviteNews.Answered answered:
                _dialog = answered.Dialog;
                if (_session.State is OfferAnswerState.Stable) invite.Acknowledge();
                else if (_session.State is OfferAnswerState.OfferSent)
                {
                    Check(_session.HandleAnswer(answered.Response.Body));
                    invite.Acknowledge();
                }
                else
                {
                    Check(_session.HandleOffer(answered.Response.Body));
                    invite.Acknowledge(Sdp, _session.CreateAnswer().Span);
                }
                Establish();
                break;
            case InviteNews.Failed { Response: { Status: 407 } challenge }
                when !_isHangupWanted && _credentials?.Learn(challenge, invite.Request) is DigestOutcome.TryAgain:
                var again = SipRequestBuilder.Again(invite.Request, invite.Request.CSeq.Number + 1);
                _credentials.Authorize(again, "INVITE", invite.Request.RequestUri.AsText());
                _sent = new OutgoingInvite(_layer, again.Build(), SipFlow.Udp(_world.Node.Address), Now);
                break;
            case InviteNews.Failed failed:
                RefusedWith = failed.Response.Status;
                End();
                break;
            case InviteNews.AnsweredTooLate:
                End();
                break;
        }
    }

    /// <summary>Ringing, early media, or the node's offer in a reliable response when ours came late.</summary>
    private void OnProgress(OutgoingInvite invite, InviteNews.Progress progress)
    {
        if (State is PhoneState.Calling) State = PhoneState.Ringing;
        HasRung = true;
        var body = progress.Response.Body;
        if (!body.IsEmpty && _session.State is OfferAnswerState.OfferSent) Check(_session.HandleAnswer(body));
        bool isOffer = !body.IsEmpty && _session.State is OfferAnswerState.Idle;
        if (isOffer) Check(_session.HandleOffer(body));
        if (progress.IsReliable)
        {
            var prack = invite.CreatePrack(progress);
            if (isOffer) prack.Body(Sdp, _session.CreateAnswer().Span);
            _layer.SendRequest(prack.Build(), Hop(progress.Early!), Now);        // a reliable one has a dialog
        }
        if (_session.Plan is { } plan) Media.Start(plan);
    }

    private void Establish()
    {
        State = PhoneState.Established;
        _giveUpAt = Instant.Never;
        if (_session.Plan is { } plan) Media.Start(plan);
        if (_phone.HangsUpAfter is { } after) _hangupAt = Now + after;
    }

    private void Reinvite(Dialog dialog)
    {
        var invite = dialog.CreateRequest(SipMethod.Invite).Body(Sdp, _session.CreateOffer().Span).Build();
        _resent = new OutgoingInvite(_layer, invite, Hop(dialog), Now, dialog);
        _reinvites.Add(_resent);
    }

    private void OnReinvited(OutgoingInvite invite, InviteNews news)
    {
        switch (news)
        {
            case InviteNews.Answered answered:
                invite.Acknowledge();
                if (State is PhoneState.Over) break;
                Check(_session.HandleAnswer(answered.Response.Body));
                if (_session.Plan is { } plan) Media.Start(plan);
                _resent = null;
                break;
            case InviteNews.Failed failed:
                _resent = null;
                _session.Abandon();
                if (failed.Response.Status is 481 or 408) End();
                else if (failed.Response.Status is 491 or 500 && _dialog is { } dialog)
                {
                    Glares++;
                    _resendAt = Now + dialog.GlareDelay(_phone.Rng);
                }
                break;
        }
    }

    private void Bye()
    {
        _received?.Stop();
        _changes.Stop();
        if (_dialog is { State: DialogState.Confirmed } dialog)
        {
            _layer.SendRequest(dialog.CreateRequest(SipMethod.Bye).Build(), Hop(dialog), Now);
            dialog.End();
        }
        End();
    }

    private void End()
    {
        State = PhoneState.Over;
        // Its 200 may be lost, and the other side no longer repeats what the BYE has overtaken: without CANCEL it would wait for ever.
        _resent?.Cancel(Now);
        _ringAt = _answerAt = _hangupAt = _resendAt = _giveUpAt = Instant.Never;
        Media.Stop();
    }

    private SipFlow Hop(Dialog dialog)
    {
        var node = SipFlow.Udp(_world.Node.Address);
        return dialog.TryGetNextHop(node, out var hop) ? hop : node;
    }

    private void Respond(TransactionOutput.RequestReceived received, SipResponseBuilder response) =>
        _layer.Respond(received.Transaction, response.Build(), Now);

    private static void Check(NegotiationStatus status)
    {
        if (status is not NegotiationStatus.Ok) throw new SimulationException($"the node's description cannot be used: {status}");
    }
}
