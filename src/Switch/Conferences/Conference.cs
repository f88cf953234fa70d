using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Conferences;

/// <summary>
/// Legs that hear each other by a port of the conference's own, the room. It begins with its first event's commit, or when the database has
/// not taken that for a moment: then its first participant gets in. It ends with its last, by one whose leaving ends it, or by time.
/// Knows legs by messages only.
/// </summary>
/// <param name="release">Told when the shard has forgotten it.</param>
internal sealed class Conference(ShardContext shard, ConferenceFacts facts, ConferenceMessage.Create creation, PortId room,
    Action<Conference> release) : Actor
{
    private readonly ConferenceTerms _terms = creation.What.Terms;
    private readonly List<ConferenceMember> _members = [];
    /// <summary>Came before the conference's first event was committed.</summary>
    private readonly List<ConferenceMessage> _early = [];
    private readonly ConferenceFloor _floor = new();
    private bool _hasBegun, _isOpen, _isTaken, _isStarted = creation.What.Terms.StartsAtOnce, _isOver, _isClosed;
    private Instant _closeDue, _openDue = Instant.Never;
    private int _most = creation.What.Terms.MaxParticipants;
    /// <summary>How it is recorded from its start on; null when it is not, or is already.</summary>
    private RecordPlan? _record = creation.What.Record;

    public override Subject Address => Subject.Of(facts.Id);
    public override bool IsEnded => _isOver;
    /// <summary>Its recordings end with its port.</summary>
    public override bool IsGone => _isOver && _isClosed;
    public override Instant NextDue =>
        _isClosed ? Instant.Never : _isOver ? _closeDue : _isOpen ? facts.BeganAt + _terms.Length : _openDue;

    public ConferenceFacts Facts => facts;
    public PortId Room => room;
    /// <summary>In the order of their coming.</summary>
    public IReadOnlyList<ConferenceMember> Members => _members;
    public bool IsOpen => _isOpen && !_isOver;
    public ConferenceBeeps Beeps => _terms.Beeps;

    private ConferenceSounds Sounds => field ??= new(shard, this);
    private ConferenceRecordings Recordings => field ??= new(shard, this, creation.Leg);
    private ConferenceCommands Commands => field ??= new(shard, this, Sounds, Recordings);

    public override Ack? Handle(ShardMessage.ToActor message)
    {
        switch ((ConferenceMessage)message)
        {
            case ConferenceMessage.Create or ConferenceMessage.Join:
                Enter((ConferenceMessage)message);
                break;
            case ConferenceMessage.Committed committed:
                Hear(committed.IsCommitted);
                break;
            case ConferenceMessage.Depart depart:
                if (Find(depart.Leg) is not { } departing) break;
                departing.Who = depart.Who;
                Remove(departing, depart.HasEnded ? LeaveReason.CallEnded : LeaveReason.WentOn);
                break;
            case ConferenceMessage.Relabelled relabelled:
                if (Find(relabelled.Who.Leg) is { } named) named.Who = relabelled.Who;
                break;
            case ConferenceMessage.Talking talking:
                if (Find(talking.Leg) is { } member) TellFloor(_floor.On(member, talking.IsTalking));
                break;
            case ConferenceMessage.Sounded sounded:
                if (Find(sounded.Leg) is { } hearer) Sounds.On(hearer, sounded.Sound, sounded.Ended);
                break;
            case ConferenceMessage.Command command:
                return Commands.Handle(command.What);
            case ConferenceMessage.PromptReady ready:
                Sounds.OnPrepared(ready.Correlation, ready.Result);
                break;
            case ConferenceMessage.Media media:
                OnMedia(media.What);
                break;
            default:
                throw new UnreachableException();
        }
        return null;
    }

    public override void OnDue()
    {
        if (_isOver) OnClosed();        // media says nothing any more
        else if (_isOpen) End(ConferenceEnd.TimeExceeded, by: null, hangsUp: false);
        else Open(isCommitted: true);       // the row follows
    }

    /// <summary>All who take part are let go; their calls stay up.</summary>
    public override void Fail()
    {
        if (_isOpen) End(ConferenceEnd.Internal, by: null, hangsUp: false);
        else Open(isCommitted: false);
    }

    public override void Abandon()
    {
        _isOver = _isClosed = true;
        Post(new MediaCommand.Close(room));
    }

    public override void Release() => release(this);

    public ConferenceMember? Find(LegId leg)
    {
        foreach (var member in _members)
            if (member.Leg == leg) return member;
        return null;
    }

    public void Emit(ConferenceEvent happened) => shard.Emit(new Effect.Append(happened, IsAwaited: happened.Stage is LifeStage.First));

    public void Order(LegId leg, ConferenceOrder order) => shard.Send(leg.Shard, new LegMessage.Conferred(leg, facts.Id, order));

    public void Post(MediaCommand command) => shard.Emit(new Effect.Media(command));

    /// <summary>It takes part otherwise than before.</summary>
    public void Change(ConferenceMember member, Participation changed)
    {
        if (member.As == changed) return;
        member.As = changed;
        Emit(new ConferenceEvent.ParticipantChanged(member.Leg, member.Id, changed) { Conference = facts, At = shard.Now });
        Follow(member);
    }

    /// <summary>The leg is told how it takes part, and what it hears on hold.</summary>
    public void Follow(ConferenceMember member) =>
        Order(member.Leg, new ConferenceOrder.Change(room, RoomOf(member), HoldAudioOf(member)));

    /// <param name="beeps">As the conference does, or as its joining said, when not set.</param>
    public void Remove(ConferenceMember gone, LeaveReason why, ConferenceBeeps? beeps = null)
    {
        _members.Remove(gone);
        Leave(gone, why, hangsUp: false);
        foreach (var member in _members)
        {
            if (!member.As.WhispersTo.Contains(gone.Leg)) continue;
            Change(member, member.As with { WhispersTo = [.. member.As.WhispersTo.Where(leg => leg != gone.Leg)] });
        }
        if (gone.As.EndsConference || gone.As.EndsSoftly) End(ConferenceEnd.HostLeft, gone.Who, gone.As.EndsConference);
        else if (_members.Count == 0) End(ConferenceEnd.AllLeft, gone.Who, hangsUp: false);
        else Beep(beeps ?? gone.Beeps, ConferenceBeeps.OnExit);
    }

    /// <summary>By a command: all who take part are hung up.</summary>
    public void End() => End(ConferenceEnd.Commanded, by: null, hangsUp: true);

    private void Enter(ConferenceMessage message)
    {
        if (_isOver) Refuse(message, Refusal.ConferenceEnded);
        else if (_isOpen) Admit(message);
        else
        {
            _early.Add(message);
            if (!_hasBegun) Begin();
        }
    }

    private void Begin()
    {
        _hasBegun = true;
        Post(new MediaCommand.OpenRoom(room, new RoomTerms(_terms.HasComfortNoise)));
        Emit(new ConferenceEvent.ConferenceBegan(_terms) { Conference = facts, At = shard.Now });
        // These calls are up: they go on while the database is away, and so does what they do.
        if (shard.Ledger.IsReady) _openDue = shard.Now + Limits.FirstRowWait;
        else Open(isCommitted: true);
    }

    private void Hear(bool isCommitted)
    {
        _isTaken |= isCommitted;
        if (!_isOpen) Open(isCommitted);
        else if (!_isTaken) End(ConferenceEnd.Internal, by: null, hangsUp: false);
    }

    private void Open(bool isCommitted)
    {
        if (_isOpen || _isOver) return;
        _isOpen = isCommitted;
        if (!isCommitted) GiveUp();
        foreach (var message in _early)
        {
            if (isCommitted) Enter(message);
            else Refuse(message, Refusal.LedgerUnavailable);
        }
        _early.Clear();
    }

    private void Admit(ConferenceMessage message)
    {
        var (leg, port, part, correlation) = Asked(message);
        if (Judge(leg, part) is var refusal and not Refusal.None)
        {
            Refuse(message, refusal);
            return;
        }
        _most = part.MaxParticipants ?? _most;
        var member = new ConferenceMember(shard.NewGuid(), leg, port) { As = part.As, HoldAudio = part.HoldAudio, Beeps = part.Beeps };
        _members.Add(member);
        Order(leg.Id, new ConferenceOrder.Enter(member.Who, room, RoomOf(member), HoldAudioOf(member), correlation));
        Emit(new ConferenceEvent.ParticipantJoined(member.Who, member.Id, member.As) { Conference = facts, At = shard.Now });
        if (part.Starts) Start();
        _record ??= part.Record;
        RecordFromStart();
        Beep(member.Beeps, ConferenceBeeps.OnEnter);
    }

    private Refusal Judge(LegFacts leg, LegCommand.JoinConference part)
    {
        if (Find(leg.Id) is not null) return Refusal.AlreadyInConference;
        if (_members.Count >= (part.MaxParticipants ?? _most)) return Refusal.ConferenceFull;
        return part.As.WhispersTo.All(other => Find(other) is not null) ? Refusal.None : Refusal.NotInConference;
    }

    /// <summary>Who makes a conference joins it as everybody does.</summary>
    private (LegFacts Leg, PortId Port, LegCommand.JoinConference Part, long? Correlation) Asked(ConferenceMessage message)
    {
        if (message is ConferenceMessage.Join join) return (join.Leg, join.Port, join.What, join.Correlation);
        var create = (ConferenceMessage.Create)message;
        var what = create.What;
        var part = new LegCommand.JoinConference(facts.Id)
        {
            As = what.As, HoldAudio = what.HoldAudio, Starts = what.Starts, Beeps = what.Beeps,
        };
        return (create.Leg, create.Port, part, create.Correlation);
    }

    private void Refuse(ConferenceMessage message, Refusal why)
    {
        var (leg, _, _, correlation) = Asked(message);
        ConferenceFactory.Refuse(shard, leg.Id, facts.Id, why, correlation);
    }

    private void Start()
    {
        if (_isStarted) return;
        _isStarted = true;
        Emit(new ConferenceEvent.ConferenceStarted { Conference = facts, At = shard.Now });
        foreach (var member in _members) Follow(member);
    }

    private void RecordFromStart()
    {
        if (!_isStarted || _record is not { } plan) return;
        _record = null;
        if (!Recordings.All.IsAny) Recordings.Start(plan);
    }

    private RoomMember RoomOf(ConferenceMember member) => new()
    {
        IsMuted = member.As.IsMuted,
        IsAway = member.As.IsOnHold || !_isStarted,
        WhispersTo = member.As.Role switch
        {
            SupervisorRole.Monitor => [],
            SupervisorRole.Whisper => [.. member.As.WhispersTo.Select(Find).OfType<ConferenceMember>().Select(one => one.Port)],
            SupervisorRole.None or SupervisorRole.Barge => null,
            _ => throw new UnreachableException(),
        },
    };

    private PromptSource? HoldAudioOf(ConferenceMember member) =>
        member.As.IsOnHold ? member.HoldAudio : _isStarted ? null : member.HoldAudio ?? _terms.HoldAudio;

    private void Beep(ConferenceBeeps? own, ConferenceBeeps when)
    {
        if (!_isOver && (own ?? _terms.Beeps).HasFlag(when)) Post(new MediaCommand.Beep(room));
    }

    private void TellFloor(ConferenceMember? speaker)
    {
        if (speaker is not null) Emit(new ConferenceEvent.FloorChanged(speaker.Who) { Conference = facts, At = shard.Now });
    }

    private void Leave(ConferenceMember member, LeaveReason? why, bool hangsUp)
    {
        if (_floor.Leave(member) is { } speaker && !_isOver) TellFloor(speaker);
        Sounds.Leave(member, hangsUp ? PlayStatus.CallHangup : PlayStatus.Cancelled);
        Emit(new ConferenceEvent.ParticipantLeft(member.Who, member.Id) { Conference = facts, At = shard.Now, Why = why });
        Order(member.Leg, new ConferenceOrder.Out(hangsUp));
    }

    private void End(ConferenceEnd why, ConferenceParty? by, bool hangsUp)
    {
        if (_isOver) return;
        Sounds.HangUp();
        GiveUp();
        LeaveReason? left = why switch
        {
            ConferenceEnd.HostLeft => LeaveReason.HostLeft,
            ConferenceEnd.Commanded => LeaveReason.ConferenceEnded,
            _ => null,
        };
        foreach (var member in _members) Leave(member, left, hangsUp);
        _members.Clear();
        Emit(new ConferenceEvent.ConferenceEnded(why, by) { Conference = facts, At = shard.Now });
    }

    private void GiveUp()
    {
        _isOver = true;
        _closeDue = shard.Now + Limits.MediaCloseWait;
        Post(new MediaCommand.Close(room));
    }

    private void OnMedia(MediaEvent happened)
    {
        if (happened.Port != room) return;
        if (happened is MediaEvent.PlayEnded played) Sounds.OnPlayEnded(played.Id, played.IsFailed);
        else if (happened is MediaEvent.RecordEnded recorded) Recordings.On(recorded);
        else if (happened is MediaEvent.Closed or MediaEvent.Lost)
        {
            // Without being asked: the media plane gave the port up, or is gone, and so are its legs' ports.
            End(ConferenceEnd.Internal, by: null, hangsUp: false);
            OnClosed();
        }
    }

    private void OnClosed()
    {
        Recordings.GiveUp();
        _isClosed = true;
    }
}
