using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch;

/// <summary>
/// One event loop's worth of legs, with their transactions and timers. A machine without clock, socket or thread:
/// <see cref="Handle"/> for each letter, <see cref="FireDue"/> when <see cref="NextDue"/> has come, and after each of them
/// <see cref="TryPoll"/> until it is empty. A turn that throws ends the leg that it was for, and no other.
/// </summary>
public sealed class CallShard
{
    private readonly ShardContext _context;
    private readonly Dictionary<LegId, Leg> _legs = [];
    private readonly EndedCommands _ended = new();
    private readonly Dictionary<BridgeId, Bridge> _bridges = [];
    private readonly Dictionary<ClientTransactionId, long> _pings = [];
    private readonly PriorityQueue<Leg, long> _due = new();
    private readonly Registrar? _registrar;
    private readonly TrunkRegistrar? _trunks;
    /// <summary>Who sent the message of this turn, when the front door knows.</summary>
    private SipCaller? _caller;
    /// <summary>Every leg has been ended with this cause; so is one whose letter was on its way.</summary>
    private HangupCause? _endedWith;

    public CallShard(ShardSettings settings, IRouting routing, ILedger ledger, IDialGate gate, IMediaPlane media, RegistrationBook registrations, TrunkBook? trunks = null)
    {
        _context = new(settings, routing, ledger, gate, media, registrations);
        if (settings.Index == FrontDoor.RegistrarShard) _registrar = new(_context, registrations);
        if (settings.Index == FrontDoor.RegistrarShard && trunks is not null) _trunks = new(_context, trunks);
    }

    public int Index => _context.Settings.Index;

    /// <summary>Legs whose LegEnded is still to come.</summary>
    public int LiveLegs { get; private set; }

    /// <summary>When <see cref="FireDue"/> wants to be called.</summary>
    public Instant NextDue
    {
        get
        {
            var next = Instant.Min(_context.Transactions.NextDue, Instant.Min(_registrar?.NextDue ?? Instant.Never, _trunks?.NextDue ?? Instant.Never));
            while (_due.TryPeek(out var leg, out long at))
            {
                if (leg.QueuedDue.Nanos == at && leg.NextDue.Nanos == at) return Instant.Min(next, new(at));
                _due.Dequeue();
                if (leg.QueuedDue.Nanos == at) leg.QueuedDue = Instant.Never;
                Queue(leg);
            }
            return next;
        }
    }

    public bool TryPoll(out Effect effect) => _context.TryPoll(out effect);

    /// <summary>What is there, for the leak test and for metrics.</summary>
    public ShardSnapshot Snapshot() => new()
    {
        LiveLegs = LiveLegs,
        Actors = _legs.Count,
        Bridges = _bridges.Count,
        Races = _context.Races.Count,
        ArmedTimers = _legs.Values.Count(leg => leg.NextDue != Instant.Never),
        OpenPorts = _legs.Values.Count(leg => !leg.Media.IsClosed),
        Transactions = _context.Transactions.Count,
        OwnedTransactions = _context.OwnedTransactions + _pings.Count,
        Tags = _context.Tags,
        States = [.. _legs.Values.GroupBy(leg => leg.State.ToString()).Select(group => (group.Key, group.Count()))],
    };

    public void FireDue(Instant now)
    {
        _context.Now = now;
        if (_context.Transactions.NextDue <= now)
        {
            _context.Transactions.HandleDue(now);
            Pump();
        }
        if (_registrar?.NextDue <= now) _registrar.HandleDue();
        RegisterWithTrunks();
        while (NextDue <= now && _due.TryDequeue(out var leg, out _))
        {
            leg.QueuedDue = Instant.Never;
            Turn(leg, leg.OnDue);
        }
    }

