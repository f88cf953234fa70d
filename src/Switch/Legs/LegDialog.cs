using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The SIP side of a leg: its dialog and where that leads, the requests inside it, BYE, and the parts that answer the initial INVITE,
/// follow the peer's changes and ask for ours. How an outbound leg gets its INVITE answered is <see cref="OutboundSetup"/>'s business;
/// it hands the dialog over by <see cref="Establish"/>.
/// </summary>
internal sealed class LegDialog
{
    public const string Sdp = "application/sdp";
    /// <summary>RFC 3261 section 8.1.1.6: what a call begins with.</summary>
    private const int MostHops = 70;

    private readonly ShardContext _shard;
    private readonly Leg _leg;
    private readonly RemoteSessionModification _peer;
    private readonly LocalSessionModification _own;
    private readonly LegInfo _info;
    private readonly Ration _asked = new(Limits.RequestsAtOnce, Limits.RequestsASecond);
    private readonly List<string> _tags = [];
    private readonly HashSet<ClientTransactionId> _open = [];
    private Dialog? _dialog;
    private bool _hasSentBye;
    private LocalReferral? _ownReferral;
    private RemoteReferral? _peerReferral;

    public LegDialog(ShardContext shard, Leg leg)
    {
        (_shard, _leg) = (shard, leg);
        Timer = new(shard.Settings.SessionTimer);
        Requests = new(shard, this);
        _peer = new(shard, leg, this);
        _own = new(shard, leg, this);
        Holding = new(_own);
        _info = new(shard, leg, this);
        Probe = new(shard, leg, this);
    }

    /// <summary>Where the peer's signalling comes from, or goes to until it comes.</summary>
    public SipFlow Signalling { get; set; } = SipFlow.Udp(new(IPAddress.None, 0));

    /// <summary>For whoever challenges our requests: of a call in, only when it may have them.</summary>
    public DigestClient? Credentials { get; set; }

    public SessionTimer Timer { get; }
    public LegRequests Requests { get; }
    public LegHold Holding { get; }
    public LegProbe Probe { get; }
    /// <summary>Our REFERs; made by the first, like the far end's.</summary>
    public LocalReferral OwnReferral => _ownReferral ??= new(_shard, _leg, this);
    public RemoteReferral PeerReferral => _peerReferral ??= new(_shard, _leg, this);
    /// <summary>What we understand, and say that we do, towards this far end.</summary>
    public UserAgentPolicy Policy => _leg.Referrer switch
    {
        null when _leg.Outbound?.Request.AsksOfReferrals is true => _shard.ReferringTrunkPolicy,
        null => _shard.Policy,
        { IsPhone: true } => _shard.PhonePolicy,
        { Trunk: null } => _shard.ReferrerPolicy,
        _ => _shard.ReferringTrunkPolicy,
    };
    /// <summary>Null before there is a dialog, early or not.</summary>
    public string? CallId => _dialog?.Id.CallId;
    /// <inheritdoc cref="CallId"/>
    public DialogId? Id => _dialog?.Id;
    public bool PeerTakesUpdate => _peer.TakesUpdate;
    /// <summary>Inbound legs only.</summary>
    public LegAnswering? Answering { get; private set; }
    /// <summary>
    /// Of a call in: how many hops there may be behind us where it goes on (RFC 7332); negative when it may not. Null where its INVITE
    /// does not say.
    /// </summary>
    public int? HopsLeft { get; private set; }
    /// <summary>The dialog, early or not, has that name.</summary>
    public bool Is(DialogId id) => _dialog is { } dialog ? dialog.Id.Covers(id) : _leg.Outbound?.HasEarly(id) is true;
    /// <summary>The dialog of an answered call, until its end.</summary>
    public Dialog? Confirmed => _dialog is { State: DialogState.Confirmed } ? _dialog : null;

    public Instant NextDue => Instant.Min(Answering?.NextDue ?? Instant.Never, Instant.Min(_peer.NextDue, _own.NextDue));

