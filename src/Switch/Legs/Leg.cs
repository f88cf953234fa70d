using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Activities;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Our relation to one party: who it is, where it stands, and to which of its parts a letter goes.
/// The table <see cref="LegTransitions"/> decides, <see cref="Apply"/> does what it says.
/// </summary>
internal sealed class Leg : IActivityHost
{
    private readonly ShardContext _shard;
    private readonly LegActivities _activities;
    private readonly CommandMemory _commands = new();
    private readonly InboundSetup? _inbound;
    private readonly OutboundSetup? _outbound;
    private Ending? _ending;

    /// <summary>Inbound.</summary>
    public Leg(ShardContext shard, LegFacts facts, PortLease lease, IReadOnlyList<string> codecs, InboundSetup setup)
        : this(shard, facts, LegState.Initiating, lease, codecs) => _inbound = setup;

    /// <summary>Outbound.</summary>
    public Leg(ShardContext shard, Letter.Dial dial)
        : this(shard, dial.Leg, LegState.Dialling, dial.Lease, dial.Codecs) => _outbound = new(shard, this, dial);

    private Leg(ShardContext shard, LegFacts facts, LegState state, PortLease lease, IReadOnlyList<string> codecs)
    {
        _shard = shard;
        Facts = facts;
        State = state;
        Media = new(shard, lease, codecs);
        Dialog = new(shard, this);
        Reports = new(this);
        _activities = new(this);
    }

    public LegFacts Facts { get; private set; }
    public LegState State { get; private set; }
    public LegTimers Timers { get; } = new();
    public LegMedia Media { get; }
    public LegDialog Dialog { get; }
    public LegReports Reports { get; }

    /// <summary>LegEnded is out, or was never due.</summary>
    public bool IsEnded => State is LegState.Ended;
    /// <summary>Nothing will ever come of this leg again.</summary>
    public bool IsGone => IsEnded && Dialog.IsQuiet;
    public bool IsAnswered => LegTransitions.IsAnswered(State);

    public Instant NextDue => Instant.Min(Timers.NextDue, Instant.Min(Dialog.NextDue, _activities.NextDue));
    /// <summary>The shard's note: the deadline under which this leg stands in its queue.</summary>
    public Instant QueuedDue { get; set; } = Instant.Never;

    // What activities see.
    public Instant Now => _shard.Now;
    public PortId Port => Media.Port;
    public string Codec => Media.Codec;
    public Guid NewId() => _shard.NewGuid();
    public void Post(MediaCommand command) => _shard.Emit(new Effect.Media(command));
    public void Emit(CallEvent happened) => _shard.Emit(new Effect.Append(happened, IsAwaited: false));

    public int Prepare(PromptSource source, string codec)
    {
        int correlation = _shard.NextCorrelation();
        _shard.Emit(new Effect.PreparePrompt(Facts.Id, correlation, Facts.Tenant, source, codec));
        return correlation;
    }

    public void Start()
    {
        if (_inbound is not null) _inbound.Start(this);
        else _outbound!.Start();       // a leg is one or the other
    }

    /// <summary>Judges a command and, when it is legal, carries it out.</summary>
    public Ack Handle(LegCommand command)
    {
        var refusal = LegTransitions.Judge(State, Facts.Direction, command);
        if (refusal is Refusal.AlreadyEnded) return refusal;
        if (_commands.Knows(command.CommandId, Now)) return Ack.Accepted;
        if (refusal is not Refusal.None) return refusal;
        var labels = Facts.Labels.With(command.Labels);
        if (labels.Size() > Labels.MaxBytes || !_activities.HasRoomFor(command)) return Refusal.Overloaded;

        _commands.Remember(command.CommandId, Now);
        Timers.Disarm(LegTimer.FirstCommand);
        if (!ReferenceEquals(labels, Facts.Labels))
        {
            Facts = Facts with { Labels = labels };
            Reports.LabelsChanged();
        }
        CarryOut(command);
        return Ack.Accepted;
    }

    /// <summary>The first ending counts; the table says what is left to do.</summary>
    public void End(Ending ending, LegInput input)
    {
        if (State is not (LegState.Closing or LegState.Ended)) _ending ??= ending;
        Apply(input);
    }

    public void Apply(LegInput input)
    {
        var (next, actions) = LegTransitions.Step(State, input);
        State = next;
        if (actions.HasFlag(LegActions.SendRinging)) _inbound!.Ring(this);       // the table has these on inbound states only
        if (actions.HasFlag(LegActions.SendSuccess)) Dialog.Accept();
        if (actions.HasFlag(LegActions.SendFinal)) Dialog.Refuse(_ending?.Response ?? 503);
        if (actions.HasFlag(LegActions.SendAck)) _outbound!.Acknowledge();
        if (actions.HasFlag(LegActions.Connect)) Connect();
        if (actions.HasFlag(LegActions.ReportRinging)) Reports.Ringing(_outbound!.LastProvisional);
        if (actions.HasFlag(LegActions.ReportAnswered)) ReportAnswered();
        if (actions.HasFlag(LegActions.TearDown)) TearDown(isForgotten: actions.HasFlag(LegActions.Forget));
        if (actions.HasFlag(LegActions.SendBye)) Dialog.Bye();
        if (actions.HasFlag(LegActions.SendCancel)) _outbound!.Cancel();         // outbound states only
        if (actions.HasFlag(LegActions.ReportEnded)) ReportEnded();
        if (State is LegState.Closing) Settle();
    }

