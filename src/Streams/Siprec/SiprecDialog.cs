using System.Diagnostics;
using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using static Ringwright.Streams.Siprec.SiprecWords;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Streams.Siprec;

/// <summary>
/// Our side of the dialog with one recording server (RFC 7866): INVITE with offer and metadata, session timer, the server's own offers,
/// BYE by either. Without clock, socket or thread: give it what comes, ask it at <see cref="NextDue"/>, send what
/// <see cref="TryTake"/> gives.
/// </summary>
internal sealed class SiprecDialog
{
    private const int MostTransactions = 16;

    private readonly SiprecCall _call;
    private readonly TargetPolicy _policy;
    private readonly SiprecOptions _options;
    private readonly TransactionLayer _layer;
    private readonly Rng _rng;
    private readonly SessionTimer _timer;
    private readonly Queue<TransactionOutput.Transmit> _out = new();
    private OutgoingInvite? _invite, _refresh;
    private Dialog? _dialog;
    private IncomingInvite? _incoming;
    private ClientTransactionId? _bye;
    private SipFlow _path;
    private Instant _giveUp = Instant.Never, _again = Instant.Never;
    private bool _wantsMetadata;

    public SiprecDialog(SiprecCall call, TargetPolicy policy, SiprecOptions options, NodeIdentity identity, Rng rng)
    {
        (_call, _policy, _options, _rng, _path) = (call, policy, options, rng, call.To);
        _layer = new(new() { Networks = [new(call.Own)], MaxServerTransactions = MostTransactions }, new(identity, 0, rng));
        _timer = new(new() { Seconds = (uint)(call.SessionSeconds ?? 1_800) });
    }

    /// <summary>What the server wants, since it has answered.</summary>
    public SiprecAnswer? Agreed { get; private set; }

    /// <summary>No session is there any more; <see cref="Failure"/> says why.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>As part of a sentence; null when either side ended it in order.</summary>
    public string? Failure { get; private set; }

    /// <summary>It has ended, and nothing that the server should answer is unanswered.</summary>
    public bool IsQuiet => IsEnded && _bye is null && _invite is not { IsPending: true };

    public Instant NextDue => Instant.Min(Instant.Min(_layer.NextDue, _giveUp),
        Instant.Min(Instant.Min(_timer.NextDue, _again), _incoming?.NextDue ?? Instant.Never));

    private string Contact => $"<sip:ringwright@{_call.Own}{_call.To.Transport.UriParameter()}>";

    public bool TryTake(out TransactionOutput.Transmit message) => _out.TryDequeue(out message!);

    public void Begin(Instant now)
    {
        var invite = new SipRequestBuilder(SipMethod.Invite, _call.Uri)
            .Add(SipHeader.From, $"<sip:ringwright@{_call.Own}>;tag={_layer.Tokens.Tag()}")
            .Add(SipHeader.To, $"<{_call.Uri}>")
            .Add(SipHeader.CallId, _layer.Tokens.CallId())
            .Add(SipHeader.CSeq, "1 INVITE")
            // RFC 7866 section 6.1.1: by these a server knows a recording client.
            .Add(SipHeader.Contact, Contact + ";+sip.src")
            .Add(SipHeader.Require, "siprec");
        foreach (var (name, value) in _call.Headers) invite.Add(name, value);
        _invite = new(_layer, Complete(invite, hasMetadata: true).Build(), _call.To, now, mayFollow: MayFollow);
        _giveUp = now + _options.Answer;
        Pump(now);
    }

    public void Receive(ReadOnlySpan<byte> message, IPEndPoint from, Instant now)
    {
        _layer.Handle(message, _call.To with { Peer = from }, now);
        Pump(now);
    }

    public void OnNotSent(TransactionOutput.Transmit message, string reason, Instant now)
    {
        _layer.HandleTransportError(message, now, reason: reason);
        Pump(now);
    }

    public void HandleDue(Instant now)
    {
        _layer.HandleDue(now);
        if (_giveUp <= now) Stop(now, $"it did not answer within {_options.Answer.TotalSeconds:0} s");
        if (_incoming is { } incoming && incoming.HandleDue(now) is not MissingAck.None) Stop(now, "it did not acknowledge our answer");
        var due = _timer.NextDue <= now ? _timer.TakeDue(now) : SessionTimerDue.Nothing;
        if (due is SessionTimerDue.Expired) Stop(now, "its session timer ran out");
        else if (due is SessionTimerDue.Refresh) Refresh(now);
        if (_again <= now) Refresh(now);
        Pump(now);
    }

    /// <summary>We end it: by CANCEL or BYE, whatever there is.</summary>
    public void Stop(Instant now, string? failure = null)
    {
        if (IsEnded) return;
        End(failure);
        if (_dialog is { State: DialogState.Confirmed } dialog)
        {
            _bye = _layer.SendRequest(dialog.CreateRequest(SipMethod.Bye).Build(), _path, now);
            dialog.End();
        }
        else _invite?.Cancel(now);
        Pump(now);
    }

