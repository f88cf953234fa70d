using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// All transactions of one shard: RFC 3261 §17 with RFC 6026, response routing with RFC 3581. A machine without clock, socket or thread.
/// <para>The shell drives it: <see cref="Handle(ReadOnlySpan{byte}, SipFlow, Instant)"/> for each datagram, <see cref="HandleDue"/> when
/// <see cref="NextDue"/> has come, and after each of these, and after each call below, <see cref="TryPoll"/> until it is empty.</para>
/// <para>A user agent calls <see cref="SendRequest"/>, <see cref="Cancel"/>, <see cref="SendAck"/> and <see cref="Respond(ServerTransactionId, SipResponse, Instant)"/>
/// and is told the rest as <see cref="TransactionOutput"/>. It keeps a map from transaction ids to its legs, drops an entry on
/// <c>ClientEnded</c> or <c>ServerEnded</c>, and ignores ids that it does not know. Requests inside a dialog are found by
/// <c>Dialogs.DialogId</c>. <c>Dialogs.OutgoingInvite</c> and <c>Dialogs.IncomingInvite</c> do the INVITE part of that work.</para>
/// <para>To vet strangers before any state exists: <see cref="Read"/>, then for a request that is <see cref="IsNew"/> either
/// <see cref="RespondStateless(SipRequest, SipFlow, int, int?)"/> or <see cref="Handle(SipMessage, SipFlow, Instant)"/>.</para>
/// </summary>
public sealed class TransactionLayer(TransactionSettings settings, SipTokens tokens)
{
    private static readonly TimeSpan LingerGrid = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, ClientTransaction> _clients = [];
    private readonly Dictionary<long, ClientTransaction> _clientIds = [];
    private readonly Dictionary<string, ServerTransaction> _servers = [];
    private readonly Dictionary<long, ServerTransaction> _serverIds = [];
    private readonly Dictionary<string, ServerTransaction> _merges = [];
    private readonly PriorityQueue<Transaction, long> _due = new();
    private readonly Queue<TransactionOutput> _outputs = new();
    private long _lastId;

    public TransactionCounters Counters { get; } = new();

    /// <summary>Mints tags, branches and Call-IDs that lead back to this shard.</summary>
    public SipTokens Tokens => tokens;

    public TransactionSettings Settings => settings;

    /// <summary>Live transactions; none are left after quiet.</summary>
    public int Count => _clientIds.Count + _serverIds.Count;

    /// <summary>Deadlines kept: those of transactions that ended early go when their time comes, at most 64*T1 later.</summary>
    public int Waiting => _due.Count;

    /// <summary>When <see cref="HandleDue"/> wants to be called; <see cref="Instant.Never"/> when nothing waits.</summary>
    public Instant NextDue
    {
        get
        {
            while (_due.TryPeek(out var transaction, out long at))
            {
                if (!transaction.IsTerminated && transaction.Due.Nanos <= at) return new(at);
                _due.Dequeue();
                transaction.Queued = Instant.Never;
                Requeue(transaction);
            }
            return Instant.Never;
        }
    }

    public bool TryPoll(out TransactionOutput output) => _outputs.TryDequeue(out output!);

    /// <summary>Parses a datagram, answers it when it is a broken request, notes its source in the Via. A message comes out only with <see cref="ParseStatus.Ok"/>.</summary>
    public ParseStatus Read(ReadOnlySpan<byte> datagram, SipFlow from, out SipMessage? message)
    {
        var status = SipParser.TryParse(datagram, out message);
        if (status is ParseStatus.KeepAlive) Counters.KeepAlives++;
        else if (status is not ParseStatus.Ok) Counters.Malformed++;
        if (message is not SipRequest request) return status;
        if (from.Peer is { } source) request.StampSource(source);
        if (status is ParseStatus.Ok) return status;
        message = null;
        // An ACK is never answered.
        if (!request.MethodName.SequenceEqual("ACK"u8))
            RespondStateless(request, from, new SipResponseBuilder(Tag(request), Faults.StatusOf(status, request), Faults.ReasonOf(status)).BuildBytes());
        return status;
    }

    public void Handle(ReadOnlySpan<byte> datagram, SipFlow from, Instant now)
    {
        if (Read(datagram, from, out var message) is ParseStatus.Ok) Handle(message!, from, now); // Ok brings a message
    }

