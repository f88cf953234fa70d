using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// All transactions of one shard: RFC 3261 §17 with RFC 6026, response routing with RFC 3581. A machine without clock, socket or thread.
/// <para>The shell drives it: <see cref="Handle(ReadOnlySpan{byte}, SipFlow, Instant)"/> for each datagram, <see cref="HandleDue"/> when
/// <see cref="NextDue"/> has come, and after each of these, and after each call below, <see cref="TryPoll"/> until it is empty.</para>
/// <para>A user agent calls <see cref="SendRequest"/>, <see cref="Cancel"/>, <see cref="SendAck"/> and
/// <see cref="Respond(ServerTransactionId, SipResponse, Instant)"/> and is told the rest as <see cref="TransactionOutput"/>. It keeps a map
/// from transaction ids to its legs, drops an entry on <c>ClientEnded</c> or <c>ServerEnded</c>, and ignores ids that it does not know.
/// Requests inside a dialog are found by <c>Dialogs.DialogId</c>. <c>Dialogs.OutgoingInvite</c> and <c>Dialogs.IncomingInvite</c>
/// do the INVITE part of that work.</para>
/// <para>To vet strangers before any state exists: <see cref="Read"/>, then for a request that is <see cref="IsNew"/> either
/// <see cref="RespondStateless(SipRequest, SipFlow, int, int?)"/> or <see cref="Handle(SipMessage, SipFlow, Instant)"/>.</para>
/// </summary>
public sealed class TransactionLayer
{
    private readonly TransactionSettings _settings;
    private readonly SipTokens _tokens;
    private readonly TransactionTimers _timers = new();
    private readonly Queue<TransactionOutput> _outputs = new();
    private readonly StatelessAnswers _answers;
    private readonly ClientTransactions _clients;
    private readonly ServerTransactions _servers;

    public TransactionLayer(TransactionSettings settings, SipTokens tokens)
    {
        (_settings, _tokens) = (settings, tokens);
        _answers = new(tokens, _outputs);
        _clients = new(settings, Counters, _timers, _outputs);
        _servers = new(settings, tokens, Counters, _timers, _answers, _outputs);
    }

    public TransactionCounters Counters { get; } = new();

    /// <summary>Mints tags, branches and Call-IDs that lead back to this shard.</summary>
    public SipTokens Tokens => _tokens;

    public TransactionSettings Settings => _settings;

    /// <summary>Half of the room for requests is taken: what is answered has to make way for what is not.</summary>
    public bool IsCrowded => _servers.IsCrowded;

    /// <summary>Live transactions; none are left after quiet.</summary>
    public int Count => _clients.Count + _servers.Count;

    /// <summary>Deadlines kept: those of transactions that ended early go when their time comes, at most 64*T1 later.</summary>
    public int Waiting => _timers.Count;

    /// <summary>When <see cref="HandleDue"/> wants to be called; <see cref="Instant.Never"/> when nothing waits.</summary>
    public Instant NextDue => _timers.NextDue;

    public bool TryPoll(out TransactionOutput output) => _outputs.TryDequeue(out output!);

    /// <summary>
    /// Parses a datagram, answers it when it is a broken request, notes its source in the Via.
    /// A message comes out only with <see cref="ParseStatus.Ok"/>.
    /// </summary>
    public ParseStatus Read(ReadOnlySpan<byte> datagram, SipFlow from, out SipMessage? message) =>
        Admit(SipParser.TryParse(datagram, out message), from, ref message);

    private ParseStatus Admit(ParseStatus status, SipFlow from, ref SipMessage? message)
    {
        if (status is ParseStatus.KeepAlive) Counters.KeepAlives++;
        else if (status is not ParseStatus.Ok) Counters.Malformed++;
        if (message is not SipRequest request) return status;
        if (from.Peer is { } source) request.StampSource(source);
        if (status is ParseStatus.Ok) return status;
        message = null;
        // An ACK is never answered.
        if (!request.MethodName.SequenceEqual("ACK"u8))
            _answers.Refuse(request, from, status);
        return status;
    }

    public void Handle(ReadOnlySpan<byte> datagram, SipFlow from, Instant now)
    {
        if (Read(datagram, from, out var message) is ParseStatus.Ok) Handle(message!, from, now); // Ok brings a message
    }