    public void Handle(Letter letter, Instant now)
    {
        _context.Now = now;
        switch (letter)
        {
            case Letter.Received received:
                _caller = received.Caller;
                _context.Transactions.Handle(received.Bytes.Span, Known(received.From), now);
                Pump();
                _caller = null;
                break;
            case Letter.Restore restore:
                foreach (var registration in restore.Registrations) _registrar?.Restore(registration);
                break;
            case Letter.Command command:
                Handle(command);
                break;
            case Letter.Dial dial:
                Begin(dial);
                break;
            case Letter.DialledFor { Leg: var waiting } dialled when Find(waiting) is { IsOver: false } leg:
                Turn(leg, () => leg.Bridging.OnDialled(dialled.Dialled));
                break;
            case Letter.DialledFor dialled:
                _context.Send(dialled.Dialled.Shard, new Letter.LetGo(dialled.Dialled, LetGoReason.PartnerLeft));
                break;
            case Letter.LetGo letGo when Find(letGo.Leg) is { IsAnswered: false } leg:
                Turn(leg, () => leg.End(Ending.ByLetGo(letGo.Why), LegInput.HangUp));
                break;
            case Letter.FormBridge form:
                Form(form.Terms, form.Correlation);
                break;
            case Letter.ToBridge note when _bridges.TryGetValue(note.Bridge, out var bridge):
                Turn(bridge, () => bridge.OnNote(note.From, note.Note));
                break;
            case Letter.ToLeg order when Find(order.Leg) is { IsOver: false } leg:
                Handle(order, leg);
                break;
            case Letter.ToLeg order:
                LegBridge.Decline(_context, order);
                break;
            case Letter.Committed committed when Find(committed.Leg) is { } leg:
                Turn(leg, () => leg.OnCommitted(committed.IsCommitted));
                break;
            case Letter.PromptReady ready when Find(ready.Leg) is { } leg:
                Turn(leg, () => leg.Activities.OnPrepared(ready.Correlation, ready.Result));
                break;
            case Letter.Resolved resolved when resolved.Leg == default:
                _trunks?.OnResolved(resolved.Correlation, resolved.Flows);
                Pump();
                break;
            case Letter.Resolved resolved when Find(resolved.Leg) is { } leg:
                Turn(leg, () => leg.Outbound?.OnResolved(resolved.Correlation, resolved.Flows));
                break;
            case Letter.Media media when Find(media.What.Leg) is { } leg:
                Turn(leg, () => leg.OnMedia(media.What));
                break;
            case Letter.SendFailed failed:
                _context.Transactions.HandleTransportError(failed.What, now, failed.IsLost, failed.Reason);
                Pump();
                break;
            case Letter.Drain:
                _context.IsDraining = true;
                break;
            case Letter.EndAll end:
                _context.IsDraining = true;
                _endedWith = end.Cause;
                _trunks?.Leave();
                Pump();
                foreach (var leg in _legs.Values.ToArray()) Turn(leg, () => leg.End(Ending.ByNode(end.Cause), LegInput.HangUp));
                break;
            case Letter.Ping ping:
                Begin(ping);
                break;
        }
    }

    /// <summary>The operator may have said which addresses of a trunk are to be believed.</summary>
    private SipFlow Known(SipFlow from) => _context.Routing.FindTrunkBySource(from.Remote.Address) is { } trunk ? from.Under(trunk.Nat) : from;

    private void RegisterWithTrunks()
    {
        if (_trunks is null) return;
        _trunks.Follow();
        _trunks.HandleDue();
        Pump();
    }

    private Leg? Find(LegId id) => _legs.GetValueOrDefault(id);

    private void Handle(Letter.Command command)
    {
        // Our token without an actor: the leg has ended.
        Ack? ack = Refusal.AlreadyEnded;
        if (Find(command.Leg) is { } leg) Turn(leg, () => ack = leg.Commands.Handle(command.What, command.Correlation));
        else if (_ended.Knows(command.Leg, command.What.CommandId, _context.Now)) ack = Ack.Accepted;
        if (ack is { } answer) _context.Emit(new Effect.Acknowledge(command.Correlation, answer));
    }