    /// <summary>For a message that <see cref="Read"/> gave.</summary>
    public void Handle(SipMessage message, SipFlow from, Instant now)
    {
        if (message is SipResponse response) HandleResponse(response, from, now);
        else if (message is SipRequest request)
        {
            if (request.Method is SipMethod.Ack) HandleAck(request, from, now);
            else if (request.Method is SipMethod.Cancel) HandleCancel(request, from, now);
            else HandleRequest(request, from, now);
        }
    }

    /// <summary>True for a request that would make a server transaction: neither a retransmission, nor ACK, nor the CANCEL of an INVITE that we have.</summary>
    public bool IsNew(SipRequest request) => request.Method switch
    {
        SipMethod.Ack => false,
        SipMethod.Cancel => FindServer(request, "INVITE"u8) is null,
        _ => FindServer(request, request.MethodName) is null,
    };

    /// <summary>Performs every timer that is due.</summary>
    public void HandleDue(Instant now)
    {
        while (NextDue <= now && _due.TryDequeue(out var transaction, out _))
        {
            transaction.Queued = Instant.Never;
            if (transaction.Repeat <= now) Fire(transaction, TransactionInput.TimerRepeat, now);
            if (transaction.GiveUp <= now) Fire(transaction, TransactionInput.TimerGiveUp, now);
            if (transaction.Linger <= now) Fire(transaction, TransactionInput.TimerLinger, now);
            Requeue(transaction);
        }
    }

    /// <summary>A <see cref="TransactionOutput.Transmit"/> did not go out, or went by a connection that was then lost.</summary>
    /// <param name="isLost">The latter: a request that still waits for its answer is sent once more, by a new connection; the far end knows a repetition.</param>
    /// <param name="reason">What the transport knows, for <see cref="TransactionOutput.TransportFailed"/>.</param>
    public void HandleTransportError(TransactionOutput.Transmit failed, Instant now, bool isLost = false, string? reason = null)
    {
        if (_clientIds.TryGetValue(failed.Client.Value, out var client))
        {
            if (isLost && client is { IsSentAgain: false, IsWaiting: true })
            {
                client.IsSentAgain = true;
                Transmit(client, client.Request.Bytes);
                return;
            }
            // A repetition that did not leave is as good as one that was lost: the request before it may have arrived, and its answer must find us.
            if (client.IsWaiting && client.Interval > settings.T1) return;
            client.Trouble = reason;
            Step(client, TransactionInput.TransportError, null, client.Flow, now);
        }
        else if (_serverIds.TryGetValue(failed.Server.Value, out var server)) Step(server, TransactionInput.TransportError, default, now);
    }

    /// <summary>Starts a client transaction for any request but ACK and CANCEL. The Via is added here, unless <see cref="Stamp"/> has done so.</summary>
    public ClientTransactionId SendRequest(SipRequest request, SipFlow to, Instant now)
    {
        if (request.Has(SipHeader.Via)) return Start(request, request.TopVia.Branch.AsLatin(), to, isInternal: false, now);
        string branch = tokens.Branch();
        return Start(WithVia(request, to, branch), branch, to, isInternal: false, now);
    }

    /// <summary>Adds the Via of a request that is sent later, so that it can be written down before.</summary>
    /// <param name="branch">Of a token that leads to this shard; a new one when null.</param>
    public SipRequest Stamp(SipRequest request, SipFlow to, string? branch = null) => WithVia(request, to, branch ?? tokens.Branch());

    /// <summary>The same for whoever has no layer.</summary>
    public static SipRequest Stamp(TransactionSettings settings, SipRequest request, SipFlow to, string branch) =>
        request.WithTopVia($"SIP/2.0/{to.Transport.Wire()} {settings.SentByOn(to.Transport)};branch={branch};rport");

    /// <summary>
    /// An INVITE that an earlier process sent and nobody knows the end of. It is not sent again; its responses are taken for 64*T1, and <see cref="Cancel"/>
    /// cancels it at once: whether a provisional response came is not known, and a CANCEL cannot overtake an INVITE of that age.
    /// </summary>
    /// <param name="invite">With its Via.</param>
    public ClientTransactionId Restore(SipRequest invite, SipFlow to, Instant now)
    {
        var client = new ClientTransaction
        {
            Id = ++_lastId,
            Key = TransactionKeys.Client(invite.TopVia.Branch, invite.MethodName),
            Flow = to,
            IsInvite = true,
            Request = invite,
            InviteState = InviteClientState.Proceeding,
            GiveUp = now + settings.Lifetime,
        };
        _clients[client.Key] = client;
        _clientIds.Add(client.Id, client);
        Requeue(client);
        return new(client.Id);
    }

