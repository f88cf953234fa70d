using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Activities;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Our relation to one party: who it is, where it stands, and to which of its parts a message goes.
/// The table <see cref="LegTransitions"/> decides, <see cref="Apply"/> does what it says.
/// </summary>
internal sealed class Leg : Actor
{
    private readonly ShardContext _shard;
    private readonly InboundSetup? _inbound;
    private readonly LegLine _line;
    private readonly LegInbox _inbox;
    private Ending? _ending;
    /// <summary>Said since it began.</summary>
    private TimeSpan? _timeLimit;

    public Leg(ShardContext shard, LegFacts facts, PortLease lease, IReadOnlyList<string> codecs, InboundSetup setup)
        : this(shard, facts, LegState.Initiating, lease, codecs) => _inbound = setup;

    public Leg(ShardContext shard, LegMessage.Dial dial)
        : this(shard, dial.Leg, dial.IsCommitted ? LegState.Dialling : LegState.Placing, dial.Lease, dial.Codecs)
    {
        Outbound = new(shard, this, dial);
        if (IsAnnouncement) return;
        RecordFromAnswer = dial.Request.Record ?? AutoRecords.OfProfile(shard.Routing, dial.Leg, shard.NewGuid);
        var request = dial.Request;
        (StreamFromAnswer, TranscriptionFromAnswer, AgentFromAnswer) = (request.Stream, request.Transcription, request.Agent);
    }

    private Leg(ShardContext shard, LegFacts facts, LegState state, PortLease lease, IReadOnlyList<string> codecs)
    {
        _shard = shard;
        Facts = facts;
        State = state;
        Media = new(shard, facts.Id, lease, codecs);
        Dialog = new(shard, this);
        RecoveryBye = new(shard, this);
        Reports = new(shard, this);
        Bridging = new(shard, this);
        Queueing = new(shard, this);
        Conferencing = new(shard, this);
        Supervising = new(shard, this);
        Opposite = new(shard, this);
        Ringing = new(shard, this);
        Activities = new(new LegHost(shard, this));
        Commands = new(shard, this);
        (_line, _inbox) = (new(shard, this), new(shard, this));
    }

    public override Subject Address => new(SubjectKind.Leg, Facts.Id.Value);
    public override LegFacts Concerned => Facts;
    public LegFacts Facts { get; private set; }
    public LegState State { get; private set; }
    public LegTimers Timers { get; } = new();
    public LegMedia Media { get; }
    public LegDialog Dialog { get; }
    public LegReports Reports { get; }
    public LegRecoveryBye RecoveryBye { get; }
    public LegBridge Bridging { get; }
    public LegQueueing Queueing { get; }
    public LegConferencing Conferencing { get; }
    public LegSupervision Supervising { get; }
    public LegOpposite Opposite { get; }
    public LegRinging Ringing { get; }
    /// <summary>Null until whoever it talks to refers it to somebody else.</summary>
    public LegTransferee? Transferee { get; private set; }
    public LegActivities Activities { get; }
    public LegCommands Commands { get; }
    /// <inheritdoc cref="DialRequest.Brought"/>
    public BroughtIdentity? Brought { get; init; }
    /// <summary>Begins with the answer.</summary>
    public RecordPlan? RecordFromAnswer { get; set; }
    /// <inheritdoc cref="RecordFromAnswer"/>
    public StreamTerms? StreamFromAnswer { get; set; }
    /// <inheritdoc cref="RecordFromAnswer"/>
    public TranscriptionTerms? TranscriptionFromAnswer { get; set; }
    /// <inheritdoc cref="RecordFromAnswer"/>
    public AgentTerms? AgentFromAnswer { get; set; }
    /// <summary>What its party says is sent back from the answer on.</summary>
    public bool EchoesFromAnswer { get; set; }
    /// <summary>Outbound legs only.</summary>
    public OutboundSetup? Outbound { get; }
    /// <summary>The SIP user who proved himself when his call came in; null for everybody else.</summary>
    public string? CallingUser { get; set; }
    /// <summary>The far end when it may refer; null for everybody else.</summary>
    public Referrer? Referrer => Legs.Referrer.Of(_shard, this);
    /// <summary>What is said on it is for the callee alone.</summary>
    public bool IsAnnouncement => Outbound is { Announcement: not null };