    /// <summary>Whatever happens in the turn, a command that waits for this leg gets its answer.</summary>
    private void Handle(Letter.ToLeg order, Leg leg)
    {
        Ack ack = Refusal.AlreadyEnded;
        Turn(leg, () =>
        {
            leg.Bridging.OnOrder(order.Bridge, order.Order);
            ack = Ack.Accepted;
        });
        if (order.Order is BridgeOrder.Invite { Correlation: { } correlation }) _context.Emit(new Effect.Acknowledge(correlation, ack));
    }

    private void Begin(Letter.Dial dial)
    {
        var leg = new Leg(_context, dial);
        Add(leg);
        bool isOpen = _context.Races.TryEnter(dial.Rivals);
        if (dial.Request.Link is { JoinsOnAnswer: true } link)
        {
            // Of several only the one that is answered is joined, and the other leg can be on its way into one bridge at a time.
            if (dial.Rivals.Count == 0) Form(BridgeTerms.Of(link, dial.Leg.Id), correlation: null);
            else _context.Send(link.To.Shard, new Letter.DialledFor(link.To, dial.Leg.Id));
        }
        if (_endedWith is { } cause) Turn(leg, () => leg.End(Ending.ByNode(cause), LegInput.HangUp));
        else if (!isOpen) Turn(leg, () => leg.End(Ending.ByLetGo(LetGoReason.AnotherAnswered), LegInput.HangUp));
        else Turn(leg, leg.Start);
    }

    private void Form(BridgeTerms terms, long? correlation)
    {
        var bridge = new Bridge(_context, _context.NextBridgeId(), terms);
        _bridges.Add(bridge.Id, bridge);
        bool isStarted = false;
        Turn(bridge, () =>
        {
            bridge.Start(correlation);
            isStarted = true;
        });
        if (!isStarted && correlation is { } asked) _context.Emit(new Effect.Acknowledge(asked, Refusal.AlreadyEnded));
    }

    private void Begin(Letter.Ping ping)
    {
        var transaction = _context.Transactions.SendRequest(OutOfDialog.Options(_context, ping.Target, ping.Host), ping.Target, _context.Now);
        _pings[transaction] = ping.Correlation;
        Pump();
    }

    private void Add(Leg leg)
    {
        _legs.Add(leg.Facts.Id, leg);
        LiveLegs++;
    }

    /// <summary>One turn of one actor, and what the transactions then have to say to it or others.</summary>
    private void Turn(Leg leg, Action act)
    {
        Guard(leg, act);
        Pump();
    }

    private void Turn(Bridge bridge, Action act)
    {
        try
        {
            act();
        }
        catch (Exception e)
        {
            _context.Emit(new Effect.Failed(null, e));
            bridge.Abandon();
        }
        if (bridge.IsOver) _bridges.Remove(bridge.Id);
    }

    private void Guard(Leg leg, Action act)
    {
        bool wasLive = !leg.IsEnded;
        try
        {
            act();
        }
        catch (Exception e)
        {
            _context.Emit(new Effect.Failed(leg.Facts.Id, e));
            Abort(leg);
        }
        if (wasLive && leg.IsEnded) LiveLegs--;
        if (leg.IsGone) Remove(leg);
        else Queue(leg);
    }

    private void Abort(Leg leg)
    {
        try
        {
            leg.End(Ending.ByNode(HangupCause.Internal), LegInput.HangUp);
        }
        catch (Exception e)
        {
            // Even the ending throws: what must never be left behind is freed by hand.
            _context.Emit(new Effect.Failed(leg.Facts.Id, e));
            leg.Abandon();
        }
    }

    private void Remove(Leg leg)
    {
        if (_legs.Remove(leg.Facts.Id)) _ended.Keep(leg.Facts.Id, leg.Commands.Memory, _context.Now);
        leg.Dialog.ReleaseTags();
    }

    private void Queue(Leg leg)
    {
        var due = leg.NextDue;
        if (leg.IsGone || due == Instant.Never || due >= leg.QueuedDue) return;
        leg.QueuedDue = due;
        _due.Enqueue(leg, due.Nanos);
    }