    /// <summary>An INVITE that an earlier process received and did not answer finally: to be answered with <see cref="Respond(ServerTransactionId, SipResponse, Instant)"/>.</summary>
    /// <param name="invite">With our tag, and where it came from noted in its Via.</param>
    /// <returns>Null when its sender has repeated it to this process already: it has a transaction of its own then.</returns>
    public ServerTransactionId? RestoreReceived(SipRequest invite, SipFlow from) => FindServer(invite, invite.MethodName) is null ? new(Open(invite, from, isInternal: false).Id) : null;

    /// <summary>An INVITE has no final response yet.</summary>
    public bool IsUnanswered(ServerTransactionId invite) =>
        _serverIds.TryGetValue(invite.Value, out var server) && server is { IsInvite: true, InviteState: InviteServerState.Proceeding };

    /// <summary>Our 300-699 to an INVITE is still repeated, for want of its ACK.</summary>
    public bool AwaitsAck(ServerTransactionId invite) => _serverIds.TryGetValue(invite.Value, out var server) && server is { IsInvite: true, InviteState: InviteServerState.Completed };

    /// <summary>
    /// Cancels an INVITE: at once when a provisional response has come, else as soon as one does (RFC 3261 §9.1). False when it already has its
    /// final response or is unknown. The outcome still comes as a response (487, or a 2xx that crossed) or as <see cref="TransactionOutput.TimedOut"/>.
    /// </summary>
    /// <param name="reason">A Reason header value, for example <c>SIP;cause=200;text="Call completed elsewhere"</c>.</param>
    public bool Cancel(ClientTransactionId invite, Instant now, string? reason = null)
    {
        if (!_clientIds.TryGetValue(invite.Value, out var client) || !client.IsInvite) return false;
        if (client.InviteState is not (InviteClientState.Calling or InviteClientState.Proceeding)) return false;
        if (client.IsCancelled) return true;
        client.CancelReason = reason;
        client.IsCancelWanted = true;
        if (client.InviteState is InviteClientState.Proceeding) SendCancel(client, now);
        return true;
    }

    /// <summary>Sends the ACK for a 2xx, which is no transaction. Keep what is returned and give it to <see cref="Resend"/> for each 2xx that comes again.</summary>
    public SipRequest SendAck(SipRequest ack, SipFlow to)
    {
        var sent = WithVia(ack, to, tokens.Branch());
        Resend(sent, to);
        return sent;
    }

    /// <summary>Sends a message once more, outside any transaction.</summary>
    public void Resend(SipMessage message, SipFlow to) => _outputs.Enqueue(new TransactionOutput.Transmit(message.Bytes, to));

    /// <summary>Answers a request. False when the transaction is over or has had its final response (a 2xx may be repeated).</summary>
    public bool Respond(ServerTransactionId transaction, SipResponse response, Instant now) =>
        _serverIds.TryGetValue(transaction.Value, out var server) && Step(server, InputOf(response.Status), response.Bytes, now).HasFlag(TransactionAction.Send);

    /// <summary>Answers a request with nothing but a status.</summary>
    public bool Respond(ServerTransactionId transaction, int status, Instant now, string? reason = null) =>
        _serverIds.TryGetValue(transaction.Value, out var server) && Step(server, InputOf(status), new SipResponseBuilder(server.Request, status, reason).BuildBytes(), now).HasFlag(TransactionAction.Send);

    /// <summary>Answers and forgets: for requests that get no transaction. Repeating the request repeats the answer.</summary>
    public void RespondStateless(SipRequest request, SipFlow from, int status, int? retryAfterSeconds = null)
    {
        var response = new SipResponseBuilder(Tag(request), status);
        if (retryAfterSeconds is { } seconds) response.Add(SipHeader.RetryAfter, $"{seconds}");
        RespondStateless(request, from, response.BuildBytes());
    }