    /// <summary>With what a later process ends it; null before the server has answered.</summary>
    public string? RecoveryBye(string host, int port) =>
        _dialog is { } dialog ? new SiprecRecoveryBye(host, port, _call.To.Transport, _call.Own, dialog.Capture()).Write() : null;

    private void End(string? failure)
    {
        (IsEnded, Failure) = (true, failure);
        (_giveUp, _again) = (Instant.Never, Instant.Never);
        _timer.Stop();
        _incoming?.Stop();
    }

    private SipRequestBuilder Complete(SipRequestBuilder invite, bool hasMetadata)
    {
        invite.Add(SipHeader.Allow, Policy.Allow).Add(SipHeader.Accept, Policy.Accept).Add(SipHeader.UserAgent, SiprecWords.UserAgent);
        if (_call.SessionSeconds is not null) _timer.Ask(invite.Add(SipHeader.Supported, "timer"));
        byte[] offer = _call.Offer.Write();
        return hasMetadata ? invite.Body(Multipart, Joined(offer, _call.Metadata())) : invite.Body("application/sdp", offer);
    }

    /// <summary>Datagrams may go where the server says, if anybody's may; a connection is the one way there is.</summary>
    private bool MayFollow(SipFlow to, SipFlow from) => to.Transport is SipTransport.Udp && from.Transport is SipTransport.Udp
        && _policy.Check(to.Remote, TargetUse.Signalling) is TargetVerdict.Allowed && to.Remote.AddressFamily == from.Remote.AddressFamily;

    private void Refresh(Instant now)
    {
        _again = Instant.Never;
        if (_dialog is not { } dialog || IsEnded) return;
        if (!dialog.CanInvite)
        {
            _again = now + TimeSpan.FromSeconds(1);
            return;
        }
        var invite = Complete(dialog.CreateRequest(SipMethod.Invite), _wantsMetadata);
        _wantsMetadata = false;
        _refresh = new(_layer, invite.Build(), _path, now, within: dialog, mayFollow: MayFollow);
    }

    private void Pump(Instant now)
    {
        while (_layer.TryPoll(out var output))
        {
            switch (output)
            {
                case TransactionOutput.Transmit transmit:
                    _out.Enqueue(transmit);
                    break;
                case TransactionOutput.ResponseReceived received when InviteOf(received.Transaction) is { } invite:
                    var news = invite.Handle(received.Response, received.From, now);
                    if (news is InviteNews.Answered answered) OnAnswered(invite, answered, received.From, now);
                    else if (news is InviteNews.Failed failed) OnRefused(invite, failed.Response, now);
                    break;
                case TransactionOutput.ResponseReceived { Response.IsProvisional: false } received when received.Transaction == _bye:
                    _bye = null;
                    break;
                case TransactionOutput.TimedOut timedOut:
                    OnSilence(timedOut.Transaction, "it did not answer", now);
                    break;
                case TransactionOutput.TransportFailed cut:
                    OnSilence(cut.Transaction, cut.Reason ?? "nothing can be sent there", now);
                    break;
                case TransactionOutput.RequestReceived received:
                    OnRequest(received, now);
                    break;
                case TransactionOutput.AckReceived ack:
                    if (_incoming?.HandleAck(ack.Request) is true) OnAck(ack.Request, now);
                    break;
                case TransactionOutput.CancelReceived cancel:
                    _layer.Respond(cancel.Invite, 487, now);
                    break;
                case TransactionOutput.ResponseReceived or TransactionOutput.ClientEnded or TransactionOutput.ServerEnded
                    or TransactionOutput.AckTimedOut:
                    break;          // of what has its end already
                default:
                    throw new UnreachableException();
            }
        }
    }

    private OutgoingInvite? InviteOf(ClientTransactionId transaction) =>
        _refresh?.Transaction == transaction ? _refresh : _invite?.Transaction == transaction ? _invite : null;

    private void OnSilence(ClientTransactionId transaction, string problem, Instant now)
    {
        if (transaction == _bye) _bye = null;
        if (InviteOf(transaction) is not { IsPending: true } invite) return;
        invite.Abandon();
        Stop(now, problem);
    }

    private void OnAnswered(OutgoingInvite invite, InviteNews.Answered answered, SipFlow from, Instant now)
    {
        invite.Acknowledge();
        if (IsEnded) return;
        _dialog = answered.Dialog;
        _path = _dialog.TryGetNextHop(from, out var hop) && MayFollow(hop, from) ? hop : from;
        _giveUp = Instant.Never;
        if (_call.SessionSeconds is not null) _timer.OnSuccess(answered.Response, now);
        Agree(SessionBody.Of(answered.Response), out string problem);
        if (problem.Length > 0) Stop(now, problem);
        else if (_wantsMetadata) _again = now;
    }

