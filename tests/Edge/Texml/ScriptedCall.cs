using System.Collections.Concurrent;
using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;

namespace Ringwright.Edge.Texml;

/// <summary>A call whose other end does at once whatever a verb waits for: what is asked of it is kept.</summary>
internal sealed class ScriptedCall : IProgramCall
{
    private readonly Channel<SubjectEvent> _events = Channel.CreateUnbounded<SubjectEvent>();
    private readonly ConcurrentQueue<LegCommand> _commands = new();
    private readonly ConcurrentQueue<DialRequest> _dials = new();
    private readonly Lock _answering = new();

    /// <summary>The party hangs up while it hears or is asked something; what ended so is told before the call's end.</summary>
    public bool HangsUp { get; init; }

    /// <summary>The party presses these keys when it is asked for some, the last of which ends the entry; else none.</summary>
    public string? Presses { get; init; }

    /// <summary>Its end is not told before it refuses: from the first command of this kind on it takes none.</summary>
    public Type? EndsBefore { get; init; }

    /// <summary>Sees each command before it is carried out.</summary>
    public Action<LegCommand>? Seen { get; init; }

    /// <summary>Whoever is dialled talks to the party, and hangs up; else no dial is accepted.</summary>
    public bool AnswersDials { get; init; }

    /// <summary>When set, says what becomes of a dial.</summary>
    public Func<DialRequest, Dialled>? Dialling { get; init; }

    /// <summary>The party takes part in a conference until it is taken out of it; else it leaves at once.</summary>
    public bool StaysInConference { get; init; }

    /// <summary>The far end takes a REFER, and this is what becomes of it; else it is what the far end answers.</summary>
    public bool TakesRefer { get; init; } = true;

    public int ReferStatus { get; init; } = 200;

    /// <summary>Of the leg.</summary>
    public Application Application
    {
        init => Leg = Leg with { Application = value };
    }

    /// <summary>That the call came with.</summary>
    public IReadOnlyList<CustomSipHeader> Headers
    {
        init => Leg = Leg with { Headers = value };
    }

    /// <summary>The account's own equipment placed it.</summary>
    public bool IsPlacedByCustomer
    {
        init => Leg = Leg with { IsPlacedByCustomer = value };
    }

    /// <summary>How it began, for who wants to know.</summary>
    public CallEvent.LegInitiated Begun
    {
        init => _events.Writer.TryWrite(value);
    }

    /// <summary>How it was answered, for who waits for that.</summary>
    public CallEvent.LegAnswered Answered
    {
        init => _events.Writer.TryWrite(value);
    }

    /// <summary>Who has answered; the document waits for that. To be set behind <see cref="Order"/>.</summary>
    public MachineVerdict Answerer
    {
        init
        {
            Leg = Leg with { Labels = Leg.Labels.With(Labels.Of((DocumentOrder.AwaitsDetection, "verdict"))) };
            _events.Writer.TryWrite(new CallEvent.MachineDetected(value) { Leg = Leg, At = Script.At(3) });
        }
    }

    /// <summary>What it is to run, as whoever changes calls says it; that it is taken is told.</summary>
    public DocumentOrder? Order
    {
        get;
        init
        {
            field = value;
            Leg = Leg with { Labels = Labels.Of((DocumentOrder.Label, value?.ToString())) };
        }
    }

    /// <summary>Whose it is.</summary>
    public TenantId Tenant
    {
        init => Leg = Leg with { Tenant = value };
    }

    private bool _hasEnded;
    private ConferenceFacts? _conference;

    public LegFacts Leg { get; private set; } = new Script(new(Guid.NewGuid()), direction: Direction.Inbound).Facts with
    {
        Application = new(ApplicationKind.Document),
        AnsweredAt = Script.At(2),
        Labels = Labels.Empty,
    };

    public CancellationToken Stop => CancellationToken.None;

    public IEnumerable<LegCommand> Commands => _commands;

    public IEnumerable<DialRequest> Dials => _dials;

    public IReadOnlyList<string> Warnings =>
        [.. _commands.OfType<LegCommand.Note>().Where(note => note.Kind is NoteKind.Warning).Select(note => note.Text)];

    public async ValueTask<SubjectEvent?> NextAnyAsync() =>
        await _events.Reader.WaitToReadAsync() && _events.Reader.TryRead(out var happened) ? happened : null;

    public async ValueTask<CallEvent?> NextAsync() => (CallEvent?)await NextAnyAsync();

    public ValueTask SitOutAsync() => throw new NotSupportedException();

    public Task WaitAsync(TimeSpan span) => throw new NotSupportedException();

    public ValueTask<Dialled> DialAsync(DialRequest request)
    {
        _dials.Enqueue(request);
        if (Dialling is { } dialling) return new(dialling(request));
        if (!AnswersDials) return new(Dialled.Refused(Refusal.WrongState, null, "there is no way there"));
        var other = new Script(Leg.Tenant, counter: 2).Facts with { To = request.To };
        _events.Writer.TryWrite(new CallEvent.LegBridged(other.Id) { Leg = Leg, At = Script.At(4) });
        _events.Writer.TryWrite(new CallEvent.LegUnbridged(other.Id) { Leg = Leg, At = Script.At(9) });
        return new(Dialled.Accepted(other));
    }