    /// <summary>No transaction needs the leg any more.</summary>
    public bool IsQuiet => _open.Count == 0 && NextDue == Instant.Never;

    /// <summary>The inbound INVITE.</summary>
    /// <param name="sender">The address that it came from, where that may be forged; else null.</param>
    public void Begin(IncomingInvite incoming, SipFlow source, IPAddress? sender, bool offersReliability)
    {
        Answering = new(_shard, _leg, incoming, offersReliability, source, sender);
        _dialog = incoming.Dialog;
        Signalling = source;
        HopsLeft = incoming.Request.MaxForwards is { } hops ? Math.Min(hops, MostHops) - 1 : null;
        _shard.Own(incoming.Transaction, _leg);
        Claim(incoming.Dialog.Id.LocalTag);
        _peer.Learn(incoming.Request);
        _shard.Emit(new Effect.DialogBegan(_leg.Facts, incoming.Dialog.Id.CallId));
    }

    public void Accept()
    {
        Answering?.Accept();
        _leg.Ringing.AwaitAck();
        _peer.Begin();
    }

    /// <summary>The outbound INVITE was answered.</summary>
    public void Establish(Dialog dialog, SipResponse answer, SipFlow source)
    {
        _dialog = dialog;
        Signalling = source;
        _peer.Learn(answer);
        Timer.OnSuccess(answer, _shard.Now);
    }

    public void Claim(string tag)
    {
        _tags.Add(tag);
        _shard.Claim(tag, _leg);
    }

    /// <summary>
    /// The leg is gone: nothing leads to it any more. Its INVITE's transaction lingers half a minute
    /// longer, and would keep all of it in memory.
    /// </summary>
    public void Release()
    {
        foreach (string tag in _tags) _shard.Release(tag);
        if (Answering is { } answering) _shard.Forget(answering.Transaction);
    }

    /// <summary>A client transaction that keeps the leg in memory until it ends.</summary>
    public void Own(ClientTransactionId transaction)
    {
        _open.Add(transaction);
        _shard.Own(transaction, _leg);
    }

    /// <inheritdoc cref="ShardContext.MayFollow"/>
    public bool MayFollow(SipFlow hop, SipFlow source) => _shard.MayFollow(hop, source);

    /// <inheritdoc cref="ShardContext.NextHop"/>
    public SipFlow NextHop(Dialog dialog) => _shard.NextHop(dialog, Signalling);

    public void OnTransactionEnded(ClientTransactionId transaction)
    {
        _open.Remove(transaction);
        _own.OnTransactionEnded(transaction);
        _leg.Outbound?.OnTransactionEnded(transaction);
    }

    public void OnCancel(ServerTransactionId invite, SipRequest cancel)
    {
        // A re-INVITE is answered in the turn that brought it, so only the initial INVITE can be cancelled.
        if (Answering is { IsFinal: false } answering && answering.Transaction == invite)
            _leg.End(Ending.ByCaller with { Reason = ReasonOf(cancel), IsElsewhere = Reason.SaysElsewhere(cancel) }, LegInput.RemoteCancel);
    }

    public void OnAck(SipRequest ack)
    {
        if (Answering?.OnAck(ack) is not true) _peer.OnAck(ack);
        _own.Advance();
        Refer();
    }

    public void OnDue()
    {
        Answering?.OnDue();
        _peer.OnDue();
        _own.OnDue();
    }

