using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>The server side of a <see cref="TransactionLayer"/>: RFC 3261 §17.2, §8.2.2.2, §9.2 with RFC 6026.</summary>
internal sealed class ServerTransactions(
    TransactionSettings settings, SipTokens tokens, TransactionCounters counters, TransactionTimers timers, StatelessAnswers answers,
    Queue<TransactionOutput> outputs)
{
    private readonly Dictionary<string, ServerTransaction> _byKey = [];
    private readonly Dictionary<long, ServerTransaction> _byId = [];
    private readonly Dictionary<string, ServerTransaction> _merges = [];
    /// <summary>INVITEs that were refused and whose ACK has not come, by our tag.</summary>
    private readonly Dictionary<string, ServerTransaction> _refused = [];
    /// <summary>How many are inside a dialog, by our tag: whoever has one call takes no room that others need.</summary>
    private readonly Dictionary<string, int> _inside = [];
    private long _lastId;

    public int Count => _byId.Count;

    /// <summary>Half of the room is taken: what is answered has to make way for what is not.</summary>
    public bool IsCrowded => _byId.Count > settings.MaxServerTransactions / 2;

    public bool IsKnown(SipRequest request, ReadOnlySpan<byte> method) => Find(request, method) is not null;

    /// <summary>The INVITE that a CANCEL is for is here.</summary>
    public bool IsKnownInvite(SipRequest cancel) => FindCancelled(cancel) is not null;

    public ServerTransaction? Find(ServerTransactionId id) => _byId.GetValueOrDefault(id.Value);

    /// <summary>An INVITE that an earlier process received; null when it is here already.</summary>
    public ServerTransactionId? Restore(SipRequest invite, SipFlow from)
    {
        string key = TransactionKeys.Server(invite, invite.MethodName);
        if (_byKey.ContainsKey(key)) return null;
        var server = Open(invite, from, key, TransactionKeys.Merge(invite));
        server.IsRestored = true;
        return new(server.Id);
    }

    public void HandleAck(SipRequest ack, SipFlow from, Instant now)
    {
        var server = Find(ack, "INVITE"u8) ?? FindRefused(ack);
        if (server is null || server.InviteState is InviteServerState.Accepted)
            outputs.Enqueue(new TransactionOutput.AckReceived(ack, from));
        else Step(server, TransactionInput.Ack, default, now);
    }

    public void HandleCancel(SipRequest cancel, SipFlow from, Instant now)
    {
        if (Find(cancel, "CANCEL"u8) is { } again)
        {
            counters.Retransmissions++;
            Step(again, TransactionInput.Request, default, now);
            return;
        }
        if (FindCancelled(cancel) is not { } invite || !IsOfItsHop(cancel, from, invite))
        {
            answers.Respond(cancel, from, 481);
            return;
        }
        // §9.2: the same To tag as in the response to the INVITE.
        cancel.LocalTag = invite.LocalTag;
        // Nothing is left to say to a further one, and whoever sends them without end gets no memory for each.
        if (invite.IsCancelled)
        {
            answers.Respond(cancel, from, 200);
            return;
        }
        invite.IsCancelled = true;
        var server = Open(cancel, from, TransactionKeys.Server(cancel, cancel.MethodName), mergeKey: null, isInternal: true);
        Respond(server, 200, now);
        if (invite.InviteState is InviteServerState.Proceeding)
            outputs.Enqueue(new TransactionOutput.CancelReceived(new(invite.Id), cancel));
    }

    public void HandleRequest(SipRequest request, SipFlow from, Instant now)
    {
        string key = TransactionKeys.Server(request, request.MethodName);
        if (_byKey.TryGetValue(key, out var again))
        {
            counters.Retransmissions++;
            Step(again, TransactionInput.Request, default, now);
            return;
        }
        string? merge = TransactionKeys.Merge(request), inside = request.IsOutsideDialog ? null : request.To.Tag.AsText();
        if (merge is not null && _merges.ContainsKey(merge))
        {
            counters.MergedRequests++;
            answers.Respond(request, from, 482);
        }
        else if (!HasRoomFor(request, inside))
        {
            counters.Overloads++;
            answers.Respond(request, from, 503, retryAfterSeconds: 5);
        }
        else
        {
            request.LocalTag = inside ?? tokens.Tag();
            var server = Open(request, from, key, merge, inside: inside);
            if (server.IsInvite) Respond(server, 100, now);
            outputs.Enqueue(new TransactionOutput.RequestReceived(new(server.Id), request, from));
        }
    }

    public bool Respond(ServerTransactionId id, SipResponse response, Instant now) =>
        Find(id) is { } server
        && Step(server, TransactionTimers.InputOf(response.Status), response.Bytes, now).HasFlag(TransactionAction.Send);

    public bool Respond(ServerTransactionId id, int status, Instant now, string? reason) =>
        Find(id) is { } server && Respond(server, status, now, reason);

    public void HandleTransportError(ServerTransactionId id, Instant now)
    {
        if (Find(id) is { } server) Step(server, TransactionInput.TransportError, default, now);
    }

    /// <summary>Of one that has been answered without it.</summary>
    public void Drop(ServerTransactionId id)
    {
        if (Find(id) is { } server) Remove(server);
    }

    public void Fire(ServerTransaction server, TransactionInput timer, Instant now) => Step(server, timer, default, now);

    private bool Respond(ServerTransaction server, int status, Instant now, string? reason = null) => server.Request is { } request
        && Step(server, TransactionTimers.InputOf(status), new SipResponseBuilder(request, status, reason).BuildBytes(), now)
            .HasFlag(TransactionAction.Send);

    /// <summary>
    /// Calls that are up may use as much again: a flood of new requests must not keep them from ending. Nor must the far end of one, which
    /// asks without end but may still hang up.
    /// </summary>
    private bool HasRoomFor(SipRequest request, string? inside) =>
        (_byId.Count < settings.MaxServerTransactions
            || _byId.Count < 2 * settings.MaxServerTransactions && tokens.IsOurs(request.To.Tag))
        && (inside is null
            || _inside.GetValueOrDefault(inside) < Limits.ServerTransactionsInside * (request.Method is SipMethod.Bye ? 2 : 1));

    private ServerTransaction? Find(SipRequest request, ReadOnlySpan<byte> method) =>
        _byKey.GetValueOrDefault(TransactionKeys.Server(request, method));

    /// <summary>
    /// The INVITE that a CANCEL is for. Some phones learn meanwhile at which address they are seen, and write that one into its Via; some
    /// programs make a branch of its own, or take that of the INVITE which was challenged: then it is the one with the same From tag,
    /// Call-ID and number at the same user, of which there is no other.
    /// </summary>
    private ServerTransaction? FindCancelled(SipRequest cancel) =>
        Find(cancel, "INVITE"u8) ?? _merges.GetValueOrDefault(TransactionKeys.Merge(cancel, "INVITE"u8));

    /// <summary>
    /// A CANCEL comes from the hop that the INVITE came from; from elsewhere it is a guess (RFC 3261 §9.1, §22.1). With another branch it
    /// names nothing but what each knows whom that call has passed, and many may be behind one address: it comes from the same socket.
    /// Which that was is not known of an INVITE that an earlier process received.
    /// </summary>
    private bool IsOfItsHop(SipRequest cancel, SipFlow from, ServerTransaction invite)
    {
        if (!invite.Flow.IsOfSameHost(from)) return false;
        if (invite.IsRestored || Find(cancel, "INVITE"u8) == invite) return true;
        if (invite.Request is { } request && cancel.TopVia.Branch.SequenceEqual(request.TopVia.Branch)) return true;
        return invite.Flow.Transport == from.Transport
            && (from.IsReliable ? invite.Flow.Id == from.Id : invite.SourcePort == PortOf(from));
    }

    private static ushort PortOf(SipFlow from) => (ushort)from.Remote.Port;

    /// <summary>
    /// The INVITE that an ACK with a branch of its own is for. That is how the ACK of a 2xx comes; some make each so, and would be told of
    /// a refusal for half a minute.
    /// </summary>
    private ServerTransaction? FindRefused(SipRequest ack) =>
        _refused.Count > 0 && _refused.TryGetValue(ack.To.Tag.AsText(), out var refused) && refused.Request is { } invite
            && invite.CallId.SequenceEqual(ack.CallId) && invite.From.Tag.SequenceEqual(ack.From.Tag)
            && invite.CSeq.Number == ack.CSeq.Number ? refused : null;

    private void NoteRefused(ServerTransaction invite)
    {
        string tag = invite.LocalTag;
        // An ACK with a branch of its own may be that of an answer which the process before this one sent.
        if (invite.InviteState is InviteServerState.Completed && !invite.IsRestored) _refused[tag] = invite;
        else if (_refused.Count > 0 && _refused.TryGetValue(tag, out var known) && known == invite) _refused.Remove(tag);
    }

    /// <param name="key">By which its repetitions find it, as whoever looked for it before has made it.</param>
    /// <param name="mergeKey">The same of requests that came by two ways; null where none is looked for.</param>
    /// <param name="inside">Our tag, of a request inside a dialog.</param>
    private ServerTransaction Open(SipRequest request, SipFlow from, string key, string? mergeKey, bool isInternal = false,
        string? inside = null)
    {
        var server = new ServerTransaction
        {
            Id = ++_lastId,
            Key = key,
            Flow = StatelessAnswers.FlowTo(request, from),
            IsInvite = request.Method is SipMethod.Invite,
            Request = request,
            LocalTag = request.LocalTag,
            SourcePort = PortOf(from),
            IsInternal = isInternal,
            MergeKey = mergeKey,
            Inside = inside,
        };
        _byKey.Add(server.Key, server);
        _byId.Add(server.Id, server);
        if (server.MergeKey is { } merge) _merges[merge] = server;
        if (inside is not null) _inside[inside] = _inside.GetValueOrDefault(inside) + 1;
        return server;
    }

    /// <param name="response">Empty where the input is none.</param>
    private TransactionAction Step(ServerTransaction server, TransactionInput input, ReadOnlyMemory<byte> response, Instant now)
    {
        TransactionAction act;
        if (server.IsInvite)
        {
            (server.InviteState, act) = InviteServerTransaction.Step(server.InviteState, input);
            NoteRefused(server);
        }
        else (server.State, act) = NonInviteServerTransaction.Step(server.State, input);

        if (act.HasFlag(TransactionAction.StopRepeat)) server.Repeat = Instant.Never;
        if (act.HasFlag(TransactionAction.StopGiveUp)) server.GiveUp = Instant.Never;
        if (act.HasFlag(TransactionAction.Send) && !response.IsEmpty) server.LastResponse = response;
        if ((act & (TransactionAction.Send | TransactionAction.Resend)) != 0 && !server.LastResponse.IsEmpty) Transmit(server);
        if (act.HasFlag(TransactionAction.Send) && IsLetGo(server))
        {
            server.StopTimers();
            Remove(server);
            return act;
        }
        if (act.HasFlag(TransactionAction.ArmRepeat) && !server.Flow.IsReliable)
        {
            var twice = server.Interval * 2;
            server.Interval = input is not TransactionInput.TimerRepeat ? settings.T1 : twice < settings.T2 ? twice : settings.T2;
            server.Repeat = now + server.Interval;
        }
        if (act.HasFlag(TransactionAction.ArmGiveUp)) server.GiveUp = now + (IsHurried(server) ? settings.T4 : settings.Lifetime);
        if (act.HasFlag(TransactionAction.ArmLinger)) server.Linger = TransactionTimers.LingerUntil(now, Linger(server));
        if (act.HasFlag(TransactionAction.ReportTimeout)) outputs.Enqueue(new TransactionOutput.AckTimedOut(new(server.Id)));
        server.Shrink();
        Settle(server);
        return act;
    }

    /// <summary>
    /// Where there are many, an answer outside dialogs is said again for some seconds only: a refused INVITE has had our 100, and nobody
    /// repeats it who has not heard the refusal. So thousands a second take no more room than hundreds. An INVITE of an earlier process is
    /// none of them: whoever refuses it waits to see whether that is heard.
    /// </summary>
    private bool IsHurried(ServerTransaction server) => server is { Inside: null, IsRestored: false } && IsCrowded;

    /// <summary>
    /// Where three quarters of the room are taken, it is not kept at all, and whoever repeats it asks anew: the rest is for what waits for
    /// its answer, of which nobody has many. A call that was accepted is kept.
    /// </summary>
    private bool IsLetGo(ServerTransaction server) => IsHurried(server) && _byId.Count > settings.MaxServerTransactions * 3L / 4
        && (server.IsInvite ? server.InviteState is InviteServerState.Completed : server.State is ServerState.Completed);

    private TimeSpan Linger(ServerTransaction server)
    {
        if (server is { IsInvite: true, InviteState: InviteServerState.Accepted }) return settings.Lifetime; // timer L
        if (server.Flow.IsReliable) return TimeSpan.Zero;
        return server.IsInvite || IsHurried(server) ? settings.T4 : settings.Lifetime; // timers I and J
    }

    private void Settle(ServerTransaction server)
    {
        if (!server.IsTerminated)
        {
            timers.Requeue(server);
            return;
        }
        server.StopTimers();
        Remove(server);
    }

    private void Remove(ServerTransaction server)
    {
        if (!_byId.Remove(server.Id)) return;
        _byKey.Remove(server.Key);
        if (server.MergeKey is { } merge) _merges.Remove(merge);
        if (_refused.Count > 0 && _refused.TryGetValue(server.LocalTag, out var refused) && refused == server)
            _refused.Remove(server.LocalTag);
        if (server.Inside is { } tag && _inside.TryGetValue(tag, out int others))
        {
            if (others > 1) _inside[tag] = others - 1;
            else _inside.Remove(tag);
        }
        if (!server.IsInternal) outputs.Enqueue(new TransactionOutput.ServerEnded(new(server.Id)));
    }

    private void Transmit(ServerTransaction server) =>
        outputs.Enqueue(new TransactionOutput.Transmit(server.LastResponse, server.Flow) { Server = new(server.Id) });
}
