using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Conferences;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Queues;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch;

/// <summary>
/// One event loop's worth of actors, with their transactions and timers. A machine without clock, socket or thread:
/// <see cref="Handle"/> for each message, <see cref="FireDue"/> when <see cref="NextDue"/> has come, and after each of them
/// <see cref="TryPoll"/> until it is empty. It knows actors by their kinds, which are registered here.
/// </summary>
public sealed class CallShard
{
    private readonly ShardContext _context;
    private readonly ShardActors _actors;
    private readonly TransactionUser _user;

    public CallShard(ShardSettings settings, IRouting routing, ILedger ledger, IDialGate gate, IMediaPlane media,
        RegistrationBook registrations, TrunkBook? trunks = null)
    {
        _context = new(settings, routing, ledger, gate, media, registrations);
        _actors = new(_context);
        bool registers = settings.Index == IngressFilter.RegistrarShard;
        _user = new(_context, _actors, registers ? new(_context, registrations) : null,
            registers && trunks is not null ? new(_context, trunks) : null, registers && trunks is not null ? new(_context) : null,
            registers ? new(_context) : null, registers ? new(_context) : null, registers ? new(_context) : null);
        _actors.Register(SubjectKind.Leg, new LegFactory(_context, _actors, _user));
        _actors.Register(SubjectKind.Bridge, new BridgeFactory(_context));
        _actors.Register(SubjectKind.Conference, new ConferenceFactory(_context));
        _actors.Register(SubjectKind.Queue, new QueueFactory(_context));
    }

    public int Index => _context.Settings.Index;

    /// <summary>Legs whose LegEnded is still to come.</summary>
    public int LiveLegs => _actors.Live(SubjectKind.Leg);

    /// <summary>When <see cref="FireDue"/> wants to be called.</summary>
    public Instant NextDue => Instant.Min(_user.NextDue, _actors.NextDue);

    public bool TryPoll(out Effect effect) => _context.TryPoll(out effect);

    /// <summary>What is there, for the leak test and for metrics.</summary>
    public ShardSnapshot Snapshot()
    {
        List<Leg> legs = [.. Legs];
        return new()
        {
            LiveLegs = LiveLegs,
            Actors = legs.Count,
            Bridges = _actors.Count(SubjectKind.Bridge),
            Others = _actors.Total - legs.Count - _actors.Count(SubjectKind.Bridge),
            Races = _context.Races.Count,
            ArmedTimers = legs.Count(leg => leg.NextDue != Instant.Never),
            QueuedTimers = QueuedTimers,
            OpenPorts = legs.Count(leg => !leg.Media.IsClosed),
            Transactions = _context.Transactions.Count,
            OwnedTransactions = _context.OwnedTransactions + _user.Pings,
            Tags = _context.Tags,
            RecoveryByeSenders = _user.RecoveryByeSenders,
            Subscriptions = _user.Subscriptions,
            Lines = Index == IngressFilter.RegistrarShard ? _context.Settings.Lines.Count : 0,
            OpenQuestions = _context.Questions.Count + _context.MediaHosts.Count,
            States = [.. legs.GroupBy(leg => leg.State.ToString()).Select(group => (group.Key, group.Count()))],
        };
    }

    public void FireDue(Instant now)
    {
        _context.Now = now;
        _user.HandleDue();
        while (NextDue <= now && _actors.TryTakeDue(out var actor)) Turn(actor, actor.OnDue);
    }

    /// <summary>Never throws: one message must not cost all calls their shard.</summary>
    public void Handle(ShardMessage message, Instant now)
    {
        _context.Now = now;
        try
        {
            Take(message);
        }
        catch (Exception e)
        {
            // Outside of any actor's turn, which ends its actor alone.
            _context.Emit(new Effect.Failed(null, e));
        }
    }

    private void Take(ShardMessage message)
    {
        switch (message)
        {
            case ShardMessage.ToActor note:
                Deliver(note);
                break;
            case ShardMessage.Received received:
                _user.Handle(received);
                break;
            case ShardMessage.Restore restore:
                _user.Restore(restore);
                break;
            case ShardMessage.SendRecoveryByes say:
                _user.SendRecoveryByes(say);
                break;
            case ShardMessage.SeekDialog seek:
                Deliver(_user.Seek(seek));
                break;
            case ShardMessage.LineChanged changed:
                _user.Handle(changed);
                break;
            case ShardMessage.GateAnswered answered:
                if (_context.Questions.Take(answered.Correlation) is { } asked) Hear(asked, answered.Answer);
                break;
            case ShardMessage.HostFound found:
                _user.Handle(found);
                break;
            case ShardMessage.MediaLost lost:
                foreach (var port in lost.Ports) Deliver(SubjectMessages.Media(port));
                break;
            case ShardMessage.SendFailed failed:
                _user.Handle(failed);
                break;
            case ShardMessage.ConnectionLost gone:
                _user.Handle(gone);
                break;
            case ShardMessage.Drain:
                _context.IsDraining = true;
                break;
            case ShardMessage.EndAll end:
                _context.IsDraining = true;
                _context.EndedWith = end.Cause;
                _user.Leave();
                EndLegs(end.Cause);
                foreach (var question in _context.Questions.TakeAll()) Hear(question, GateAnswer.Silent);
                break;
            case ShardMessage.EndCalls end:
                EndLegs(end.Cause);
                break;
            case ShardMessage.Ping ping:
                _user.Begin(ping);
                break;
            case ShardMessage.SendText text:
                _user.Begin(text);
                break;
            case ShardMessage.TextJudged judged:
                _user.Handle(judged);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The same in counts that cost nothing to take.</summary>
    public ShardLevels Levels => new(
        LiveLegs, _actors.Count(SubjectKind.Leg), _actors.Count(SubjectKind.Bridge), _context.Transactions.Count, _context.Tags,
        QueuedTimers, _user.Bindings, _user.RecoveryByeSenders, _user.Subscriptions);

    private int QueuedTimers => _actors.Waiting + _context.Transactions.Waiting;

    private IEnumerable<Leg> Legs => _actors.All(SubjectKind.Leg).Cast<Leg>();

    /// <summary>
    /// One turn, what the transactions then have to say to its actor or others, and last what whoever waits for the message is told.
    /// </summary>
    private void Deliver(ShardMessage.ToActor message)
    {
        var ack = _actors.Deliver(message);
        _user.Pump();
        if (ack is { } answer && message.Asker is { } asker) _context.Emit(new Effect.Acknowledge(asker, answer));
    }

    private void Hear(GateQuestions.Open question, GateAnswer answer)
    {
        if (question.Asker is { } asker && _actors.Find(new(SubjectKind.Leg, asker.Value)) is { } leg)
        {
            Turn(leg, () => question.Hear(answer, _context.Gate));
            return;
        }
        question.Hear(answer, _context.Gate);
        _user.Pump();
    }

    private void Turn(Actor actor, Action act)
    {
        _actors.Turn(actor, act);
        _user.Pump();
    }

    private void EndLegs(HangupCause cause)
    {
        foreach (var leg in Legs.ToArray()) Turn(leg, () => leg.End(Ending.ByNode(cause), LegInput.HangUp));
    }
}