    /// <summary>The same with headers, for challenges.</summary>
    public void RespondStateless(SipRequest request, SipFlow from, int status, SipHeader header, IReadOnlyList<string> values)
    {
        var response = new SipResponseBuilder(Tag(request), status);
        foreach (string value in values) response.Add(header, value);
        RespondStateless(request, from, response.BuildBytes());
    }

    private void RespondStateless(SipRequest request, SipFlow from, byte[] response) =>
        _outputs.Enqueue(new TransactionOutput.Transmit(response, ResponseFlow(request, from)) { IsStateless = true });

    private SipRequest Tag(SipRequest request)
    {
        if (request.LocalTag.Length == 0) request.LocalTag = tokens.StatelessTag(request.TopVia.Branch, request.CallId);
        return request;
    }

    private static SipFlow ResponseFlow(SipRequest request, SipFlow from) =>
        from.IsInside || from.Peer is null ? from : new(from.Transport, request.ResponseTarget(from)) { Id = from.Id };

    private SipRequest WithVia(SipRequest request, SipFlow to, string branch) => Stamp(settings, request, to, branch);

    private ClientTransactionId Start(SipRequest request, string branch, SipFlow to, bool isInternal, Instant now)
    {
        var client = new ClientTransaction
        {
            Id = ++_lastId,
            Key = $"{request.MethodName.AsLatin()} {branch}",
            Flow = to,
            IsInvite = request.Method is SipMethod.Invite,
            Request = request,
            IsInternal = isInternal,
            Interval = settings.T1,
            Repeat = to.IsReliable ? Instant.Never : now + settings.T1,
            GiveUp = now + settings.Lifetime,
        };
        _clients.Add(client.Key, client);
        _clientIds.Add(client.Id, client);
        Transmit(client, request.Bytes);
        Requeue(client);
        return new(client.Id);
    }

    private void SendCancel(ClientTransaction invite, Instant now)
    {
        invite.IsCancelSent = true;
        Start(TransactionRequests.Cancel(invite.Request, invite.CancelReason), invite.Request.TopVia.Branch.AsLatin(), invite.Flow, isInternal: true, now);
        // §9.1: an INVITE that has no final response 64*T1 after its CANCEL is over.
        invite.GiveUp = now + settings.Lifetime;
        Requeue(invite);
    }

    private void HandleResponse(SipResponse response, SipFlow from, Instant now)
    {
        int vias = 0;
        foreach (var _ in response.Values(SipHeader.Via)) vias++;
        // §8.1.3.3: more than one Via and it was meant for somebody else.
        if (vias != 1 || !_clients.TryGetValue(TransactionKeys.Client(response.TopVia.Branch, response.CSeq.Method), out var client))
        {
            Counters.StrayResponses++;
            return;
        }
        Step(client, InputOf(response.Status), response, from, now);
        if (client.IsCancelWanted && !client.IsCancelSent && client.InviteState is InviteClientState.Proceeding) SendCancel(client, now);
    }

    private void HandleAck(SipRequest ack, SipFlow from, Instant now)
    {
        var server = FindServer(ack, "INVITE"u8);
        if (server is null || server.InviteState is InviteServerState.Accepted) _outputs.Enqueue(new TransactionOutput.AckReceived(ack, from));
        else Step(server, TransactionInput.Ack, default, now);
    }

    private void HandleCancel(SipRequest cancel, SipFlow from, Instant now)
    {
        if (FindServer(cancel, "CANCEL"u8) is { } again)
        {
            Counters.Retransmissions++;
            Step(again, TransactionInput.Request, default, now);
            return;
        }
        // A CANCEL comes from the hop that the INVITE came from; from elsewhere it is a guess (RFC 3261 §9.1, §22.1).
        if (FindServer(cancel, "INVITE"u8) is not { } invite || !invite.Flow.IsOfSameHost(from))
        {
            RespondStateless(cancel, from, 481);
            return;
        }
        // §9.2: the same To tag as in the response to the INVITE.
        cancel.LocalTag = invite.Request.LocalTag;
        var server = Open(cancel, from, isInternal: true);
        Respond(new(server.Id), 200, now);
        if (invite.InviteState is InviteServerState.Proceeding) _outputs.Enqueue(new TransactionOutput.CancelReceived(new(invite.Id), cancel));
    }