    public ValueTask<Ack> SendAsync(LegCommand command)
    {
        if (_hasEnded |= command.GetType() == EndsBefore) return new(Refusal.AlreadyEnded);
        _commands.Enqueue(command);
        Seen?.Invoke(command);
        // What reads the call commands it beside the document.
        lock (_answering)
        {
            Leg = Leg with { Labels = Leg.Labels.With(command.Labels) };
            foreach (var happened in AnswersTo(command))
            {
                _events.Writer.TryWrite(happened);
                if (HangsUp) End();
            }
        }
        return new(command is LegCommand.BridgeQueue ? Refusal.WrongState : Ack.Accepted);
    }

    /// <summary>By somebody else's command, or by itself.</summary>
    public void Happen(SubjectEvent happened) => _events.Writer.TryWrite(happened);

    public void End() => _events.Writer.TryComplete();

    private PlayStatus Played => HangsUp ? PlayStatus.CallHangup : PlayStatus.Completed;

    private IEnumerable<SubjectEvent> AnswersTo(LegCommand command)
    {
        var at = Script.At(3);
        switch (command)
        {
            case LegCommand.Play play:
                yield return new CallEvent.PlaybackEnded(play.Id ?? Guid.Empty, play.Source, Played, null) { Leg = Leg, At = at };
                break;
            case LegCommand.Speak speak:
                yield return new CallEvent.SpeakEnded(speak.Id!.Value, Played) { Leg = Leg, At = at };
                break;
            case LegCommand.Gather gather:
                yield return new CallEvent.GatherEnded
                {
                    Leg = Leg, At = at, Digits = Presses?[..^1] ?? "", GatherId = gather.GatherId, FinishedBy = Presses?[^1],
                    Status = HangsUp ? GatherStatus.CallHangup : Presses is null ? GatherStatus.Timeout : GatherStatus.Valid,
                };
                break;
            case LegCommand.RecordStart { Plan: var plan }:
                yield return new CallEvent.RecordingSaved
                {
                    Leg = Leg, At = at, Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = at, EndedAt = at, Length = TimeSpan.Zero,
                    Bytes = 0, Blob = "",
                };
                break;
            case LegCommand.CreateConference create:
                var facts = new ConferenceFacts(default, create.Uuid, Leg.Tenant, create.Name, at, ConferenceParty.Of(Leg));
                yield return new ConferenceEvent.ParticipantJoined(facts.Creator, Guid.Empty, create.As) { Conference = facts, At = at };
                if (StaysInConference) _conference = facts;
                else yield return new ConferenceEvent.ParticipantLeft(facts.Creator, Guid.Empty) { Conference = facts, At = at };
                break;
            case LegCommand.Park when _conference is { } left:
                yield return new ConferenceEvent.ParticipantLeft(left.Creator, Guid.Empty) { Conference = left, At = at };
                break;
            case LegCommand.Enqueue { Queue: var queue }:
                yield return new CallEvent.LegEnqueued(default, queue, 1) { Leg = Leg, At = at, Position = 1, AverageWait = TimeSpan.Zero };
                yield return new CallEvent.LegDequeued(default, queue, DequeueReason.Leave)
                {
                    Leg = Leg, At = at, Position = 1, Waited = TimeSpan.Zero,
                };
                break;
            case LegCommand.Refer:
                if (TakesRefer) yield return new CallEvent.ReferStarted { Leg = Leg, At = at };
                yield return new CallEvent.ReferEnded(ReferStatus, "") { Leg = Leg, At = at };
                break;
            case LegCommand.StartStream { Terms: var terms }:
                yield return new CallEvent.StreamStarted(Guid.Empty, terms.Url, terms.Tracks) { Leg = Leg, At = at };
                yield return new CallEvent.StreamStopped(Guid.Empty, terms.Url, terms.Tracks) { Leg = Leg, At = at };
                break;
            case LegCommand.StartSiprec { Terms.Connector: var connector }:
                yield return new CallEvent.SiprecStarted(Guid.Empty, connector) { Leg = Leg, At = at };
                yield return new CallEvent.SiprecStopped(Guid.Empty, connector) { Leg = Leg, At = at };
                break;
            case LegCommand.StartAgent { Terms: var terms }:
                yield return new CallEvent.AgentStarted(terms) { Leg = Leg, At = at };
                yield return new CallEvent.AgentEnded(terms, "assistant_hangup", TimeSpan.FromSeconds(9.7)) { Leg = Leg, At = at };
                break;
            case LegCommand.SetLabels when Order is not null:
                yield return new CallEvent.LabelsChanged { Leg = Leg, At = at };
                break;
            case LegCommand.Hangup:
                End();
                break;
        }
    }
}
