using System.Diagnostics;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Subscriptions;
using Ringwright.Switch.Texts;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch;

/// <summary>
/// The transaction user of one shard (RFC 3261 section 6): what the transaction layer says goes to the leg, the registrar, the registration
/// with a trunk or the ping that it concerns, and the first request of a call makes a leg.
/// </summary>
internal sealed class TransactionUser(ShardContext context, ShardActors actors, Registrar? registrar, TrunkRegistrar? trunks,
    TrunkProber? prober, SubscriptionServer? subscriptions, TextsToPhones? textsOut, TextsOfPhones? textsIn)
{
    private readonly Dictionary<ClientTransactionId, long> _pings = [];
    private readonly RecoveryByeSenders _senders = new(context);
    /// <summary>Who sent the message of this turn, when the ingress filter knows.</summary>
    private SipCaller? _caller;

    /// <summary>Pings, probes and texts without an answer.</summary>
    public int Pings => _pings.Count + (prober?.Open ?? 0) + (textsOut?.Count ?? 0) + (textsIn?.Count ?? 0);

    /// <summary>Places where phones are registered.</summary>
    public int Bindings => registrar?.Bindings ?? 0;

    /// <summary>What phones have subscribed to.</summary>
    public int Subscriptions => subscriptions?.Count ?? 0;

    /// <summary>Far ends of an earlier start's legs that are not done with.</summary>
    public int RecoveryByeSenders => _senders.Count;

    public Instant NextDue => Instant.Min(Instant.Min(context.Transactions.NextDue, SenderTimers.NextDue),
        Instant.Min(Instant.Min(RegistrarTimers.NextDue, SubscriptionTimers.NextDue),
            Instant.Min(TrunkTimers.NextDue, ProberTimers.NextDue)));

    private GuardedTimers RegistrarTimers =>
        field ??= new(context, () => registrar?.NextDue ?? Instant.Never, () => registrar?.HandleDue());

    private GuardedTimers SubscriptionTimers =>
        field ??= new(context, () => subscriptions?.NextDue ?? Instant.Never, () => subscriptions?.HandleDue());

    private GuardedTimers SenderTimers => field ??= new(context, () => _senders.NextDue, _senders.OnDue);

    private GuardedTimers TrunkTimers => field ??= new(context, () => trunks?.NextDue ?? Instant.Never, () =>
    {
        trunks?.Follow();
        trunks?.HandleDue();
    });

    private GuardedTimers ProberTimers => field ??= new(context, () => prober?.NextDue ?? Instant.Never, () =>
    {
        prober?.Follow();
        prober?.HandleDue();
    });

    public void HandleDue()
    {
        FireTransactions();
        RegistrarTimers.HandleDue();
        Pump();
        SubscriptionTimers.HandleDue();
        Pump();
        SenderTimers.HandleDue();
        Pump();
        // These look in each turn whether the configuration is another one.
        TrunkTimers.Run();
        ProberTimers.Run();
        Pump();
    }

    public void Handle(ShardMessage.Received received)
    {
        _caller = received.Caller;
        try
        {
            context.Transactions.HandleKept(received.Bytes, Known(received.From), context.Now);
            Pump();
        }
        catch (Exception e)
        {
            // No actor's turn yet. What a stranger sends must not cost all calls their shard.
            context.Emit(new Effect.Failed(null, e));
        }
        _caller = null;
    }

    public void Handle(ShardMessage.SendFailed failed)
    {
        context.Transactions.HandleTransportError(failed.What, context.Now, failed.IsLost, failed.Reason);
        Pump();
    }

    public void Handle(ShardMessage.ConnectionLost gone) => trunks?.OnLost(gone.Flow);

    public void Restore(ShardMessage.Restore restore)
    {
        foreach (var registration in restore.Registrations) registrar?.Restore(registration);
    }

    public void SendRecoveryByes(ShardMessage.SendRecoveryByes say)
    {
        foreach (var kept in say.Kept) _senders.Begin(kept);
        Pump();
    }

    /// <summary>Of a trunk that we register with, or of a leg that an earlier start left alive.</summary>
    public void OnResolved(LegMessage.Resolved resolved)
    {
        if (resolved.Leg == default)
        {
            trunks?.OnResolved(resolved.Correlation, resolved.Flows, resolved.Trouble);
            prober?.OnResolved(resolved.Correlation, resolved.Flows, resolved.Trouble);
        }
        else _senders.OnResolved(resolved);
        Pump();
    }

    /// <summary>What an earlier start's leg has still to be told is written.</summary>
    public void OnKept(LegMessage.RecoveryByeKept kept)
    {
        _senders.OnKept(kept);
        Pump();
    }

    public void Handle(ShardMessage.LineChanged changed)
    {
        subscriptions?.OnLineChanged(changed.User);
        Pump();
    }

    /// <summary>The node goes: no trunk shall send calls here, and phones come back later for what they are told.</summary>
    public void Leave()
    {
        trunks?.Leave();
        prober?.Leave();
        subscriptions?.Leave();
        Pump();
    }

    /// <summary>For the leg whose dialog is meant, if there is one.</summary>
    public LegMessage.Sought Seek(ShardMessage.SeekDialog seek) =>
        new(context.OwnerOf(seek.Dialog.LocalTag) is { IsGone: false } leg ? leg.Facts.Id : default, seek);

    public void Begin(ShardMessage.Ping ping)
    {
        var transaction = context.Transactions.SendRequest(OutOfDialog.Options(context, ping.Target, ping.Host), ping.Target, context.Now);
        _pings[transaction] = ping.Correlation;
        Pump();
    }

    public void Begin(ShardMessage.SendText text)
    {
        if (textsOut is null) context.Emit(new Effect.TextAnswered(text.Correlation, new(null, "phones are not registered here")));
        else textsOut.Begin(text);
        Pump();
    }

    public void Handle(ShardMessage.TextJudged judged)
    {
        textsIn?.Hear(judged);
        Pump();
    }

    /// <summary>Gives what the transaction layer says to whom it concerns, until it has nothing more to say.</summary>
    public void Pump()
    {
        while (context.Transactions.TryPoll(out var output)) TryHear(output);
    }

    /// <summary>A host of a session description is known, or known to lead nowhere.</summary>
    public void Handle(ShardMessage.HostFound found)
    {
        foreach (var (output, caller) in context.MediaHosts.Take(found))
        {
            _caller = caller;
            // Who waited may have been cancelled meanwhile.
            if (output is not TransactionOutput.RequestReceived { Request.Method: SipMethod.Invite } invite
                || context.Transactions.IsUnanswered(invite.Transaction))
                TryHear(output);
            Pump();
        }
        _caller = null;
    }

    /// <summary>Most of it is no actor's turn: what one message makes us throw must not cost all calls their shard.</summary>
    private void TryHear(TransactionOutput output)
    {
        try
        {
            if (!context.MediaHosts.Holds(output, _caller)) Hear(output);
        }
        catch (Exception e)
        {
            context.Emit(new Effect.Failed(null, e));
            // Whoever asked hears that it is our fault, and the transaction comes to its end.
            if (output is TransactionOutput.RequestReceived received) context.Transactions.Respond(received.Transaction, 500, context.Now);
        }
    }

    private void Hear(TransactionOutput output)
    {
        switch (output)
        {
            case TransactionOutput.Transmit { To.IsInside: true } transmit:
                // Both legs of such a call live on the shard that placed it.
                Note(transmit.Bytes);
                context.Send(context.Settings.Index, new ShardMessage.Received(transmit.Bytes.ToArray(), transmit.To));
                break;
            case TransactionOutput.Transmit transmit:
                context.Emit(new Effect.Transmit(transmit));
                break;
            case TransactionOutput.RequestReceived received:
                Handle(received);
                break;
            case TransactionOutput.AckReceived ack when context.OwnerOf(ack.Request) is { } leg:
                actors.Turn(leg, (leg, ack), static it => it.leg.Dialog.OnAck(it.ack.Request));
                break;
            case TransactionOutput.AckReceived ack:
                _senders.OnAck(ack.Request);
                break;
            case TransactionOutput.CancelReceived cancel when context.OwnerOf(cancel.Invite) is { } leg:
                actors.Turn(leg, (leg, cancel), static it => it.leg.Dialog.OnCancel(it.cancel.Invite, it.cancel.Cancel));
                break;
            case TransactionOutput.CancelReceived cancel:
                // Its leg is not there yet, for the gate has not answered.
                context.Transactions.Respond(cancel.Invite, 487, context.Now);
                break;
            case TransactionOutput.ResponseReceived response when trunks?.OnResponse(response.Transaction, response.Response) is true
                || prober?.OnResponse(response.Transaction, response.Response) is true:
            case TransactionOutput.TimedOut timedOut when trunks?.OnFailed(timedOut.Transaction, "nothing answered") is true
                || prober?.OnFailed(timedOut.Transaction, "nothing answered") is true:
            case TransactionOutput.TransportFailed failed
                when trunks?.OnFailed(failed.Transaction, failed.Reason ?? "the message could not be sent") is true
                    || prober?.OnFailed(failed.Transaction, failed.Reason ?? "the message could not be sent") is true:
                break;
            case TransactionOutput.ResponseReceived { Response.IsProvisional: false } response
                when subscriptions?.OnResponse(response.Transaction, response.Response) is true:
            case TransactionOutput.TimedOut timedOut when subscriptions?.OnFailed(timedOut.Transaction) is true:
            case TransactionOutput.TransportFailed failed when subscriptions?.OnFailed(failed.Transaction, isCut: true) is true:
                break;
            case TransactionOutput.ResponseReceived response when textsOut?.OnResponse(response.Transaction, response.Response) is true:
            case TransactionOutput.TimedOut timedOut when textsOut?.OnFailed(timedOut.Transaction, "nothing answered") is true:
            case TransactionOutput.TransportFailed failed
                when textsOut?.OnFailed(failed.Transaction, failed.Reason ?? "the message could not be sent", isCut: true) is true:
                break;
            case TransactionOutput.ResponseReceived { Response.IsProvisional: false } response
                when registrar?.OnEnded(response.Transaction) is true:
            case TransactionOutput.TimedOut timedOut when registrar?.OnEnded(timedOut.Transaction) is true:
            case TransactionOutput.TransportFailed failed when registrar?.OnEnded(failed.Transaction, isCut: true) is true:
                break;
            case TransactionOutput.ResponseReceived response
                when _senders.OnResponse(response.Transaction, response.Response, response.From):
            case TransactionOutput.TimedOut timedOut when _senders.OnFailed(timedOut.Transaction, trouble: null):
            case TransactionOutput.TransportFailed failed
                when _senders.OnFailed(failed.Transaction, failed.Reason ?? "Our message could not be sent."):
            case TransactionOutput.ClientEnded ended when _senders.OnEnded(ended.Transaction):
            case TransactionOutput.ServerEnded server when _senders.OnEnded(server.Transaction):
                break;
            case TransactionOutput.ResponseReceived response when _pings.Remove(response.Transaction, out long correlation):
                context.Emit(new Effect.Pinged(correlation, new(response.Response.Status, null)));
                break;
            case TransactionOutput.ResponseReceived response when context.OwnerOf(response.Transaction) is { } leg:
                actors.Turn(leg, (leg, response),
                    static it => it.leg.OnResponse(it.response.Transaction, it.response.Response, it.response.From));
                break;
            case TransactionOutput.TimedOut timedOut when _pings.Remove(timedOut.Transaction, out long correlation):
                context.Emit(new Effect.Pinged(correlation,
                    new(null, $"nothing answered within {context.Transactions.Settings.Lifetime.TotalSeconds:0} s")));
                break;
            case TransactionOutput.TimedOut timedOut when context.OwnerOf(timedOut.Transaction) is { } leg:
                actors.Turn(leg, (leg, timedOut), static it => it.leg.OnFailed(it.timedOut.Transaction, FailureClass.OfSilence()));
                break;
            case TransactionOutput.TransportFailed failed when _pings.Remove(failed.Transaction, out long correlation):
                context.Emit(new Effect.Pinged(correlation, new(null, failed.Reason ?? "the message could not be sent")));
                break;
            case TransactionOutput.TransportFailed failed when context.OwnerOf(failed.Transaction) is { } leg:
                actors.Turn(leg, (leg, failed),
                    static it => it.leg.OnFailed(it.failed.Transaction, FailureClass.OfTransport(it.failed.Reason)));
                break;
            case TransactionOutput.ClientEnded ended when context.OwnerOf(ended.Transaction) is { } leg:
                context.Forget(ended.Transaction);
                actors.Turn(leg, (leg, ended), static it => it.leg.Dialog.OnTransactionEnded(it.ended.Transaction));
                break;
            case TransactionOutput.ServerEnded ended:
                context.Forget(ended.Transaction);
                break;
            case TransactionOutput.ResponseReceived or TransactionOutput.TimedOut or TransactionOutput.TransportFailed
                or TransactionOutput.ClientEnded:
                break;          // of nobody who is still here
            case TransactionOutput.AckTimedOut:
                break;          // the call was refused, heard or not
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Each message names both legs by tags that are ours, but for the initial INVITE and what is said before it has a leg.
    /// </summary>
    private void Note(ReadOnlyMemory<byte> bytes)
    {
        if (SipParser.TryParse(bytes.Span, out var message) is not ParseStatus.Ok || message is null) return;
        var (caller, callee) = (context.OwnerOf(message.From.Tag.AsText())?.Facts, context.OwnerOf(message.To.Tag.AsText())?.Facts);
        context.Emit(message is SipRequest ? new Effect.Passed(caller, callee, bytes) : new Effect.Passed(callee, caller, bytes));
    }

    private void Handle(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (!request.IsOutsideDialog)
        {
            if (context.OwnerOf(request) is { } leg && !leg.IsGone)
                actors.Turn(leg, (leg, received), static it => it.leg.Dialog.OnRequest(it.received));
            else if (subscriptions?.TryHandleInside(received) is not true) DismissGone(received);
            return;
        }
        if (request.Method is SipMethod.Invite) BeginInbound(received);
        else if (request.Method is SipMethod.Register && registrar is not null) registrar.Handle(received, _caller);
        else if (request.Method is SipMethod.Subscribe && subscriptions is not null && _caller is { User: not null } subscriber)
            subscriptions.Handle(received, subscriber);
        else if (request.Method is SipMethod.Message && textsIn is not null && _caller is { User: not null } sender)
            textsIn.Handle(received, sender);
        else OutOfDialog.Answer(context, received, isPhone: _caller is { User: not null });
    }

    /// <summary>
    /// Whoever once had a call has its tag for ever: nothing is kept of what he goes on saying. But an INVITE has had our 100, and nobody
    /// repeats it: while there is room the refusal is.
    /// </summary>
    private void DismissGone(TransactionOutput.RequestReceived received)
    {
        if (received.Request.Method is SipMethod.Invite && !context.Transactions.IsCrowded)
            context.Transactions.Respond(received.Transaction, 481, context.Now);
        else context.Transactions.Dismiss(received, 481);
    }

    private void BeginInbound(TransactionOutput.RequestReceived received)
    {
        if (context.IsDraining || !context.Ledger.IsReady)
        {
            OutOfDialog.RefuseBusy(context, received);
            return;
        }
        if (InboundSetup.TryBegin(context, received, _caller, later: Start) is { } leg) Start(leg);
    }

    private void Start(Leg leg)
    {
        actors.Add(leg);
        actors.Turn(leg, leg.Start);
    }

    /// <summary>The operator may have said which addresses of a trunk are to be believed.</summary>
    private SipFlow Known(SipFlow from) =>
        !from.IsInside && context.Routing.FindTrunkBySource(from.Remote.Address) is { } trunk ? from.Under(trunk.Nat) : from;

    private void FireTransactions()
    {
        if (context.Transactions.NextDue > context.Now) return;
        try
        {
            context.Transactions.HandleDue(context.Now);
        }
        catch (Exception e)
        {
            // Its timer is spent; the others that are due come in the next turn, which is at once.
            context.Emit(new Effect.Failed(null, e));
        }
        Pump();
    }
}