    /// <summary>A call that nobody takes goes on by itself, or has a program take it.</summary>
    /// <returns>False when there is nothing more to be tried.</returns>
    public bool TryFallBack() => _inbound?.TryFallBack(this) is true;

    /// <summary>A program takes the call, which nobody else has taken. What it says and hears is not recorded.</summary>
    public void HandOver(Application application)
    {
        application = application.WithTraits(_shard.Settings.TraitsOf);
        Facts = Facts with { Application = application };
        (RecordFromAnswer, StreamFromAnswer, TranscriptionFromAnswer, AgentFromAnswer) = (null, null, null, null);
        Ringing.AwaitAnswer();
        if (application.FirstCommandTimeout is { } limit) Timers.Arm(LegTimer.FirstCommand, _shard.Now + limit);
        Reports.HandedOver();
    }

    /// <summary>Whoever it talks to refers it to somebody else.</summary>
    public void OnCarry(LegMessage.Carry carry) => (Transferee ??= new(_shard, this)).OnCarry(carry);

    public void OnFound(LegMessage.Found found)
    {
        if (!IsOver && _inbound is { IsReplacing: true }) _inbound.OnFound(this, found);
        else if (!IsOver) Transferee?.OnFound(found);
    }

    /// <summary>LegEnded is out, or was never due.</summary>
    public override bool IsEnded => State is LegState.Ended;
    /// <summary>Ended for its customers; only the end is still to be told, if that.</summary>
    public bool IsOver => State is LegState.Closing or LegState.Ended;
    /// <summary>Nothing will ever come of this leg again.</summary>
    public override bool IsGone => IsEnded && Dialog.IsQuiet;
    public bool IsAnswered => LegTransitions.IsAnswered(State);

    public override Instant NextDue => Instant.Min(Timers.NextDue, Instant.Min(Dialog.NextDue, Activities.NextDue));

    public override Ack? Handle(ShardMessage.ToActor message) => _inbox.Handle((LegMessage)message);

    public void Start()
    {
        if (_inbound is not null) _inbound.Start(this);
        else if (State is LegState.Placing) Outbound!.Place();        // a leg is one or the other
        else Outbound!.Start();
    }

    public void Begin(LegMessage.Dial dial)
    {
        bool isOpen = _shard.Races.TryEnter(dial.Rivals);
        // Of several that are dialled together the one that is answered forms the bridge.
        if (dial.Rivals.Count > 0 && dial.Request.Link is { JoinsOnAnswer: true } link)
            _shard.Send(link.To.Shard, new LegMessage.DialledFor(link.To, Facts.Id));
        Supervising.Begin(dial.Request.Supervises);
        if (_shard.EndedWith is { } cause) End(Ending.ByNode(cause), LegInput.HangUp);
        else if (!isOpen) End(Ending.ByWithdrawal(WithdrawReason.AnotherAnswered), LegInput.HangUp);
        else Start();
    }

    /// <summary>The first ending counts; the table says what is left to do.</summary>
    public void End(Ending ending, LegInput input)
    {
        if (!IsOver) _ending ??= ending;
        Apply(input);
    }

    public void Apply(LegInput input)
    {
        var (next, actions) = LegTransitions.Step(State, input);
        State = next;
        if (actions.HasFlag(LegActions.SendRinging)) _inbound!.Ring(this);       // the table has these on inbound states only
        if (actions.HasFlag(LegActions.SendInvite)) Outbound!.Start();           // outbound states only
        if (actions.HasFlag(LegActions.SendSuccess)) Dialog.Accept();
        if (actions.HasFlag(LegActions.SendFinal)) Dialog.Answering?.Refuse(_ending?.Response ?? 503, _ending?.IsdnCause);
        if (actions.HasFlag(LegActions.SendAck)) Outbound?.Acknowledge();
        if (actions.HasFlag(LegActions.Connect)) Connect();
        if (actions.HasFlag(LegActions.ReportRinging)) Reports.Ringing(Outbound!.LastProvisional);
        if (actions.HasFlag(LegActions.ReportAnswered)) ReportAnswered();
        if (actions.HasFlag(LegActions.TearDown)) TearDown(isForgotten: actions.HasFlag(LegActions.Forget));
        if (actions.HasFlag(LegActions.SendBye)) Dialog.Bye(_ending?.ByeReason, _ending?.ByeHeaders ?? []);
        if (actions.HasFlag(LegActions.SendCancel)) Outbound!.Cancel(_ending?.CancelReason);         // outbound states only
        if (actions.HasFlag(LegActions.ReportEnded)) ReportEnded();
        Dialog.Refer();
        Settle();
    }

