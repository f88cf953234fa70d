using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Dialogs;

/// <summary>
/// The caller's side of one INVITE, first or within a dialog: early dialogs, forks, reliable provisional responses in their order,
/// CANCEL and its race, ACK and its repetition (RFC 3261 §13.2, §9.1, RFC 3262).
/// <para>Make one, give it every <c>ResponseReceived</c> of <see cref="Transaction"/> until <c>ClientEnded</c>, which comes 32 s after
/// a 2xx: until then late forks and repeated answers are looked after. The BYEs that it sends to unwanted forks are transactions that their
/// user does not know and ignores.</para>
/// <para>Once a provisional response has come, nothing but <see cref="Cancel"/> ends an INVITE that is never answered (RFC 3261 §17.1.1.2
/// has no timer for it): its user needs a ring time-out.</para>
/// </summary>
public sealed class OutgoingInvite
{
    private readonly TransactionLayer _layer;
    private readonly Dialog? _within;
    private readonly Func<SipFlow, SipFlow, bool>? _mayFollow;
    private readonly List<Fork> _forks = [];
    private readonly bool _isRestored;
    private bool _isCancelled;
    private bool _isFinal;
    private int _acknowledged;

    /// <param name="invite">Complete but for the Via. A initial INVITE has a From tag and a Contact.</param>
    /// <param name="within">For a re-INVITE, made by its <see cref="Dialog.CreateRequest"/>.</param>
    /// <param name="mayFollow">
    /// Whether ACK and BYE may go to the address that a dialog names, given where its answer came from;
    /// otherwise they go to the latter. Null follows always.
    /// </param>
    public OutgoingInvite(TransactionLayer layer, SipRequest invite, SipFlow to, Instant now, Dialog? within = null,
        Func<SipFlow, SipFlow, bool>? mayFollow = null)
    {
        _mayFollow = mayFollow;
        _layer = layer;
        _within = within;
        if (within is not null) within.HasOutgoingInvite = true;
        Request = invite;
        Transaction = layer.SendRequest(invite, to, now);
    }

    private OutgoingInvite(TransactionLayer layer, SipRequest invite, ClientTransactionId transaction,
        Func<SipFlow, SipFlow, bool> mayFollow) =>
        (_layer, Request, Transaction, _mayFollow, _isRestored, _isCancelled) = (layer, invite, transaction, mayFollow, true, true);

    /// <summary>
    /// An INVITE of an earlier process: no call is to come of it any more, so whatever answers it is <see cref="InviteNews.Unwanted"/>.
    /// </summary>
    /// <param name="invite">As it was sent, with its Via.</param>
    /// <param name="answered">The dialogs of answers that an earlier process took. They are acknowledged once more,
    /// for that process may not have come to it.</param>
    public static OutgoingInvite Restore(TransactionLayer layer, SipRequest invite, SipFlow to, Instant now,
        Func<SipFlow, SipFlow, bool> mayFollow, IReadOnlyList<(Dialog Dialog, SipFlow Path)> answered)
    {
        var restored = new OutgoingInvite(layer, invite, layer.Restore(invite, to, now), mayFollow);
        foreach (var (dialog, path) in answered)
        {
            restored.Finish();
            restored._forks
                .Add(new(dialog) { IsAnswered = true, Path = path, Ack = layer.SendAck(dialog.CreateAck(invite).Build(), path) });
        }
        return restored;
    }

    public ClientTransactionId Transaction { get; }

    public SipRequest Request { get; }

    /// <summary>The dialog that the call lives in, from the first 2xx on.</summary>
    public Dialog? Dialog { get; private set; }

    /// <summary>No final response has come, and it has not been given up.</summary>
    public bool IsPending => !_isFinal;

    public InviteNews Handle(SipResponse response, SipFlow from, Instant now)
    {
        if (response.IsSuccess) return HandleSuccess(response, from, now);
        if (_isFinal) return InviteNews.Nothing.Value;
        if (response.IsProvisional) return response.Status == 100 ? InviteNews.Nothing.Value : HandleProvisional(response);
        Finish();
        return new InviteNews.Failed(response);
    }

    /// <summary>The dialog that the far end spoke of last, early or not; null while it has named none.</summary>
    public Dialog? Latest => _forks.Count > 0 ? _forks[^1].Dialog : null;

    /// <summary>The early dialog or the dialog that a request of the far end is for.</summary>
    public Dialog? Find(DialogId id) => _forks.Find(known => known.Dialog.Id == id)?.Dialog;

    /// <summary>
    /// The PRACK for a reliable provisional response (RFC 3262 §4), to be sent by the user;
    /// with the answer as its body when the response held an offer.
    /// </summary>
    public SipRequestBuilder CreatePrack(InviteNews.Progress progress)
    {
        if (progress is not { IsReliable: true, Early: { } early } || !ReliableResponses.IsReliable(progress.Response, out uint number))
            throw new InvalidOperationException("That response wants no PRACK.");
        uint invite = Sip.Dialogs.Dialog.NumberOf(Request, progress.Response);
        return early.CreateRequest(SipMethod.Prack).Add(SipHeader.RAck, $"{number} {invite} INVITE");
    }

    /// <summary>To be called on <c>TimedOut</c> and <c>TransportFailed</c>.</summary>
    public void Abandon() => Finish();