    private void OnRefused(OutgoingInvite invite, SipResponse response, Instant now)
    {
        if (IsEnded) return;
        bool isFirst = invite == _invite;
        bool asksForMore = response.Status is 422 && _call.SessionSeconds is not null && _timer.TryRaise(response);
        if (asksForMore && !isFirst) Refresh(now);
        else if (asksForMore)
        {
            uint next = invite.Request.CSeq.Number + 1;
            var again = SipRequestBuilder.Again(invite.Request, next, null, SipHeader.SessionExpires, SipHeader.MinSE);
            _invite = new(_layer, _timer.Ask(again).Build(), _call.To, now, mayFollow: MayFollow);
        }
        else if (isFirst) End($"it answered {response.Status} {Shortened(response.Reason)}".TrimEnd());
        else if (response.Status is 408 or 481) End($"it knows nothing of the session any more: it answered {response.Status}");
        else if (response.Status is 491 && _dialog is { } dialog) _again = now + dialog.GlareDelay(_rng);
        else _timer.Postpone(now);
    }

    private void OnRequest(TransactionOutput.RequestReceived received, Instant now)
    {
        var (transaction, request) = (received.Transaction, received.Request);
        if (request.IsOutsideDialog && request.Method is SipMethod.Options)
            _layer.Respond(transaction, Policy.Describe(request).Build(), now);
        else if (_dialog is not { State: DialogState.Confirmed } dialog || !dialog.Id.Covers(DialogId.Of(request)))
            _layer.Respond(transaction, request.IsOutsideDialog ? 403 : 481, now);
        // Whatever else is said by it.
        else if (request.Method is SipMethod.Bye)
        {
            _layer.Respond(transaction, 200, now);
            dialog.End();
            End(failure: null);
        }
        else if (dialog.Receive(request) is not DialogVerdict.Ok and var verdict)
            _layer.Respond(transaction, Dialog.Refuse(request, verdict, _rng).Build(), now);
        else if (Policy.Check(request) is { } refusal) _layer.Respond(transaction, refusal.Build(), now);
        else if (request.Method is SipMethod.Options) _layer.Respond(transaction, Policy.Describe(request).Build(), now);
        else if (request.Method is SipMethod.Update) Answer(received, dialog, invite: null, now);
        else if (request.Method is SipMethod.Invite)
        {
            _incoming = IncomingInvite.Of(_layer, received, Contact + ";+sip.src", dialog);
            Answer(received, dialog, _incoming, now);
        }
        else _layer.Respond(transaction, 200, now);
    }

    /// <summary>The server refreshes the session, pauses streams or moves them, or wants the metadata.</summary>
    private void Answer(TransactionOutput.RequestReceived received, Dialog dialog, IncomingInvite? invite, Instant now)
    {
        var request = received.Request;
        var offer = SessionBody.Of(request);
        bool asks = request.First(SipHeader.ContentType).AsText().Contains(MetadataRequest, StringComparison.OrdinalIgnoreCase);
        string problem = "";
        if (!offer.IsEmpty && !asks) Agree(offer, out problem);
        var response = (new SessionTimerSettings().Refuse(request), problem) switch
        {
            ({ } tooShort, _) => tooShort,
            (_, { Length: > 0 }) => Response(488),
            _ => _timer.Answer(request, Response(200), now),
        };
        if (response.Status is 200 && (invite is not null || !offer.IsEmpty && !asks))
            response.Body("application/sdp", offer.IsEmpty || asks ? _call.Offer.Write() : _call.Offer.Answer(Agreed!));
        if (invite is null) _layer.Respond(received.Transaction, response.Build(), now);
        else invite.Send(response.Build(), now);
        if (asks) (_wantsMetadata, _again) = (true, now);

        SipResponseBuilder Response(int status) => invite?.Response(status) ?? new SipResponseBuilder(request, status);
    }

    /// <summary>A server that left the offer to us answers it here.</summary>
    private void OnAck(SipRequest ack, Instant now)
    {
        if (IsEnded || SessionBody.Of(ack) is not { IsEmpty: false } answer) return;
        Agree(answer, out string problem);
        if (problem.Length > 0) Stop(now, problem);
    }

    private void Agree(ReadOnlySpan<byte> body, out string problem)
    {
        problem = "";
        if (body.IsEmpty && Agreed is not null) return;         // to our refresh: nothing changes
        var next = SiprecAnswer.Read(body, _call.Offer, _policy, mayPause: Agreed is not null, out string fault);
        if (next is null) problem = fault;
        else if (Agreed is { } before && next.Targets.Zip(before.Targets)
            .Any(pair => !pair.First.IsRefused && !pair.Second.IsRefused && pair.First.Codec != pair.Second.Codec))
            problem = "it changes the codec of a stream";
        else Agreed = next;
    }
}
