using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>The client side of a <see cref="TransactionLayer"/>: RFC 3261 §17.1, §9.1 with RFC 6026.</summary>
internal sealed class ClientTransactions(
    TransactionSettings settings, TransactionCounters counters, TransactionTimers timers, Queue<TransactionOutput> outputs)
{
    private readonly Dictionary<string, ClientTransaction> _byKey = [];
    private readonly Dictionary<long, ClientTransaction> _byId = [];
    private long _lastId;

    public int Count => _byId.Count;

    /// <param name="request">With its Via, of this branch.</param>
    public ClientTransactionId Start(SipRequest request, string branch, SipFlow to, Instant now) =>
        Start(request, branch, to, isInternal: false, now);

    /// <summary>An INVITE that an earlier process sent: it is not sent again.</summary>
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
        _byKey[client.Key] = client;
        _byId.Add(client.Id, client);
        timers.Requeue(client);
        return new(client.Id);
    }

    public bool Cancel(ClientTransactionId invite, Instant now, string? reason)
    {
        if (!_byId.TryGetValue(invite.Value, out var client) || !client.IsInvite) return false;
        if (client.InviteState is not (InviteClientState.Calling or InviteClientState.Proceeding)) return false;
        if (client.IsCancelled) return true;
        client.CancelReason = reason;
        client.IsCancelWanted = true;
        if (client.InviteState is InviteClientState.Proceeding) SendCancel(client, now);
        return true;
    }

    public void Handle(SipResponse response, SipFlow from, Instant now)
    {
        int vias = 0;
        foreach (var _ in response.Values(SipHeader.Via)) vias++;
        // §8.1.3.3: more than one Via and it was meant for somebody else.
        if (vias != 1 || !_byKey.TryGetValue(TransactionKeys.Client(response.TopVia.Branch, response.CSeq.Method), out var client))
        {
            counters.StrayResponses++;
            return;
        }
        Step(client, TransactionTimers.InputOf(response.Status), response, from, now);
        if (client.IsCancelWanted && !client.IsCancelSent && client.InviteState is InviteClientState.Proceeding) SendCancel(client, now);
    }

    /// <returns>False when there is no such transaction.</returns>
    public bool HandleTransportError(ClientTransactionId id, Instant now, bool isLost, string? reason)
    {
        if (!_byId.TryGetValue(id.Value, out var client)) return false;
        if (isLost && client is { IsSentAgain: false, IsWaiting: true })
        {
            client.IsSentAgain = true;
            Transmit(client, client.Request.Bytes);
            return true;
        }
        // A repetition that did not leave is as good as one that was lost:
        // the request before it may have arrived, and its answer must find us.
        if (client.IsWaiting && client.Interval > settings.T1) return true;
        client.Trouble = reason;
        Step(client, TransactionInput.TransportError, null, client.Flow, now);
        return true;
    }

    public void Fire(ClientTransaction client, TransactionInput timer, Instant now) => Step(client, timer, null, client.Flow, now);

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
        _byKey.Add(client.Key, client);
        _byId.Add(client.Id, client);
        Transmit(client, request.Bytes);
        timers.Requeue(client);
        return new(client.Id);
    }

    private void SendCancel(ClientTransaction invite, Instant now)
    {
        invite.IsCancelSent = true;
        Start(TransactionRequests.Cancel(invite.Request, invite.CancelReason), invite.Request.TopVia.Branch.AsLatin(),
            invite.Flow, isInternal: true, now);
        // §9.1: an INVITE that has no final response 64*T1 after its CANCEL is over.
        invite.GiveUp = now + settings.Lifetime;
        timers.Requeue(invite);
    }

    private void Step(ClientTransaction client, TransactionInput input, SipResponse? response, SipFlow from, Instant now)
    {
        TransactionAction act;
        if (client.IsInvite) (client.InviteState, act) = InviteClientTransaction.Step(client.InviteState, input);
        else (client.State, act) = NonInviteClientTransaction.Step(client.State, input);

        if (act.HasFlag(TransactionAction.StopRepeat)) client.Repeat = Instant.Never;
        if (act.HasFlag(TransactionAction.StopGiveUp)) client.GiveUp = Instant.Never;
        if (act.HasFlag(TransactionAction.Resend)) Transmit(client, client.Request.Bytes);
        if (act.HasFlag(TransactionAction.SendAck) && response is not null)
            Transmit(client, TransactionRequests.Ack(client.Request, response).Bytes);
        if (act.HasFlag(TransactionAction.ArmRepeat))
        {
            var twice = client.Interval * 2;
            client.Interval = client.IsInvite || twice < settings.T2 && client.State is not ClientState.Proceeding ? twice : settings.T2;
            client.Repeat = now + client.Interval;
        }
        if (act.HasFlag(TransactionAction.ArmLinger)) client.Linger = TransactionTimers.LingerUntil(now, Linger(client));
        if (!client.IsInternal) Report(client, act, response, from);
        Settle(client);
    }

    private void Report(ClientTransaction client, TransactionAction act, SipResponse? response, SipFlow from)
    {
        var id = new ClientTransactionId(client.Id);
        if (act.HasFlag(TransactionAction.PassUp) && response is not null)
            outputs.Enqueue(new TransactionOutput.ResponseReceived(id, response, from));
        if (act.HasFlag(TransactionAction.ReportTimeout)) outputs.Enqueue(new TransactionOutput.TimedOut(id, client.IsCancelled));
        if (act.HasFlag(TransactionAction.ReportTransport)) outputs.Enqueue(new TransactionOutput.TransportFailed(id, client.Trouble));
    }

    private TimeSpan Linger(ClientTransaction client)
    {
        if (client is { IsInvite: true, InviteState: InviteClientState.Accepted }) return settings.Lifetime; // timer M
        if (client.Flow.IsReliable) return TimeSpan.Zero;
        return client.IsInvite ? settings.TimerD : settings.T4;
    }

    private void Settle(ClientTransaction client)
    {
        if (!client.IsTerminated)
        {
            timers.Requeue(client);
            return;
        }
        client.StopTimers();
        if (!_byId.Remove(client.Id)) return;
        _byKey.Remove(client.Key);
        if (!client.IsInternal) outputs.Enqueue(new TransactionOutput.ClientEnded(new(client.Id)));
    }

    private void Transmit(ClientTransaction client, ReadOnlyMemory<byte> bytes) =>
        outputs.Enqueue(new TransactionOutput.Transmit(bytes, client.Flow) { Client = new(client.Id) });
}