    public void Retarget(DialTarget target, string? billedTo) =>
        Facts = Facts with { Trunk = target.Trunk, IsOnNet = target.IsInside, BilledTo = billedTo };
    public void Relabel(Labels labels) => Facts = Facts with { Labels = labels };

    /// <summary>After a description of the peer was taken: media follows, and hold is told.</summary>
    public void Connect() => Connect(Dialog.Signalling);

    /// <param name="signalling">Where the description came from.</param>
    public void Connect(SipFlow signalling)
    {
        Media.IsWithheld = Dialog.Answering is { WithholdsMedia: true };
        if (Media.Connect(signalling)) Activities.OnCodecChanged();
    }

    /// <summary>A row that was waited for is written, or one never will be: then the leg must not go on without a record.</summary>
    public void OnCommitted(bool isCommitted)
    {
        if (isCommitted) Apply(LegInput.Committed);
        // Of one that never was, whoever waits for it hears why.
        else End(Ending.ByNode(HangupCause.LedgerUnavailable),
            State is LegState.Initiating or LegState.Placing ? LegInput.NotCommitted : LegInput.HangUp);
    }

    public void OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (Outbound is null || !Outbound.OnResponse(transaction, response, from)) Dialog.OnResponse(transaction, response, from);
    }

    /// <summary>Nothing answered a request of ours, or it could not be sent.</summary>
    public void OnFailed(ClientTransactionId transaction, FailureClass failure)
    {
        if (Outbound is null || !Outbound.OnFailed(transaction, failure)) Dialog.OnFailed(transaction);
    }

    /// <summary>The INVITE that we cancelled has its final response.</summary>
    public void OnCancelled()
    {
        Timers.Disarm(LegTimer.CancelWait);
        Settle();
    }

    public void OnMedia(MediaEvent happened)
    {
        if (happened.Port != Media.Port) return;      // of another start of the media plane
        switch (happened)
        {
            case MediaEvent.Closed or MediaEvent.Lost:
                Media.OnClosed((happened as MediaEvent.Closed)?.Statistics);
                Timers.Disarm(LegTimer.MediaClose);
                // Without being asked: the media plane gave the port up, or is gone.
                if (State is LegState.Closing) Settle();
                else End(Ending.ByMedia(happened), LegInput.HangUp);
                break;
            case MediaEvent.RecordEnded recorded:
                Activities.Records.On(recorded);
                break;
            case MediaEvent.Silent:
                if (IsAnswered && Media.SilenceLimit is { } limit) End(Ending.BySilence(limit), LegInput.HangUp);
                break;
            case MediaEvent.Talking talking:
                Conferencing.OnTalking(talking.IsTalking);
                break;
            case MediaEvent.PlayEnded or MediaEvent.Digit or MediaEvent.KeyPassed or MediaEvent.DigitsSent or MediaEvent.Voice
                or MediaEvent.MachineJudged or MediaEvent.GreetingEnded or MediaEvent.Talking or MediaEvent.RemoteLearnt:
                if (IsAnswered) Activities.OnMedia(happened);
                break;
            default:
                throw new UnreachableException();
        }
    }

    public override void OnDue()
    {
        while (Timers.TryTake(_shard.Now, out var timer)) LegTimers.Act(_shard, this, timer);
        Dialog.OnDue();
        Activities.OnDue();
    }

    public override void AfterTurn() => _line.Follow();

    public override void Fail() => End(Ending.ByNode(HangupCause.Internal), LegInput.HangUp);

    /// <summary>No more events or messages, nothing left behind.</summary>
    public override void Abandon()
    {
        Timers.DisarmAll();
        Bridging.HangUp();
        Queueing.HangUp();
        Conferencing.HangUp();
        Supervising.HangUp();
        Outbound?.LeaveRace();
        Outbound?.LeaveRoom();
        Activities.LiveAudio.Abandon();
        if (!Media.IsClosing) Media.Close();
        if (State is not LegState.Ended) _shard.Emit(new Effect.GateLeave(Facts.Id));
        State = LegState.Ended;
    }

    /// <summary>Its commands stay known for a while, for whoever repeats one.</summary>
    public override void Release()
    {
        _shard.EndedCommands.Keep(Facts.Id, Commands.Memory, _shard.Now);
        Dialog.Release();
    }

    /// <summary>In place of the limit that it began with, counted from its answer.</summary>
    public void LimitTime(TimeSpan limit)
    {
        _timeLimit = limit;
        _shard.Emit(new Effect.Noted(Facts, $"It may last {limit.TotalSeconds:0.#} s from its answer: another time limit was said."));
        if (Facts.AnsweredAt is { } answered) Timers.Arm(LegTimer.TimeLimit, answered + limit);
    }

    private void ReportAnswered()
    {
        Facts = Facts with { AnsweredAt = _shard.Now };
        foreach (var timer in (ReadOnlySpan<LegTimer>)[LegTimer.Ring, LegTimer.RingingRefresh, LegTimer.FirstCommand,
            LegTimer.TargetSilence]) Timers.Disarm(timer);
        Dialog.Probe.Begin();
        Timers.Arm(LegTimer.TimeLimit, _shard.Now + (_timeLimit ?? Outbound?.TimeLimit ?? Limits.InboundTimeLimit));
        Reports.Answered();
        if (EchoesFromAnswer) Activities.Start(new LegCommand.Echo(IsOn: true));
        if (Outbound?.MachineDetection is { } detection) Activities.Detect(detection);
        if (Outbound?.DigitsOnAnswer is { } digits) Activities.Start(new LegCommand.SendDigits(digits));
        Activities.Records.Start(RecordFromAnswer);
        Activities.OnAnswered(StreamFromAnswer, TranscriptionFromAnswer, AgentFromAnswer);
        Conferencing.JoinUnasked(Outbound?.ConferenceOnAnswer);
        Supervising.OnAnswered();
        if (Outbound?.Announcement is { } announcement) Activities.Announce(announcement, () => Timers.Arm(LegTimer.Announced, _shard.Now));
        else if (Outbound?.PromptOnAnswer is { } prompt) Activities.PlayFirst(prompt, Bridging.OnReady);
        else Bridging.OnReady();
    }

    private void TearDown(bool isForgotten)
    {
        Timers.DisarmAll();
        Bridging.HangUp(
            Outbound is not null && Facts.AnsweredAt is null && _ending is { } why
                ? new BridgeFailure(why.Cause, why.SipStatus) { IsdnCause = why.IsdnCause } : null,
            _ending is { IsElsewhere: true });
        Queueing.HangUp();
        Supervising.HangUp();
        Transferee?.Stop();
        Outbound?.LeaveRace();
        Outbound?.LeaveRoom();
        Activities.HangUp();
        Opposite.HangUp();
        Conferencing.HangUp();      // behind what its activities have to say to it
        Dialog.Retire();
        Media.Close();
        if (isForgotten) _shard.Emit(new Effect.GateLeave(Facts.Id));
        else Timers.Arm(LegTimer.MediaClose, _shard.Now + Limits.MediaCloseWait);
    }

    /// <summary>
    /// The end of a closing leg is told when the port's statistics, its queue's or conference's word and the last response are there,
    /// or when nobody waits for them any longer.
    /// </summary>
    public void Settle()
    {
        if (State is LegState.Closing && Media.IsClosed && !Queueing.IsLeaving && !Conferencing.IsLeaving
            && !Timers.IsArmed(LegTimer.CancelWait))
            Apply(LegInput.Settled);
    }

    private void ReportEnded()
    {
        Timers.DisarmAll();
        Activities.Records.GiveUp();
        Reports.Ended(_ending ?? Ending.ByNode(HangupCause.Internal));
        _shard.Emit(new Effect.GateLeave(Facts.Id));
    }
}