    /// <summary>The same of bytes that nobody changes any more: they are not copied without need.</summary>
    public void HandleKept(ReadOnlyMemory<byte> datagram, SipFlow from, Instant now)
    {
        var status = SipParser.TryParseKept(datagram, out var message);
        if (Admit(status, from, ref message) is ParseStatus.Ok) Handle(message!, from, now); // Ok brings a message
    }

    /// <summary>For a message that <see cref="Read"/> gave.</summary>
    public void Handle(SipMessage message, SipFlow from, Instant now)
    {
        if (message is SipResponse response) _clients.Handle(response, from, now);
        else if (message is SipRequest request)
        {
            if (request.Method is SipMethod.Ack) _servers.HandleAck(request, from, now);
            else if (request.Method is SipMethod.Cancel) _servers.HandleCancel(request, from, now);
            else _servers.HandleRequest(request, from, now);
        }
    }

    /// <summary>
    /// True for a request that would make a server transaction: neither a retransmission, nor ACK,
    /// nor the CANCEL of an INVITE that we have.
    /// </summary>
    public bool IsNew(SipRequest request) => request.Method switch
    {
        SipMethod.Ack => false,
        SipMethod.Cancel => !_servers.IsKnownInvite(request),
        _ => !_servers.IsKnown(request, request.MethodName),
    };

    /// <summary>Performs every timer that is due.</summary>
    public void HandleDue(Instant now)
    {
        while (_timers.TakeDue(now) is { } transaction)
        {
            try
            {
                if (transaction.Repeat <= now) Fire(transaction, TransactionInput.TimerRepeat, now);
                if (transaction.GiveUp <= now) Fire(transaction, TransactionInput.TimerGiveUp, now);
                if (transaction.Linger <= now) Fire(transaction, TransactionInput.TimerLinger, now);
            }
            finally
            {
                // Also of one whose timer threw, which is spent: its other timers end the transaction.
                _timers.Requeue(transaction);
            }
        }
    }

    /// <summary>A <see cref="TransactionOutput.Transmit"/> did not go out, or went by a connection that was then lost.</summary>
    /// <param name="isLost">The latter: a request that still waits for its answer is sent once more, by a new connection;
    /// the far end knows a repetition.</param>
    /// <param name="reason">What the transport knows, for <see cref="TransactionOutput.TransportFailed"/>.</param>
    public void HandleTransportError(TransactionOutput.Transmit failed, Instant now, bool isLost = false, string? reason = null)
    {
        if (!_clients.HandleTransportError(failed.Client, now, isLost, reason)) _servers.HandleTransportError(failed.Server, now);
    }

    /// <summary>
    /// Starts a client transaction for any request but ACK and CANCEL. The Via is added here, unless <see cref="Stamp"/> has done so.
    /// </summary>
    public ClientTransactionId SendRequest(SipRequest request, SipFlow to, Instant now)
    {
        if (request.Has(SipHeader.Via)) return _clients.Start(request, request.TopVia.Branch.AsLatin(), to, now);
        string branch = _tokens.Branch();
        return _clients.Start(Stamp(_settings, request, to, branch), branch, to, now);
    }

    /// <summary>Adds the Via of a request that is sent later, so that it can be written down before.</summary>
    /// <param name="branch">Of a token that leads to this shard; a new one when null.</param>
    public SipRequest Stamp(SipRequest request, SipFlow to, string? branch = null) =>
        Stamp(_settings, request, to, branch ?? _tokens.Branch());

    /// <summary>The same for whoever has no layer.</summary>
    public static SipRequest Stamp(TransactionSettings settings, SipRequest request, SipFlow to, string branch) =>
        request.WithTopVia($"SIP/2.0/{to.Transport.Wire()} {settings.SentByOn(to)};branch={branch};rport");

    /// <summary>
    /// An INVITE that an earlier process sent and nobody knows the end of. It is not sent again;
    /// its responses are taken for 64*T1, and <see cref="Cancel"/> cancels it at once: whether a provisional response came is not known,
    /// and a CANCEL cannot overtake an INVITE of that age.
    /// </summary>
    /// <param name="invite">With its Via.</param>
    public ClientTransactionId Restore(SipRequest invite, SipFlow to, Instant now) => _clients.Restore(invite, to, now);