    /// <summary>A request with our tag in To.</summary>
    public void OnRequest(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        var id = DialogId.Of(request);
        // Some leave their tag out when they hang up: ours names the call all the same.
        if (request.Method is SipMethod.Bye && id.RemoteTag.Length == 0 && _dialog is { Id.RemoteTag: var theirs })
            id = id with { RemoteTag = theirs };
        var dialog = _dialog is null ? _leg.Outbound?.FindEarly(id) : _dialog;
        if (dialog is null || !dialog.Id.Covers(id)) Respond(received, 481);
        // First: the call of whoever hangs up is over, whatever else he says by it and whether we understand that.
        else if (request.Method is SipMethod.Bye) OnBye(received);
        else if (Policy.Check(request) is { } refusal) Respond(received, refusal);
        else if (dialog.Receive(request) is var verdict and not DialogVerdict.Ok)
            Respond(received, Dialog.Refuse(request, verdict, _shard.Rng));
        else if (_leg.State is LegState.Closing or LegState.Ended) Respond(received, 481);
        // What he asks is told, written down and sent on: one far end fills the memory of no node.
        else if (!_asked.TryTake(_shard.Now)) Respond(received, new SipResponseBuilder(request, 503).Add(SipHeader.RetryAfter, "1"));
        else
        {
            Signalling = received.From;
            Probe.Heard();
            OnRequest(received, dialog);
            _own.Advance();
            _leg.RecoveryBye.Follow();
        }
    }

    private void OnRequest(TransactionOutput.RequestReceived received, Dialog dialog)
    {
        var request = received.Request;
        switch (request.Method)
        {
            case SipMethod.Invite:
                _peer.OnInvite(received, dialog);
                break;
            case SipMethod.Update:
                _peer.OnUpdate(received);
                break;
            case SipMethod.Prack when Answering is { } answering:
                answering.OnPrack(received);
                break;
            case SipMethod.Prack:
                Respond(received, 481);
                break;
            case SipMethod.Info:
                _info.OnRequest(received);
                break;
            case SipMethod.Notify:
                OwnReferral.OnNotify(received);
                break;
            case SipMethod.Refer:
                PeerReferral.OnRequest(received, dialog);
                break;
            default:
                Respond(received, request.Method is SipMethod.Options
                    ? Policy.Describe(request).Add(SipHeader.Contact, dialog.LocalContact) : new(request, 200));
                break;
        }
    }

