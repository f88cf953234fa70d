using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Dialogs;

/// <summary>
/// The called side of one INVITE, first or within a dialog: provisional responses, the answer repeated until its ACK comes, CANCEL (RFC 3261 §13.3, RFC 6026).
/// <para>Make one for a <c>RequestReceived</c> with INVITE; inside a dialog after <see cref="Dialog.Receive"/> said Ok. Send responses made by
/// <see cref="Response"/>. Give it the ACKs of its dialog and its CANCEL, and call <see cref="HandleDue"/> at <see cref="NextDue"/>.</para>
/// </summary>
public sealed class IncomingInvite
{
    private readonly TransactionLayer _layer;
    private readonly string _contact;
    private SipResponse? _answer;
    private Instant _repeat = Instant.Never;
    private Instant _giveUp = Instant.Never;
    private TimeSpan _interval;

    private IncomingInvite(TransactionLayer layer, TransactionOutput.RequestReceived received, Dialog dialog, string contact)
    {
        _layer = layer;
        _contact = contact;
        Transaction = received.Transaction;
        Request = received.Request;
        Dialog = dialog;
        dialog.HasIncomingInvite = true;
    }

    /// <summary>Null when the INVITE has no Contact and can make no dialog: answer it with 400.</summary>
    /// <param name="contact">Our Contact value, <c>&lt;sip:host:port&gt;</c>.</param>
    public static IncomingInvite? Of(TransactionLayer layer, TransactionOutput.RequestReceived received, string contact, Dialog? within = null) =>
        (within ?? Dialog.OfRequest(received.Request, contact)) is { } dialog ? new(layer, received, dialog, contact) : null;

    public ServerTransactionId Transaction { get; }
    public SipRequest Request { get; }
    public Dialog Dialog { get; }
    /// <summary>A final response has been sent.</summary>
    public bool IsFinal { get; private set; }
    public bool IsAnswered => _answer is not null;
    public bool IsAcknowledged { get; private set; }

    public Instant NextDue => Instant.Min(_repeat, _giveUp);

    /// <summary>A response with our Contact where one belongs (§12.1.1, §13.3.1).</summary>
    public SipResponseBuilder Response(int status, string? reason = null)
    {
        var response = new SipResponseBuilder(Request, status, reason);
        return status is > 100 and < 300 ? response.Add(SipHeader.Contact, _contact) : response;
    }

    /// <summary>Sends a response; a 2xx is repeated until its ACK comes. False when the INVITE has its final response already.</summary>
    public bool Send(SipResponse response, Instant now)
    {
        if (IsFinal || !_layer.Respond(Transaction, response, now)) return false;
        if (response.IsProvisional) return true;
        IsFinal = true;
        Dialog.HasIncomingInvite = false;
        if (!response.IsSuccess)
        {
            if (Dialog.State is DialogState.Early) Dialog.End();
            return true;
        }
        Dialog.Confirm();
        Dialog.AwaitsAck = true;
        _answer = response;
        _interval = _layer.Settings.T1;
        _repeat = now + _interval;
        _giveUp = now + _layer.Settings.Lifetime;
        return true;
    }

    /// <summary>The peer has cancelled: 487. False when the answer was faster.</summary>
    public bool HandleCancel(Instant now) => Send(Response(487).Build(), now);

    /// <summary>True for the ACK of our answer (the first time and again); its body may hold the peer's SDP answer.</summary>
    public bool HandleAck(SipRequest ack)
    {
        if (_answer is null || ack.CSeq.Number != Request.CSeq.Number || DialogId.Of(ack) != Dialog.Id) return false;
        IsAcknowledged = true;
        Stop();
        return true;
    }

    /// <summary>Repeats the answer. True once, when no ACK came within 64*T1: the caller sends BYE (§13.3.1.4).</summary>
    public bool HandleDue(Instant now)
    {
        if (_giveUp <= now)
        {
            Stop();
            return true;
        }
        if (_repeat <= now && _answer is { } answer)
        {
            _layer.Respond(Transaction, answer, now);
            _interval = _interval * 2 < _layer.Settings.T2 ? _interval * 2 : _layer.Settings.T2;
            _repeat = now + _interval;
        }
        return false;
    }

    /// <summary>The call ends before the ACK came (BYE either way): the answer is no longer repeated.</summary>
    public void Stop()
    {
        _repeat = _giveUp = Instant.Never;
        Dialog.AwaitsAck = false;
    }
}