    /// <summary>
    /// An INVITE that an earlier process received and did not answer finally:
    /// to be answered with <see cref="Respond(ServerTransactionId, SipResponse, Instant)"/>.
    /// </summary>
    /// <param name="invite">With our tag, and where it came from noted in its Via.</param>
    /// <returns>Null when its sender has repeated it to this process already: it has a transaction of its own then.</returns>
    public ServerTransactionId? RestoreReceived(SipRequest invite, SipFlow from) => _servers.Restore(invite, from);

    /// <summary>An INVITE has no final response yet.</summary>
    public bool IsUnanswered(ServerTransactionId invite) =>
        _servers.Find(invite) is { IsInvite: true, InviteState: InviteServerState.Proceeding };

    /// <summary>Our 300-699 to an INVITE is still repeated, for want of its ACK.</summary>
    public bool AwaitsAck(ServerTransactionId invite) =>
        _servers.Find(invite) is { IsInvite: true, InviteState: InviteServerState.Completed };

    /// <summary>
    /// Cancels an INVITE: at once when a provisional response has come, else as soon as one does (RFC 3261 §9.1).
    /// False when it already has its final response or is unknown. The outcome still comes as a response (487, or a 2xx that crossed) or as
    /// <see cref="TransactionOutput.TimedOut"/>.
    /// </summary>
    /// <param name="reason">A Reason header value, for example <c>SIP;cause=200;text="Call completed elsewhere"</c>.</param>
    public bool Cancel(ClientTransactionId invite, Instant now, string? reason = null) => _clients.Cancel(invite, now, reason);

    /// <summary>
    /// Sends the ACK for a 2xx, which is no transaction. Keep what is returned and give it
    /// to <see cref="Resend"/> for each 2xx that comes again.
    /// </summary>
    public SipRequest SendAck(SipRequest ack, SipFlow to)
    {
        var sent = Stamp(_settings, ack, to, _tokens.Branch());
        Resend(sent, to);
        return sent;
    }

    /// <summary>Sends a message once more, outside any transaction.</summary>
    public void Resend(SipMessage message, SipFlow to) => _outputs.Enqueue(new TransactionOutput.Transmit(message.Bytes, to));

    /// <summary>Answers a request. False when the transaction is over or has had its final response (a 2xx may be repeated).</summary>
    public bool Respond(ServerTransactionId transaction, SipResponse response, Instant now) => _servers.Respond(transaction, response, now);

    /// <summary>Answers a request with nothing but a status.</summary>
    public bool Respond(ServerTransactionId transaction, int status, Instant now, string? reason = null) =>
        _servers.Respond(transaction, status, now, reason);

    /// <summary>Answers and forgets: for requests that get no transaction. Repeating the request repeats the answer.</summary>
    public void RespondStateless(SipRequest request, SipFlow from, int status, int? retryAfterSeconds = null) =>
        _answers.Respond(request, from, status, retryAfterSeconds);

    /// <summary>The same with headers, for challenges.</summary>
    public void RespondStateless(SipRequest request, SipFlow from, int status, SipHeader header, IReadOnlyList<string> values) =>
        _answers.Respond(request, from, status, header, values);

    /// <summary>
    /// Answers a request and keeps nothing of it: of one that is nobody's, or one too many, for it is that when it is repeated, too.
    /// Its ACK comes out as one.
    /// </summary>
    public void Dismiss(TransactionOutput.RequestReceived received, int status, int? retryAfterSeconds = null)
    {
        _answers.Respond(received.Request, received.From, status, retryAfterSeconds);
        _servers.Drop(received.Transaction);
    }

    private void Fire(Transaction transaction, TransactionInput timer, Instant now)
    {
        if (timer is TransactionInput.TimerRepeat) transaction.Repeat = Instant.Never;
        else if (timer is TransactionInput.TimerGiveUp) transaction.GiveUp = Instant.Never;
        else transaction.Linger = Instant.Never;
        if (transaction is ClientTransaction client) _clients.Fire(client, timer, now);
        else if (transaction is ServerTransaction server) _servers.Fire(server, timer, now);
    }
}
