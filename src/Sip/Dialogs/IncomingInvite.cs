using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Dialogs;

/// <summary>Which acknowledgement of the caller never came.</summary>
public enum MissingAck : byte { None, Ack, Prack }

/// <summary>
/// The called side of one INVITE, first or within a dialog: provisional responses, reliable ones repeated until their PRACK comes,
/// the answer repeated until its ACK comes, CANCEL (RFC 3261 §13.3, RFC 3262, RFC 6026).
/// <para>Make one for a <c>RequestReceived</c> with INVITE; inside a dialog after <see cref="Dialog.Receive"/> said Ok.
/// Send responses made by <see cref="Response"/>. Give it the ACKs and PRACKs of its dialog and its CANCEL,
/// and call <see cref="HandleDue"/> at <see cref="NextDue"/>.</para>
/// </summary>
public sealed class IncomingInvite
{
    private readonly TransactionLayer _layer;
    private readonly string _contact;
    private readonly ReliableResponses _reliable;
    /// <summary>Our 2xx, until it need not be repeated any more: a call is up for longer than that.</summary>
    private SipResponse? _answer;
    /// <summary>A 2xx that must not overtake the PRACK of a session description.</summary>
    private SipResponse? _held;
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
        _reliable = new(layer, received.Transaction, received.Request);
        dialog.HasIncomingInvite = true;
    }

    /// <summary>Null when the INVITE says nowhere where it can be answered, and so makes no dialog: answer it with 400.</summary>
    /// <param name="contact">Our Contact value, <c>&lt;sip:host:port&gt;</c>.</param>
    public static IncomingInvite? Of(TransactionLayer layer, TransactionOutput.RequestReceived received, string contact,
        Dialog? within = null) =>
        (within ?? Dialog.OfRequest(received.Request, contact)) is { } dialog ? new(layer, received, dialog, contact) : null;

    public ServerTransactionId Transaction { get; }
    public SipRequest Request { get; }
    public Dialog Dialog { get; }
    /// <summary>A final response has been sent.</summary>
    public bool IsFinal { get; private set; }
    public bool IsAnswered { get; private set; }
    public bool IsAcknowledged { get; private set; }
    /// <summary>The caller takes provisional responses only when they are reliable.</summary>
    public bool RequiresReliability => Request.Lists(SipHeader.Require, "100rel"u8);
    public bool SupportsReliability => RequiresReliability || Request.Lists(SipHeader.Supported, "100rel"u8);

    public Instant NextDue => Instant.Min(_reliable.NextDue, Instant.Min(_repeat, _giveUp));

    /// <summary>A response with our Contact where one belongs (§12.1.1, §13.3.1).</summary>
    public SipResponseBuilder Response(int status, string? reason = null)
    {
        var response = new SipResponseBuilder(Request, status, reason);
        return status is > 100 and < 300 ? response.Add(SipHeader.Contact, _contact) : response;
    }

    /// <summary>
    /// Sends a response; a 2xx is repeated until its ACK comes, and waits for the PRACK of a session description that was sent before it.
    /// False when the INVITE has its final response already.
    /// </summary>
    public bool Send(SipResponse response, Instant now)
    {
        if (IsFinal) return false;
        if (response.IsSuccess && _reliable.HoldsAnswer)
        {
            _held = response;
            return true;
        }
        if (!_layer.Respond(Transaction, response, now)) return false;
        if (response.IsProvisional) return true;
        IsFinal = true;
        _held = null;
        _reliable.Stop();
        Dialog.HasIncomingInvite = false;
        if (!response.IsSuccess)
        {
            if (Dialog.State is DialogState.Early) Dialog.End();
            return true;
        }
        Dialog.Confirm();
        Dialog.AwaitsAck = true;
        (_answer, IsAnswered) = (response, true);
        _interval = _layer.Settings.T1;
        _repeat = now + _interval;
        _giveUp = now + _layer.Settings.Lifetime;
        return true;
    }

    /// <summary>
    /// Sends 101 to 199 so that the caller acknowledges it; behind one that is still unacknowledged it waits.
    /// False when the INVITE has its final response already.
    /// </summary>
    /// <param name="isDescription">The body is an offer or an answer.</param>
    public bool SendReliably(SipResponseBuilder response, bool isDescription, Instant now)
    {
        if (IsFinal || _held is not null) return false;
        _reliable.Send(response, isDescription, now);
        return true;
    }

    /// <summary>
    /// True for the PRACK of the response that waits for it: answer it with 2xx, then <see cref="Proceed"/>; else with 481.
    /// Its body may hold an offer or an answer.
    /// </summary>
    public bool HandlePrack(SipRequest prack) => _reliable.HandlePrack(prack);

    /// <summary>Sends what a PRACK was waited for with: the next reliable response, or the answer.</summary>
    public void Proceed(Instant now)
    {
        _reliable.SendNext(now);
        if (_held is { } held) Send(held, now);
    }

    /// <summary>The peer has cancelled: 487. False when the answer was faster.</summary>
    public bool HandleCancel(Instant now) => Send(Response(487).Build(), now);

    /// <summary>True for the ACK of our answer (the first time and again); its body may hold the peer's SDP answer.</summary>
    public bool HandleAck(SipRequest ack)
    {
        if (!IsAnswered || DialogId.Of(ack) != Dialog.Id || !Dialog.TakeAck(ack.CSeq.Number, Request.CSeq.Number)) return false;
        IsAcknowledged = true;
        Stop();
        return true;
    }

    /// <summary>
    /// Repeats what is unacknowledged. Once, when nothing came within 64*T1, it says what is missing:
    /// without ACK the user sends BYE (§13.3.1.4), without PRACK it refuses the INVITE with 5xx (RFC 3262 §3).
    /// </summary>
    public MissingAck HandleDue(Instant now)
    {
        if (_reliable.NextDue <= now && _reliable.HandleDue(now)) return MissingAck.Prack;
        if (_giveUp <= now)
        {
            Stop();
            return MissingAck.Ack;
        }
        if (_repeat <= now && _answer is { } answer)
        {
            _layer.Respond(Transaction, answer, now);
            _interval = _interval * 2 < _layer.Settings.T2 ? _interval * 2 : _layer.Settings.T2;
            _repeat = now + _interval;
        }
        return MissingAck.None;
    }

    /// <summary>The call ends before the ACK came (BYE either way): the answer is no longer repeated.</summary>
    public void Stop()
    {
        _repeat = _giveUp = Instant.Never;
        _answer = null;
        Dialog.AwaitsAck = false;
    }
}
