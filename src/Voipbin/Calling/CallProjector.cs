using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Calling;

/// <summary>
/// What a customer is told of each of its calls, whichever API placed it, committed with what happened. What an event does not say of the
/// call itself is remembered while the call is up; where a node has died under it, its last event lacks that.
/// </summary>
internal sealed class CallProjector(CustomerHooks hooks, VoipbinNotation notation) : IProjector
{
    /// <summary>Calls that are over are remembered a little longer, should their batch be written again.</summary>
    private const int Over = 1_000;

    private readonly ConcurrentDictionary<LegId, Memory> _live = new();
    private readonly ConcurrentQueue<LegId> _over = new();

    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (happened is not CallEvent call || hooks.Find(call.Tenant) is not { } customer) return [];
        var (memory, names) = Follow(call, at);
        var beside = RecordingOf(call, memory, at) ?? WordsOf(call, memory, at);
        if (names.Length == 0 && beside is null) return [];
        var state = StateOf(call, memory, at, startedAt);
        var messages = new List<OutboxMessage>(names.Length + 1);
        if (beside is not null && VoipbinEvents.MessageOf(customer, beside, notation) is { } other) messages.Add(other);
        foreach (string name in names)
        {
            // Each shows the call as it is at that moment: while it is being ended, it has not ended.
            var shown = name == CallState.Hangup || call is not CallEvent.LegEnded ? state : state with
            {
                EndedAt = null,
                Labels = state.Labels.With(Labels.Of((CallLabels.Ending, name))),
            };
            var told = new EventFacts("call", call.Leg.Uuid.ToString(), "call_" + name, shown.Write(), at);
            if (VoipbinEvents.MessageOf(customer, told, notation) is { } message) messages.Add(message);
        }
        return messages;
    }

    /// <summary>What is to be known later, and what is told now. The same again when a batch is written again.</summary>
    private (Memory Memory, string[] Names) Follow(CallEvent call, DateTimeOffset at)
    {
        var memory = _live.GetValueOrDefault(call.Leg.Id) ?? Memory.Nothing;
        var leg = call.Leg;
        if (call is CallEvent.LegInitiated)
        {
            return leg.Direction is Direction.Inbound ? (Keep(leg, memory with { RingingAt = at }), ["created", CallState.Ringing])
                : (memory, ["created", CallState.Dialing]);
        }
        if (call is CallEvent.LegRinging)
        {
            bool isFirst = memory.RingingAt is null || memory.RingingAt == at;
            return isFirst ? (Keep(leg, memory with { RingingAt = at }), [CallState.Ringing]) : (memory, []);
        }
        if (call is CallEvent.LegAnswered) return (Keep(leg, memory with { AnsweredAt = at }), [CallState.Progressing]);
        if (call is CallEvent.TranscriptionStarted { Transcription: var order })
            return (Keep(leg, memory with { Heard = new Dictionary<Guid, DateTimeOffset>(memory.Heard) { [order] = at } }), []);
        if (call is CallEvent.RecordingStarted { Plan.Id: var recording })
        {
            string id = recording.ToString();
            if (!memory.Recordings.Contains(id))
                memory = Keep(leg, memory with
                {
                    Recordings = [.. memory.Recordings, id],
                    Running = [.. memory.Running, id],
                    Begun = new Dictionary<string, DateTimeOffset>(memory.Begun) { [id] = at },
                });
            return (memory, ["updated"]);
        }
        if (EndedRecordingOf(call) is { } kept && memory.Running.Contains(kept))
            return (Keep(leg, memory with { Running = [.. memory.Running.Where(one => one != kept)] }), []);
        string ending = leg.AnsweredAt is null ? CallState.Canceling : CallState.Terminating;
        if (call is CallEvent.LabelsChanged && leg.Labels[CallLabels.Ending] is not null && (memory.EndingAt ?? at) == at)
            return (Keep(leg, memory with { EndingAt = at }), [ending]);
        if (call is not CallEvent.LegEnded ended) return (memory, []);
        Forget(leg.Id);
        // Who ends it says so before; what a timer or a flow ends is told so here.
        bool isOurs = ended is { By: HangupParty.Local, AliveUntil: null } && memory.EndingAt is null;
        return (memory, isOurs ? [ending, CallState.Hangup] : [CallState.Hangup]);
    }

    /// <summary>A recording begins, or can be fetched. What is in a mailbox is no recording of the account's.</summary>
    private static EventFacts? RecordingOf(CallEvent call, Memory memory, DateTimeOffset at)
    {
        if (call is CallEvent.RecordingStarted { Plan: { Mailbox: null } begun })
            return Told(begun, "started", new(at, at, null, null));
        if (call is not CallEvent.RecordingSaved { Plan: { Mailbox: null } plan } saved) return null;
        var started = at - (saved.At - saved.StartedAt);
        // Of a process that has died nobody knows when it was begun to the microsecond.
        var created = memory.Begun.TryGetValue(plan.Id.ToString(), out var known) ? known : started;
        return Told(plan, "finished", new(created, started, at - (saved.At - saved.EndedAt), at));

        EventFacts Told(RecordPlan of, string what, RecordingMoments moments) => new(RecordingView.Noun, of.Id.ToString(),
            $"{RecordingView.Noun}_{what}", RecordingView.Of(call.Leg.Tenant, of, call.Leg.Uuid, moments), at);
    }

    /// <summary>What was understood for good. What an agent hears is between it and its party.</summary>
    private static EventFacts? WordsOf(CallEvent call, Memory memory, DateTimeOffset at)
    {
        if (call is not CallEvent.SpeechTranscribed { IsFinal: true, IsOfAgent: false, Text.Length: > 0 } said) return null;
        string transcription = said.Transcription.ToString();
        var since = memory.Heard.TryGetValue(said.Transcription, out var begun) ? at - begun : TimeSpan.Zero;
        var data = new JsonObject
        {
            ["id"] = Guid.CreateVersion7(at).ToString(),
            ["customer_id"] = call.Leg.Tenant.ToString(),
            ["transcribe_id"] = transcription,
            ["direction"] = said.Track is TapTracks.Said ? "in" : "out",
            ["message"] = said.Text,
            ["offset_ms"] = (long)since.TotalMilliseconds,
            ["tm_create"] = VoipbinTime.Text(at),
        };
        // In the order in which it was said.
        return new("transcript", transcription, "transcript_created", data, at);
    }

    private static string? EndedRecordingOf(CallEvent call) =>
        (call as CallEvent.RecordingSaved)?.Plan.Id.ToString() ?? (call as CallEvent.RecordingFailed)?.Recording.ToString();

    private void Forget(LegId leg)
    {
        _over.Enqueue(leg);
        while (_over.Count > Over && _over.TryDequeue(out var old)) _live.TryRemove(old, out _);
    }

    private Memory Keep(LegFacts leg, Memory memory) => _live[leg.Id] = memory;

    private static CallState StateOf(CallEvent call, Memory memory, DateTimeOffset at, DateTimeOffset startedAt)
    {
        var leg = call.Leg;
        var ended = call as CallEvent.LegEnded;
        return new()
        {
            Id = leg.Uuid, Tenant = leg.Tenant, Direction = leg.Direction, From = leg.From, To = leg.To, CallerName = leg.CallerName,
            Labels = leg.Labels, Application = leg.Application, Recordings = memory.Recordings,
            Recording = memory.Running.Count > 0 ? memory.Running[^1] : null, StartedAt = startedAt, RingingAt = memory.RingingAt,
            AnsweredAt = memory.AnsweredAt ?? (leg.AnsweredAt is { } answered ? at - (call.At - answered) : null),
            EndedAt = ended is null ? null : at - (call.At - ended.EndedAt()), Cause = ended?.Cause, By = ended?.By,
        };
    }

    private sealed record Memory
    {
        public static readonly Memory Nothing = new();

        public DateTimeOffset? RingingAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
        public DateTimeOffset? EndingAt { get; init; }
        public IReadOnlyList<string> Recordings { get; init; } = [];
        /// <summary>When each of them was begun.</summary>
        public IReadOnlyDictionary<string, DateTimeOffset> Begun { get; init; } = new Dictionary<string, DateTimeOffset>();
        /// <summary>Since when transcriptions of it go on.</summary>
        public IReadOnlyDictionary<Guid, DateTimeOffset> Heard { get; init; } = new Dictionary<Guid, DateTimeOffset>();
        /// <summary>Those recordings that go on.</summary>
        public IReadOnlyList<string> Running { get; init; } = [];
    }
}