    /// <summary>The answer to a request of ours inside the dialog.</summary>
    public void OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        // A challenge is answered, and what comes then says more.
        if (!response.IsProvisional && response.Status is not (401 or 407 or 408 or 481)) Probe.Heard();
        if (!Requests.OnResponse(transaction, response)) _own.OnResponse(transaction, response, from);
        _own.Advance();
        _leg.RecoveryBye.Follow();
    }

    /// <summary>Nothing answered a request of ours, or it could not be sent.</summary>
    public void OnFailed(ClientTransactionId transaction)
    {
        if (!Requests.OnFailed(transaction)) _own.OnFailed(transaction);
    }

    /// <summary>False sends nothing: the dialog is not there any more.</summary>
    public bool TryInform(LegCommand.SendInfo info, Action<SipResponse?>? onFinal = null)
    {
        if (_dialog is not { State: DialogState.Confirmed } dialog) return false;
        _info.Send(dialog, info, onFinal);
        return true;
    }

    /// <summary>Sends the REFER that waits for the call to be up.</summary>
    public void Refer() => _ownReferral?.Advance();

    /// <inheritdoc cref="RemoteReferral.TakeRelease"/>
    public bool TakeRelease() => _peerReferral?.TakeRelease() is true;

    /// <inheritdoc cref="RemoteReferral.Taken"/>
    public Ending? Taken => _peerReferral?.Taken;

    public void Bye(string? reason, IReadOnlyList<Calls.CustomSipHeader> headers)
    {
        if (_hasSentBye || _dialog is not { State: DialogState.Confirmed } dialog) return;
        _hasSentBye = true;
        Answering?.Stop();
        _peer.Stop();
        var bye = dialog.CreateRequest(SipMethod.Bye).Add(SipHeader.UserAgent, _shard.Settings.UserAgent);
        if (reason is not null) bye.Add(SipHeader.Reason, reason);
        foreach (var (name, value) in CustomHeaders.Sendable(headers)) bye.Add(name, value);
        Requests.Send(dialog, bye);
        dialog.End();
    }

    /// <summary>The leg is over: nothing more is asked of the session.</summary>
    public void Retire()
    {
        Timer.Stop();
        _own.Stop();
        _ownReferral?.Stop();
        _peerReferral?.Stop();
    }

    /// <summary>The session may have changed: media is told, and whether the peer put us on hold or took us off.</summary>
    public void FollowMedia()
    {
        _leg.Connect();
        if (_leg.IsAnswered) _peer.NoteHold();
    }

    /// <summary>An answer in an ACK or PRACK. False when it is of no use; what was agreed before then stands.</summary>
    public bool TryTakeAnswer(SipRequest request)
    {
        if (_leg.Media.HandleAnswer(SessionBody.Of(request)) is NegotiationStatus.Ok) return true;
        _leg.Media.Abandon();
        return false;
    }

    /// <summary>Answers a request by answering its offer; a refusal leaves the session as it was.</summary>
    public bool Negotiate(TransactionOutput.RequestReceived received, SipResponseBuilder success)
    {
        var status = _leg.Media.HandleOffer(SessionBody.Of(received.Request));
        if (status is not NegotiationStatus.Ok)
        {
            Respond(received, Declined(received.Request, status, _shard.Rng));
            return false;
        }
        Respond(received, success.Body(Sdp, _leg.Media.CreateAnswer().Span));
        FollowMedia();
        return true;
    }

    /// <summary>The response to an offer that we cannot take.</summary>
    public static SipResponseBuilder Declined(SipRequest request, NegotiationStatus status, Rng rng)
    {
        var response = new SipResponseBuilder(request, status.ResponseCode(), status.Phrase());
        // RFC 3311 section 5.2: an offer before the last one is answered comes again a little later.
        if (status is NegotiationStatus.WrongState) response.Add(SipHeader.RetryAfter, $"{rng.Next(11)}");
        return status.Warning() is var (code, text) ? response.Add(SipHeader.Warning, $"{code} ringwright \"{text}\"") : response;
    }

    /// <summary>
    /// RFC 3326: gateways say one in words of SIP and one in words of Q.850, and some in headers of their own. All of them; cut, because
    /// the far end decides how long they are.
    /// </summary>
    public static string? ReasonOf(SipMessage message)
    {
        string? said = null;
        foreach (var line in message.Lines)
        {
            if (line.Id is not SipHeader.Reason || line.Value.IsEmpty || said?.Length > Limits.ReasonCharacters) continue;
            said = said is null ? line.Value.AsText() : $"{said}, {line.Value.AsText()}";
        }
        return said?.Length > Limits.ReasonCharacters ? said[..Limits.ReasonCharacters] : said;
    }

    public void Respond(TransactionOutput.RequestReceived received, int status) =>
        _shard.Transactions.Respond(received.Transaction, status, _shard.Now);

    public void Respond(TransactionOutput.RequestReceived received, SipResponseBuilder response) =>
        _shard.Transactions.Respond(received.Transaction, response.Build(), _shard.Now);

    /// <summary>The dialog while requests of ours may change the session in it.</summary>
    public Dialog? Changeable => _leg.State is LegState.Established && _dialog is { CanInvite: true } dialog ? dialog : null;

    private void OnBye(TransactionOutput.RequestReceived received)
    {
        Respond(received, 200);
        Answering?.Stop();
        _peer.Stop();
        string? reason = ReasonOf(received.Request);
        // the called side must not, and some carriers do
        if (_dialog is null) _leg.End(Ending.ByEarlyBye with { Reason = reason }, LegInput.HangUp);
        // RFC 3261 section 15: a caller may end an early dialog by BYE
        else if (_dialog.State is DialogState.Early) _leg.End(Ending.ByCaller with { Reason = reason }, LegInput.RemoteCancel);
        else _leg.End(Ending.ByBye with { Reason = reason }, LegInput.RemoteBye);
        _dialog?.End();
    }
}