    public void Retarget(TrunkId? trunk) => Facts = Facts with { Trunk = trunk };

    /// <summary>After a description of the peer was taken: media follows, and hold is told.</summary>
    public void Connect()
    {
        if (Media.Connect(Dialog.Signalling)) _activities.OnCodecChanged();
    }

    public void OnDigit(char key, int milliseconds)
    {
        if (IsAnswered) _activities.OnDigit(key, milliseconds);
    }

    public void OnPrepared(int correlation, PromptResult result) => _activities.OnPrepared(correlation, result);

    public void OnResolved(int correlation, IReadOnlyList<IPEndPoint> addresses) => _outbound?.OnResolved(correlation, addresses);

    public void OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (_outbound is null || !_outbound.OnResponse(transaction, response, from)) Dialog.OnResponse(transaction, response);
    }

    /// <summary>No final response came, or the request could not be sent.</summary>
    public void OnFailed(ClientTransactionId transaction, bool isTransport) => _outbound?.OnFailed(transaction, isTransport);

    public void OnTransactionEnded(ClientTransactionId transaction)
    {
        _outbound?.OnTransactionEnded(transaction);
        Dialog.OnTransactionEnded(transaction);
    }

    /// <summary>The INVITE that we cancelled has its final response.</summary>
    public void OnCancelled()
    {
        Timers.Disarm(LegTimer.CancelWait);
        if (State is LegState.Closing) Settle();
    }

    public void OnMedia(MediaEvent happened)
    {
        if (happened.Port != Port) return;      // of another start of the media plane
        switch (happened)
        {
            case MediaEvent.Closed closed:
                Media.OnClosed(closed.Statistics);
                Timers.Disarm(LegTimer.MediaClose);
                // Closed without being asked: the media plane gave the port up.
                if (State is LegState.Closing) Settle();
                else End(Ending.ByNode(HangupCause.MediaFailure), LegInput.HangUp);
                break;
            case MediaEvent.Silent when IsAnswered && Media.ExpectsAudio:
                End(Ending.BySilence, LegInput.HangUp);
                break;
            default:
                if (IsAnswered) _activities.OnMedia(happened);
                break;
        }
    }

    public void OnDue()
    {
        while (Timers.TryTake(Now, out var timer)) OnTimer(timer);
        Dialog.OnDue();
        _activities.OnDue();
    }

    /// <summary>The last resort after an ending that threw: no more events or messages, nothing left behind.</summary>
    public void Abandon()
    {
        Timers.DisarmAll();
        if (!Media.IsClosing) Media.Close();
        if (State is not LegState.Ended) _shard.Emit(new Effect.GateLeave(Facts.Id));
        State = LegState.Ended;
    }

    private void CarryOut(LegCommand command)
    {
        switch (command)
        {
            case LegCommand.SetLabels:
                break;
            case LegCommand.Answer answer:
                Apply(Dialog.PrepareAnswer(answer) ? LegInput.AnswerWithOffer : LegInput.Answer);
                break;
            case LegCommand.Reject reject:
                End(Ending.ByReject(reject), LegInput.HangUp);
                break;
            case LegCommand.Hangup hangup:
                End(Ending.ByHangup(hangup.Cause, Facts.Direction, IsAnswered || State is LegState.Offering), LegInput.HangUp);
                break;
            default:
                _activities.Start(command);
                break;
        }
    }

    private void ReportAnswered()
    {
        Facts = Facts with { AnsweredAt = Now };
        foreach (var timer in (ReadOnlySpan<LegTimer>)[LegTimer.Ring, LegTimer.RingingRefresh, LegTimer.FirstCommand, LegTimer.TargetSilence]) Timers.Disarm(timer);
        Timers.Arm(LegTimer.TimeLimit, Now + (_outbound?.TimeLimit ?? Limits.InboundTimeLimit));
        Reports.Answered();
        if (_outbound?.PromptOnAnswer is { } prompt) _activities.Start(new LegCommand.Play { Source = prompt });
    }

    private void TearDown(bool isForgotten)
    {
        Timers.DisarmAll();
        _activities.HangUp();
        Media.Close();
        if (isForgotten) _shard.Emit(new Effect.GateLeave(Facts.Id));
        else Timers.Arm(LegTimer.MediaClose, Now + Limits.MediaCloseWait);
    }

    /// <summary>The end is told when the port's statistics and the last response are there, or when nobody waits for them any longer.</summary>
    private void Settle()
    {
        if (Media.IsClosed && !Timers.IsArmed(LegTimer.CancelWait)) Apply(LegInput.Settled);
    }

    private void ReportEnded()
    {
        Timers.DisarmAll();
        Reports.Ended(_ending ?? Ending.ByNode(HangupCause.Internal));
        _shard.Emit(new Effect.GateLeave(Facts.Id));
    }

    private void OnTimer(LegTimer timer)
    {
        switch (timer)
        {
            case LegTimer.RingingRefresh:
                Dialog.Ring();
                Timers.Arm(LegTimer.RingingRefresh, Now + Limits.RingingRefresh);
                break;
            case LegTimer.TargetSilence:
                _outbound?.OnSilence();
                break;
            case LegTimer.MediaClose:
                Media.OnClosed(null);
                Settle();
                break;
            case LegTimer.CancelWait:
                Settle();
                break;
            default:
                End(Ending.ByTimer(timer, Facts.Direction, _outbound is { HasResponse: true }), LegInput.HangUp);
                break;
        }
    }
}