    /// <summary>
    /// Acknowledges the answer, with a body when the offer was in the answer. Repeated answers are then acknowledged by themselves.
    /// </summary>
    public void Acknowledge(string? contentType = null, ReadOnlySpan<byte> body = default)
    {
        foreach (var fork in _forks)
        {
            if (fork.Dialog != Dialog || fork.Ack is not null) continue;
            var ack = fork.Dialog.CreateAck(Request, fork.Number);
            if (contentType is not null) ack.Body(contentType, body);
            fork.Ack = _layer.SendAck(ack.Build(), fork.Path);
        }
    }

    /// <summary>Acknowledges an answer that was <see cref="InviteNews.Unwanted"/>, and from then on its repetitions.</summary>
    public void Acknowledge(Dialog unwanted)
    {
        if (_forks.Find(fork => fork.Dialog == unwanted) is { Ack: null } fork)
            fork.Ack = _layer.SendAck(unwanted.CreateAck(Request, fork.Number).Build(), fork.Path);
    }

    /// <summary>Gives the call up before it is answered. Whatever wins the race, no dialog is left.</summary>
    public void Cancel(Instant now, string? reason = null)
    {
        if (_isFinal) return;
        _isCancelled = true;
        _layer.Cancel(Transaction, now, reason);
    }

    private InviteNews HandleSuccess(SipResponse response, SipFlow from, Instant now)
    {
        var id = DialogId.Of(response);
        var fork = _forks.Find(known => known.Dialog.Id == id || known.Dialog == _within && IsWithin(id));
        if (fork is { IsAnswered: true })
        {
            if (fork.Ack is { } ack) _layer.Resend(ack, fork.Path);
            return InviteNews.Nothing.Value;
        }
        if (fork is null && _forks.Count >= Limits.Forks * 2) return InviteNews.Nothing.Value;
        bool isFirst = !_isFinal;
        bool isWanted = isFirst && !_isCancelled;
        Finish();

        var dialog = IsWithin(id) ? _within : fork?.Dialog ?? Sip.Dialogs.Dialog.OfResponse(Request, response);
        if (dialog is null) throw new System.Diagnostics.UnreachableException("a 2xx makes a dialog");
        dialog.Confirm(response);
        fork ??= _forks.Find(known => known.Dialog == dialog) ?? Remember(dialog);
        fork.IsAnswered = true;
        fork.Number = Sip.Dialogs.Dialog.NumberOf(Request, response);
        fork.Path = dialog.TryGetNextHop(from, out var hop) && _mayFollow?.Invoke(hop, from) != false ? hop : from;
        // A cancelled re-INVITE that was answered all the same changes the session, and does not end it.
        if (isWanted || dialog == _within)
        {
            Dialog = dialog;
            return new InviteNews.Answered(response, dialog);
        }
        if (_isRestored) dialog.Leap();
        if (_isRestored) return new InviteNews.Unwanted(dialog, fork.Path);
        fork.Ack = _layer.SendAck(dialog.CreateAck(Request, fork.Number).Build(), fork.Path);
        _layer.SendRequest(dialog.CreateRequest(SipMethod.Bye).Build(), fork.Path, now);
        dialog.End();
        return isFirst ? new InviteNews.AnsweredTooLate(response) : InviteNews.Nothing.Value;
    }

    private InviteNews HandleProvisional(SipResponse response)
    {
        var fork = EarlyFork(response);
        if (fork is null || !ReliableResponses.IsReliable(response, out uint number))
            return new InviteNews.Progress(response, fork?.Dialog, IsReliable: false);
        // RFC 3262 §4: a repetition needs no second PRACK, and one that comes too early comes again in its turn.
        if (fork.LastReliable is { } last && number != last + 1 || _acknowledged >= Limits.Pracks) return InviteNews.Nothing.Value;
        fork.LastReliable = number;
        _acknowledged++;
        return new InviteNews.Progress(response, fork.Dialog, IsReliable: true);
    }

    private Fork? EarlyFork(SipResponse response)
    {
        var id = DialogId.Of(response);
        if (_forks.Find(known => known.Dialog.Id == id) is { } known)
        {
            known.Dialog.RefreshTarget(response);
            return known;
        }
        if (_within is not null) return _forks.Find(known => known.Dialog == _within) ?? Remember(_within);
        return _forks.Count < Limits.Forks && Sip.Dialogs.Dialog.OfResponse(Request, response) is { } early ? Remember(early) : null;
    }

    /// <summary>A 2xx that lost its tag on the way, or found one, is still for the dialog that we asked in.</summary>
    private bool IsWithin(DialogId answer) =>
        _within is { Id: var id } && (id == answer || id.RemoteTag.Length == 0 || answer.RemoteTag.Length == 0);

    private Fork Remember(Dialog dialog)
    {
        var fork = new Fork(dialog);
        _forks.Add(fork);
        return fork;
    }

    private void Finish()
    {
        _isFinal = true;
        if (_within is not null) _within.HasOutgoingInvite = false;
    }

    private sealed class Fork(Dialog dialog)
    {
        public Dialog Dialog { get; } = dialog;
        public bool IsAnswered { get; set; }
        public SipFlow Path { get; set; }
        public SipRequest? Ack { get; set; }
        /// <summary>The INVITE's, as its answer has it.</summary>
        public uint? Number { get; set; }
        /// <summary>RSeq of the last reliable provisional response.</summary>
        public uint? LastReliable { get; set; }
    }
}
