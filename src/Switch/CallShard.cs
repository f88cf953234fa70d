using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
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
    private readonly ShardLegs _legs;
    private readonly TransactionUser _user;
    private readonly Dictionary<BridgeId, Bridge> _bridges = [];
    /// <summary>Every leg has been ended with this cause; so is one whose letter was on its way.</summary>
    private HangupCause? _endedWith;

    public CallShard(ShardSettings settings, IRouting routing, ILedger ledger, IDialGate gate, IMediaPlane media, RegistrationBook registrations, TrunkBook? trunks = null)
    {
        _context = new(settings, routing, ledger, gate, media, registrations);
        _legs = new(_context);
        bool registers = settings.Index == FrontDoor.RegistrarShard;
        _user = new(_context, _legs, registers ? new(_context, registrations) : null, registers && trunks is not null ? new(_context, trunks) : null);
    }

    public int Index => _context.Settings.Index;

    /// <summary>Legs whose LegEnded is still to come.</summary>
    public int LiveLegs => _legs.Live;

    /// <summary>When <see cref="FireDue"/> wants to be called.</summary>
    public Instant NextDue => Instant.Min(_user.NextDue, _legs.NextDue);

    public bool TryPoll(out Effect effect) => _context.TryPoll(out effect);

    /// <summary>What is there, for the leak test and for metrics.</summary>
    public ShardSnapshot Snapshot() => new()
    {
        LiveLegs = LiveLegs,
        Actors = _legs.All.Count,
        Bridges = _bridges.Count,
        Races = _context.Races.Count,
        ArmedTimers = _legs.All.Count(leg => leg.NextDue != Instant.Never),
        QueuedTimers = QueuedTimers,
        OpenPorts = _legs.All.Count(leg => !leg.Media.IsClosed),
        Transactions = _context.Transactions.Count,
        OwnedTransactions = _context.OwnedTransactions + _user.Pings,
        Tags = _context.Tags,
        Farewells = _user.Farewells,
        OpenQuestions = _context.Questions.Count,
        States = [.. _legs.All.GroupBy(leg => leg.State.ToString()).Select(group => (group.Key, group.Count()))],
    };

    public void FireDue(Instant now)
    {
        _context.Now = now;
        _user.HandleDue();
        while (NextDue <= now && _legs.TryTakeDue(out var leg)) Turn(leg, leg.OnDue);
    }

    public void Handle(Letter letter, Instant now)
    {
        _context.Now = now;
        switch (letter)
        {
            case Letter.Received received:
                _user.Handle(received);
                break;
            case Letter.Restore restore:
                _user.Restore(restore);
                break;
            case Letter.SayGoodbye say:
                _user.SayGoodbye(say);
                break;
            case Letter.Command command:
                Handle(command);
                break;
            case Letter.Dial dial:
                Begin(dial);
                break;
            case Letter.DialledFor { Leg: var waiting } dialled when _legs.Find(waiting) is { IsOver: false } leg:
                Turn(leg, () => leg.Bridging.OnDialled(dialled.Dialled));
                break;
            case Letter.DialledFor dialled:
                _context.Send(dialled.Dialled.Shard, new Letter.LetGo(dialled.Dialled, LetGoReason.PartnerLeft));
                break;
            case Letter.LetGo letGo:
                if (_legs.Find(letGo.Leg) is { IsAnswered: false } unwanted) Turn(unwanted, () => unwanted.End(Ending.ByLetGo(letGo.Why), LegInput.HangUp));
                break;
            case Letter.FormBridge form:
                Form(form.Terms, form.Correlation);
                break;
            case Letter.ToBridge note:
                if (_bridges.TryGetValue(note.Bridge, out var bridge)) Turn(bridge, () => bridge.OnNote(note.From, note.Note));
                break;
            case Letter.ToLeg order when _legs.Find(order.Leg) is { IsOver: false, IsAnnouncement: false } leg:
                Handle(order, leg);
                break;
            case Letter.ToLeg order:
                LegBridge.Decline(_context, order);
                break;
            case Letter.Committed committed:
                if (_legs.Find(committed.Leg) is { } written) Turn(written, () => written.OnCommitted(committed.IsCommitted));
                break;
            case Letter.GoodbyeKept kept when _legs.Find(kept.Leg) is { } leg:
                Turn(leg, () => leg.Goodbye.OnKept(kept));
                break;
            case Letter.GoodbyeKept kept:
                _user.OnKept(kept);
                break;
            case Letter.GateAnswered answered:
                if (_context.Questions.Take(answered.Correlation) is { } asked) Hear(asked, answered.Answer);
                break;
            case Letter.PromptReady ready:
                if (_legs.Find(ready.Leg) is { } speaker) Turn(speaker, () => speaker.Activities.OnPrepared(ready.Correlation, ready.Result));
                break;
            case Letter.Resolved resolved when _legs.Find(resolved.Leg) is { } leg:
                Turn(leg, () => leg.Outbound?.OnResolved(resolved));
                break;
            case Letter.Resolved resolved:
                _user.OnResolved(resolved);
                break;
            case Letter.Media media:
                if (_legs.Find(media.What.Leg) is { } heard) Turn(heard, () => heard.OnMedia(media.What));
                break;
            case Letter.MediaLost lost:
                foreach (var port in lost.Ports)
                    if (_legs.Find(port.Leg) is { } leg) Turn(leg, () => leg.OnMedia(port));
                break;
            case Letter.SendFailed failed:
                _user.Handle(failed);
                break;
            case Letter.Drain:
                _context.IsDraining = true;
                break;
            case Letter.EndAll end:
                _context.IsDraining = true;
                _endedWith = end.Cause;
                _user.LeaveTrunks();
                foreach (var leg in _legs.All.ToArray()) Turn(leg, () => leg.End(Ending.ByNode(end.Cause), LegInput.HangUp));
                foreach (var question in _context.Questions.TakeAll()) Hear(question, GateAnswer.Silent);
                break;
            case Letter.EndCalls end:
                foreach (var leg in _legs.All.ToArray()) Turn(leg, () => leg.End(Ending.ByNode(end.Cause), LegInput.HangUp));
                break;
            case Letter.Ping ping:
                _user.Begin(ping);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The same in counts that cost nothing to take.</summary>
    public ShardLevels Levels => new(LiveLegs, _legs.All.Count, _bridges.Count, _context.Transactions.Count, _context.Tags, QueuedTimers, _user.Bindings, _user.Farewells);

    private int QueuedTimers => _legs.Waiting + _context.Transactions.Waiting;

    private void Handle(Letter.Command command)
    {
        // Our token without an actor: the leg has ended.
        Ack? ack = Refusal.AlreadyEnded;
        if (_legs.Find(command.Leg) is { } leg) Turn(leg, () => ack = leg.Commands.Handle(command.What, command.Correlation));
        else if (_legs.HasTaken(command)) ack = Ack.Accepted;
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

    private void Hear(GateQuestions.Open question, GateAnswer answer)
    {
        if (question.Asker is { } asker && _legs.Find(asker) is { } leg)
        {
            Turn(leg, () => question.Hear(answer, _context.Gate));
            return;
        }
        question.Hear(answer, _context.Gate);
        _user.Pump();
    }

    private void Begin(Letter.Dial dial)
    {
        var leg = new Leg(_context, dial);
        _legs.Add(leg);
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

    /// <summary>One turn of one actor, and what the transactions then have to say to it or others.</summary>
    private void Turn(Leg leg, Action act)
    {
        _legs.Turn(leg, act);
        _user.Pump();
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
}
