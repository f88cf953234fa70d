using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telefonie.Conferring;

namespace Ringwright.Telefonie.Calling;

/// <summary>
/// What whoever placed a call or made a conference by this API is told of it: each change of its status, committed with what happened.
/// The numbers of the callbacks are those of the statuses, so that they rise whoever tells the next one: this process, or one after a
/// crash. Where <see cref="CallNews"/> were asked for, they are hundreds, and the numbers of those lie between.
/// </summary>
/// <param name="links">Where the node is reached from outside.</param>
/// <param name="showsCalledUrls">As <see cref="TelefonieParts.ShowsCalledUrls"/>.</param>
public sealed class TelefonieProjector(PublicLinks links, bool showsCalledUrls = false) : IProjector
{
    public const string EventName = "call.status";

    /// <summary>Calls that are over are remembered a little longer, should their batch be written again.</summary>
    private const int Over = 1_000;
    private const int StepWithNews = 100;
    /// <summary>Numbers of the statuses that go on while calls are up, and of the last.</summary>
    private const int Talking = 3, Ended = 4;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of calls that are up: no other event of theirs says it, or not to the microsecond.</summary>
    private readonly ConcurrentDictionary<LegId, Memory> _answers = new();
    private readonly ConcurrentQueue<LegId> _over = new();