    /// <summary>Gives what the transaction layer says to whom it concerns, until it has nothing more to say.</summary>
    private void Pump()
    {
        while (_context.Transactions.TryPoll(out var output))
        {
            switch (output)
            {
                case TransactionOutput.Transmit transmit:
                    _context.Emit(new Effect.Transmit(transmit));
                    break;
                case TransactionOutput.RequestReceived received:
                    Handle(received);
                    break;
                case TransactionOutput.AckReceived ack when FindByTag(ack.Request) is { } leg:
                    Guard(leg, () => leg.Dialog.OnAck(ack.Request));
                    break;
                case TransactionOutput.CancelReceived cancel when _context.OwnerOf(cancel.Invite) is { } leg:
                    Guard(leg, () => leg.Dialog.OnCancel(cancel.Invite, cancel.Cancel));
                    break;
                case TransactionOutput.ResponseReceived response when _trunks?.OnResponse(response.Transaction, response.Response) is true:
                case TransactionOutput.TimedOut timedOut when _trunks?.OnFailed(timedOut.Transaction) is true:
                case TransactionOutput.TransportFailed failed when _trunks?.OnFailed(failed.Transaction) is true:
                    break;
                case TransactionOutput.ResponseReceived response when _pings.Remove(response.Transaction, out long correlation):
                    _context.Emit(new Effect.Pinged(correlation, response.Response.Status));
                    break;
                case TransactionOutput.ResponseReceived response when _context.OwnerOf(response.Transaction) is { } leg:
                    Guard(leg, () => leg.OnResponse(response.Transaction, response.Response, response.From));
                    break;
                case TransactionOutput.TimedOut timedOut when _pings.Remove(timedOut.Transaction, out long correlation):
                    _context.Emit(new Effect.Pinged(correlation, null));
                    break;
                case TransactionOutput.TimedOut timedOut when _context.OwnerOf(timedOut.Transaction) is { } leg:
                    Guard(leg, () => leg.OnFailed(timedOut.Transaction, FailureClass.OfSilence()));
                    break;
                case TransactionOutput.TransportFailed failed when _pings.Remove(failed.Transaction, out long correlation):
                    _context.Emit(new Effect.Pinged(correlation, null));
                    break;
                case TransactionOutput.TransportFailed failed when _context.OwnerOf(failed.Transaction) is { } leg:
                    Guard(leg, () => leg.OnFailed(failed.Transaction, FailureClass.OfTransport(failed.Reason)));
                    break;
                case TransactionOutput.ClientEnded ended when _context.OwnerOf(ended.Transaction) is { } leg:
                    _context.Forget(ended.Transaction);
                    Guard(leg, () => leg.Dialog.OnTransactionEnded(ended.Transaction));
                    break;
                case TransactionOutput.ServerEnded ended:
                    _context.Forget(ended.Transaction);
                    break;
            }
        }
    }

    private Leg? FindByTag(SipRequest request) => _context.OwnerOf(request.To.Tag.AsText());

    private void Handle(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (!request.IsOutsideDialog)
        {
            if (FindByTag(request) is { } leg && !leg.IsGone) Guard(leg, () => leg.Dialog.OnRequest(received));
            else _context.Transactions.Respond(received.Transaction, 481, _context.Now);
            return;
        }
        if (request.Method is SipMethod.Invite) BeginInbound(received);
        else if (request.Method is SipMethod.Register && _registrar is not null) _registrar.Handle(received, _caller?.User);
        else OutOfDialog.Answer(_context, received);
    }

    private void BeginInbound(TransactionOutput.RequestReceived received)
    {
        if (_context.IsDraining || !_context.Ledger.IsReady)
        {
            OutOfDialog.RefuseBusy(_context, received);
            return;
        }
        if (InboundSetup.TryBegin(_context, received, _caller) is not { } leg) return;
        Add(leg);
        Guard(leg, leg.Start);
    }
}