    private void HandleRequest(SipRequest request, SipFlow from, Instant now)
    {
        if (FindServer(request, request.MethodName) is { } again)
        {
            Counters.Retransmissions++;
            Step(again, TransactionInput.Request, default, now);
        }
        else if (TransactionKeys.Merge(request) is { } merge && _merges.ContainsKey(merge))
        {
            Counters.MergedRequests++;
            RespondStateless(request, from, 482);
        }
        else if (!HasRoomFor(request))
        {
            Counters.Overloads++;
            RespondStateless(request, from, 503, retryAfterSeconds: 5);
        }
        else
        {
            request.LocalTag = request.IsOutsideDialog ? tokens.Tag() : request.To.Tag.AsText();
            var server = Open(request, from, isInternal: false);
            if (server.IsInvite) Respond(new(server.Id), 100, now);
            _outputs.Enqueue(new TransactionOutput.RequestReceived(new(server.Id), request, from));
        }
    }

    /// <summary>Calls that are up may use as much again: a flood of new requests must not keep them from ending.</summary>
    private bool HasRoomFor(SipRequest request) => _serverIds.Count < settings.MaxServerTransactions
        || _serverIds.Count < 2 * settings.MaxServerTransactions && tokens.IsOurs(request.To.Tag);

    private ServerTransaction? FindServer(SipRequest request, ReadOnlySpan<byte> method) => _servers.GetValueOrDefault(TransactionKeys.Server(request, method));

    private ServerTransaction Open(SipRequest request, SipFlow from, bool isInternal)
    {
        var server = new ServerTransaction
        {
            Id = ++_lastId,
            Key = TransactionKeys.Server(request, request.MethodName),
            Flow = ResponseFlow(request, from),
            IsInvite = request.Method is SipMethod.Invite,
            Request = request,
            IsInternal = isInternal,
            MergeKey = isInternal ? null : TransactionKeys.Merge(request),
        };
        _servers.Add(server.Key, server);
        _serverIds.Add(server.Id, server);
        if (server.MergeKey is { } merge) _merges[merge] = server;
        return server;
    }

    private void Fire(Transaction transaction, TransactionInput timer, Instant now)
    {
        if (timer is TransactionInput.TimerRepeat) transaction.Repeat = Instant.Never;
        else if (timer is TransactionInput.TimerGiveUp) transaction.GiveUp = Instant.Never;
        else transaction.Linger = Instant.Never;
        if (transaction is ClientTransaction client) Step(client, timer, null, client.Flow, now);
        else if (transaction is ServerTransaction server) Step(server, timer, default, now);
    }

    private void Step(ClientTransaction client, TransactionInput input, SipResponse? response, SipFlow from, Instant now)
    {
        TransactionAction act;
        if (client.IsInvite) (client.InviteState, act) = InviteClientTransaction.Step(client.InviteState, input);
        else (client.State, act) = NonInviteClientTransaction.Step(client.State, input);

        if (act.HasFlag(TransactionAction.StopRepeat)) client.Repeat = Instant.Never;
        if (act.HasFlag(TransactionAction.StopGiveUp)) client.GiveUp = Instant.Never;
        if (act.HasFlag(TransactionAction.Resend)) Transmit(client, client.Request.Bytes);
        if (act.HasFlag(TransactionAction.SendAck) && response is not null) Transmit(client, TransactionRequests.Ack(client.Request, response).Bytes);
        if (act.HasFlag(TransactionAction.ArmRepeat))
        {
            client.Interval = client.IsInvite ? client.Interval * 2 : client.State is ClientState.Proceeding ? settings.T2 : Shorter(client.Interval * 2, settings.T2);
            client.Repeat = now + client.Interval;
        }
        if (act.HasFlag(TransactionAction.ArmLinger)) client.Linger = LingerUntil(now, ClientLinger(client));
        if (!client.IsInternal) Report(client, act, response, from);
        Settle(client);
    }

    private void Report(ClientTransaction client, TransactionAction act, SipResponse? response, SipFlow from)
    {
        var id = new ClientTransactionId(client.Id);
        if (act.HasFlag(TransactionAction.PassUp) && response is not null) _outputs.Enqueue(new TransactionOutput.ResponseReceived(id, response, from));
        if (act.HasFlag(TransactionAction.ReportTimeout)) _outputs.Enqueue(new TransactionOutput.TimedOut(id, client.IsCancelled));
        if (act.HasFlag(TransactionAction.ReportTransport)) _outputs.Enqueue(new TransactionOutput.TransportFailed(id, client.Trouble));
    }