    /// <summary>Events that change no status.</summary>
    public static IReadOnlyList<Type> Ignored { get; } =
    [
        typeof(CallEvent.LegBridged), typeof(CallEvent.LegUnbridged), typeof(CallEvent.LegHeld), typeof(CallEvent.LegEnqueued),
        typeof(CallEvent.LegDequeued), typeof(CallEvent.LegHandedOver), typeof(CallEvent.LabelsChanged), typeof(CallEvent.Noted),
        typeof(CallEvent.DigitReceived), typeof(CallEvent.InfoReceived), typeof(CallEvent.GatherHeard), typeof(CallEvent.GatherEnded),
        typeof(CallEvent.ReferStarted), typeof(CallEvent.ReferEnded), typeof(CallEvent.PlaybackStarted), typeof(CallEvent.PlaybackEnded),
        typeof(CallEvent.SpeakStarted), typeof(CallEvent.SpeakEnded), typeof(CallEvent.VoiceChanged), typeof(CallEvent.RecordingStarted),
        typeof(CallEvent.RecordingFailed), typeof(CallEvent.RecordingTranscribed),
        typeof(CallEvent.LegCharged), typeof(CallEvent.StreamStarted), typeof(CallEvent.StreamStopped), typeof(CallEvent.StreamFailed),
        typeof(CallEvent.ForkStarted), typeof(CallEvent.ForkStopped), typeof(CallEvent.TranscriptionStarted),
        typeof(CallEvent.SpeechTranscribed), typeof(CallEvent.TranscriptionEnded), typeof(CallEvent.SiprecStarted),
        typeof(CallEvent.SiprecStopped), typeof(CallEvent.SiprecFailed), typeof(CallEvent.AgentStarted),
        typeof(CallEvent.AgentEnded), typeof(CallEvent.AgentTold), typeof(CallEvent.AgentGathering),
        typeof(CallEvent.AgentGatherEnded), typeof(CallEvent.ReferAsked),
    ];

    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (happened is ConferenceEvent conference) return ConferenceNews.Of(conference, at) is { } told ? [told] : [];
        if (happened is not CallEvent call || call.Leg.Labels[TelefonieLabels.StatusCallback] is not { } url) return [];
        var memory = Follow(call, at);
        int step = call.Leg.Labels[TelefonieLabels.Events] is null ? 1 : StepWithNews;
        if (StageOf(call) is var (sequence, status)) return [Message(call, memory, url, sequence, sequence * step, status, at)];
        return CallNews.Of(call, links) is { } news && CallNews.IsAsked(call.Leg.Labels, news.Name)
            ? [Message(call, memory, url, news, at)] : [];
    }

    /// <summary>What is to be known later. The same again when a batch is written again.</summary>
    private Memory Follow(CallEvent call, DateTimeOffset at)
    {
        var known = _answers.GetValueOrDefault(call.Leg.Id);
        // What is told later of a call that nobody knows any more is told of one that is over.
        var before = known ?? new() { IsOver = call is CallEvent.RecordingSaved };
        if (call is CallEvent.LegEnded) Forget(call.Leg.Id);
        var after = call is CallEvent.LegAnswered ? before with { At = at }
            : call is CallEvent.MachineDetected detected ? before with { Verdict = detected.Verdict, News = before.News + 1 }
            : call is CallEvent.MachineGreetingEnded greeted ? before with { Greeting = greeted.End, News = before.News + 1 }
            : call is CallEvent.RecordingSaved ? before with { News = before.News + 1 }
            : call is CallEvent.LegEnded ? before with { IsOver = true }
            : before;
        // Only what was remembered before it was over is forgotten.
        if (after != before && (known is not null || !after.IsOver)) _answers[call.Leg.Id] = after;
        return after;
    }

    private static (int Sequence, string Status)? StageOf(CallEvent call)
    {
        if (call is CallEvent.LegInitiated && call.Leg.Direction is Direction.Outbound) return (1, TelefonieStatus.Queued);
        if (call is CallEvent.LegInitiated or CallEvent.LegRinging) return (2, TelefonieStatus.Ringing);
        if (call is CallEvent.LegAnswered) return (Talking, TelefonieStatus.InProgress);
        return call is CallEvent.LegEnded ended ? (Ended, TelefonieStatus.Ended(ended.Cause, ended.Leg.AnsweredAt is not null)) : null;
    }

    private OutboxMessage Message(CallEvent call, Memory memory, string url, int stage, int sequence, string status,
        DateTimeOffset at)
    {
        var leg = call.Leg;
        var ended = call as CallEvent.LegEnded;
        DateTimeOffset? answeredAt = leg.AnsweredAt is { } answered ? memory.At ?? WholeMicroseconds(at - (call.At - answered)) : null;
        DateTimeOffset? endedAt = ended is null ? null : at - (call.At - ended.EndedAt());
        var shown = new TelefonieCall
        {
            Id = leg.Uuid,
            Status = status,
            Direction = leg.Direction,
            From = leg.From,
            To = leg.To,
            AnsweredAt = answeredAt,
            EndedAt = endedAt,
            TalkSeconds = endedAt is null ? null : TelefonieCall.Seconds(endedAt - answeredAt),
            Url = showsCalledUrls ? CalledUrl.Of(leg.Labels, answeredAt is not null, memory.Verdict, memory.Greeting)
                : leg.Labels[TelefonieLabels.Url],
            StatusCallback = url,
            AnsweredBy = answeredAt is null ? null : AnsweredBy.Of(memory.Verdict, memory.Greeting),
            SipStatus = ended?.SipStatus,
        };
        // A far end may say more than once that it rings.
        return Message(call, url, EventName, sequence, $"telefonie {leg.Id} {stage}", at, new() { ["call"] = shown.Write() });
    }

    /// <summary>It says nothing of the call itself: of a recording that is saved after a crash another process tells.</summary>
    private static OutboxMessage Message(CallEvent call, Memory memory, string url, CallNews news, DateTimeOffset at)
    {
        int sequence = (memory.IsOver ? Ended : Talking) * StepWithNews + Math.Min(memory.News, StepWithNews - 1);
        var leg = call.Leg;
        return Message(call, url, news.Name, sequence, $"telefonie {leg.Id} {news.Key}", at,
            new() { ["call_id"] = leg.Uuid.ToString(), [news.Member] = news.Said });
    }

    private static OutboxMessage Message(CallEvent call, string url, string name, int sequence, string once, DateTimeOffset at,
        JsonObject said)
    {
        var id = Guid.CreateVersion7(at);
        var body = new JsonObject
        {
            ["event"] = name, ["event_id"] = id.ToString(), ["timestamp"] = TelefonieTime.Text(at), ["sequence"] = sequence,
        };
        foreach (var (member, value) in said) body[member] = value?.DeepClone();
        return new()
        {
            Id = id,
            Tenant = call.Leg.Tenant,
            OrderKey = call.Subject.OrderKey,
            Format = TelefonieWebhookFormat.FormatName,
            EventType = name,
            Url = url,
            Timeout = Timeout,
            OccurredAt = at,
            Once = once,
            Body = body.ToJsonString(),
        };
    }

    private void Forget(LegId leg)
    {
        if (!_answers.ContainsKey(leg)) return;
        _over.Enqueue(leg);
        while (_over.Count > Over && _over.TryDequeue(out var old)) _answers.TryRemove(old, out _);
    }

    /// <summary>Rows have whole microseconds: what was cut off the event's own time is added.</summary>
    private static DateTimeOffset WholeMicroseconds(DateTimeOffset at) =>
        at.UtcTicks % TimeSpan.TicksPerMicrosecond is > 0 and var rest ? at.AddTicks(TimeSpan.TicksPerMicrosecond - rest) : at;

    private sealed record Memory
    {
        public DateTimeOffset? At { get; init; }
        public MachineVerdict? Verdict { get; init; }
        public GreetingEnd? Greeting { get; init; }
        public bool IsOver { get; init; }
        /// <summary>Told beside its statuses, or to be told to who asks.</summary>
        public int News { get; init; }
    }
}