    /// <summary>The last timer of a transaction only frees memory.</summary>
    private static Instant LingerUntil(Instant now, TimeSpan span) => span == TimeSpan.Zero ? now : (now + span).RoundedUp(LingerGrid);

    private TimeSpan ClientLinger(ClientTransaction client)
    {
        if (client is { IsInvite: true, InviteState: InviteClientState.Accepted }) return settings.Lifetime; // timer M
        if (client.Flow.IsReliable) return TimeSpan.Zero;
        return client.IsInvite ? settings.TimerD : settings.T4;
    }

    /// <param name="response">Empty where the input is none.</param>
    private TransactionAction Step(ServerTransaction server, TransactionInput input, ReadOnlyMemory<byte> response, Instant now)
    {
        TransactionAction act;
        if (server.IsInvite) (server.InviteState, act) = InviteServerTransaction.Step(server.InviteState, input);
        else (server.State, act) = NonInviteServerTransaction.Step(server.State, input);

        if (act.HasFlag(TransactionAction.StopRepeat)) server.Repeat = Instant.Never;
        if (act.HasFlag(TransactionAction.StopGiveUp)) server.GiveUp = Instant.Never;
        if (act.HasFlag(TransactionAction.Send) && !response.IsEmpty) server.LastResponse = response;
        if ((act & (TransactionAction.Send | TransactionAction.Resend)) != 0 && !server.LastResponse.IsEmpty) Transmit(server, server.LastResponse);
        if (act.HasFlag(TransactionAction.ArmRepeat) && !server.Flow.IsReliable)
        {
            server.Interval = input is TransactionInput.TimerRepeat ? Shorter(server.Interval * 2, settings.T2) : settings.T1;
            server.Repeat = now + server.Interval;
        }
        if (act.HasFlag(TransactionAction.ArmGiveUp)) server.GiveUp = now + settings.Lifetime;
        if (act.HasFlag(TransactionAction.ArmLinger)) server.Linger = LingerUntil(now, ServerLinger(server));
        if (act.HasFlag(TransactionAction.ReportTimeout)) _outputs.Enqueue(new TransactionOutput.AckTimedOut(new(server.Id)));
        Settle(server);
        return act;
    }

    private TimeSpan ServerLinger(ServerTransaction server)
    {
        if (server is { IsInvite: true, InviteState: InviteServerState.Accepted }) return settings.Lifetime; // timer L
        if (server.Flow.IsReliable) return TimeSpan.Zero;
        return server.IsInvite ? settings.T4 : settings.Lifetime; // timers I and J
    }

    private void Settle(Transaction transaction)
    {
        if (!transaction.IsTerminated)
        {
            Requeue(transaction);
            return;
        }
        transaction.StopTimers();
        if (transaction is ClientTransaction client && _clientIds.Remove(client.Id))
        {
            _clients.Remove(client.Key);
            if (!client.IsInternal) _outputs.Enqueue(new TransactionOutput.ClientEnded(new(client.Id)));
        }
        else if (transaction is ServerTransaction server && _serverIds.Remove(server.Id))
        {
            _servers.Remove(server.Key);
            if (server.MergeKey is { } merge) _merges.Remove(merge);
            if (!server.IsInternal) _outputs.Enqueue(new TransactionOutput.ServerEnded(new(server.Id)));
        }
    }

    /// <summary>Puts the transaction into the queue when its next timer is earlier than what stands there for it.</summary>
    private void Requeue(Transaction transaction)
    {
        if (transaction.IsTerminated) return;
        var due = transaction.Due;
        if (due == Instant.Never || due >= transaction.Queued) return;
        transaction.Queued = due;
        _due.Enqueue(transaction, due.Nanos);
    }

    private void Transmit(ClientTransaction client, ReadOnlyMemory<byte> bytes) =>
        _outputs.Enqueue(new TransactionOutput.Transmit(bytes, client.Flow) { Client = new(client.Id) });

    private void Transmit(ServerTransaction server, ReadOnlyMemory<byte> bytes) =>
        _outputs.Enqueue(new TransactionOutput.Transmit(bytes, server.Flow) { Server = new(server.Id) });

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TransactionInput InputOf(int status) => status < 200 ? TransactionInput.Provisional : status < 300 ? TransactionInput.Success : TransactionInput.Failure;
}
