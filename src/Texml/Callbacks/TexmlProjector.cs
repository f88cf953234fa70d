using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Verbs;

namespace Ringwright.Texml.Callbacks;

/// <summary>What happens to calls of documents, as callbacks: each to where the application or its document says.</summary>
public sealed class TexmlProjector(TexmlParts parts) : IProjector
{
    /// <summary>Of those that go on.</summary>
    private readonly ConcurrentDictionary<ConferenceId, ConferenceHistory> _histories = new();

    private readonly TranscriptionFields _transcriptions = new();

    /// <summary>Of calls that go on: what was told last of the recording that whoever placed the call asked for.</summary>
    private readonly ConcurrentDictionary<LegId, CallEvent> _recordings = new();

    /// <summary>Events without a callback.</summary>
    public static IReadOnlyList<Type> Ignored { get; } =
    [
        typeof(CallEvent.LegBridged), typeof(CallEvent.LegUnbridged), typeof(CallEvent.LegHeld),    // action tells what came of a Dial
        typeof(CallEvent.LegEnqueued), typeof(CallEvent.LegDequeued),       // waitUrl and action of Enqueue tell
        typeof(CallEvent.LegHandedOver), typeof(CallEvent.LabelsChanged), typeof(CallEvent.Noted), typeof(CallEvent.VoiceChanged),
        typeof(CallEvent.InfoReceived), typeof(CallEvent.LegCharged),       // the contract has no callback
        typeof(CallEvent.GatherEnded), typeof(CallEvent.ReferStarted), typeof(CallEvent.ReferEnded),        // actions tell
        typeof(CallEvent.ReferAsked),       // referUrl of Dial tells
        typeof(CallEvent.PlaybackStarted), typeof(CallEvent.PlaybackEnded), typeof(CallEvent.SpeakStarted), typeof(CallEvent.SpeakEnded),
        typeof(CallEvent.ForkStarted), typeof(CallEvent.ForkStopped),       // no verb forks
        typeof(CallEvent.AgentStarted),     // whoever ordered it knows
        typeof(CallEvent.AgentTold), typeof(CallEvent.AgentGathering), typeof(CallEvent.AgentGatherEnded),
    ];

    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        // It may come when nothing but the recording's row remembers who commanded the call.
        if (happened is CallEvent.RecordingTranscribed written && Listeners.TargetOf(written.Tag) is { } target)
            return [Transcribed(written, target, at)];
        return happened switch
        {
            CallEvent call when IsTold(call) => Project(call, at, startedAt),
            ConferenceEvent conference => Project(conference, at),
            _ => [],
        };
    }

    /// <summary>Calls of documents; of others what was begun on them by the REST operations.</summary>
    private static bool IsTold(CallEvent happened)
    {
        if (happened.Leg.Application.Kind is ApplicationKind.Document) return true;
        var plan = (happened as CallEvent.RecordingStarted)?.Plan ?? (happened as CallEvent.RecordingSaved)?.Plan
            ?? (happened as CallEvent.RecordingFailed)?.Plan;
        return TexmlLabels.Have(plan?.Labels ?? happened.Leg.Labels);
    }

    private IReadOnlyList<OutboxMessage> Project(CallEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        var leg = happened.Leg;
        var language = parts.LanguageOf(leg.Labels, leg.Application);
        Follow(happened);
        return happened switch
        {
            CallEvent.LegInitiated e => Status("initiated", 0, "initiated", language.OfAttestation(e.Attestation)),
            CallEvent.LegRinging => Status("ringing", 1, "ringing", []),
            CallEvent.LegAnswered e => Status("answered", 2, "in-progress",
                [new("Codec", e.Codec), new("SamplingRate", e.SampleRate.ToString(CultureInfo.InvariantCulture))]),
            CallEvent.LegEnded e => Status("completed", 3, language.Ended(e),
                [.. language.OfEnd(e, at, startedAt), .. RecordingOf(leg, language)]),
            CallEvent.DigitReceived e => Labelled(TexmlLabels.Status, "dtmf", [new("Digits", e.Digit.ToString())]),
            CallEvent.MachineDetected e => Detected(StatusFields.Word(e.Verdict), isEnd: false, e.Verdict is MachineVerdict.Machine),
            CallEvent.MachineGreetingEnded e => Detected(StatusFields.Word(e.End), isEnd: true, isMachine: true),
            CallEvent.RecordingStarted e => OfRecording(e, e.Plan, "in-progress", at),
            CallEvent.RecordingSaved e => [.. HungUp(e, at), .. Recorded(e, at, startedAt)],
            CallEvent.RecordingFailed e => OfRecording(e, e.Plan, "absent", at),
            CallEvent.GatherHeard e => Labelled(TexmlLabels.Partial, "partial",
                [new(e.IsFinal ? "SpeechResult" : "UnstableSpeechResult", e.Text), .. StatusFields.OfConfidence(e.Confidence)]),
            CallEvent.SpeechTranscribed { IsOfAgent: true } => [],
            CallEvent.TranscriptionStarted e => Transcribing(e.Transcription, TranscriptionFields.OfStart(e)),
            CallEvent.TranscriptionEnded e => Transcribing(e.Transcription, TranscriptionFields.OfEnd(e)),
            CallEvent.SpeechTranscribed e when language.IsTwiml => Transcribing(e.Transcription, TranscriptionFields.Of(e)),
            CallEvent.SpeechTranscribed e => Labelled(TexmlLabels.Transcription, "transcription",
            [
                new("Transcript", e.Text), new("IsFinal", StatusFields.Word(e.IsFinal)),
                new("TranscriptionTrack", e.Track is TapTracks.Heard ? "outbound" : "inbound"), .. StatusFields.OfConfidence(e.Confidence),
            ]),
            CallEvent.StreamStarted e => Streamed(e.Stream, "stream-started", []),
            CallEvent.StreamStopped e => Streamed(e.Stream, "stream-stopped", []),
            CallEvent.StreamFailed e => Streamed(e.Stream, "stream-error", [new("StreamError", e.Reason)]),
            CallEvent.SiprecStarted e => Siprec(e.Session, "siprec-started", []),
            CallEvent.SiprecStopped e => Siprec(e.Session, "siprec-stopped", []),
            CallEvent.SiprecFailed e => Siprec(e.Session, "siprec-failed", [new("SiprecError", e.Reason)]),
            CallEvent.AgentEnded e => Talked(e),
            CallEvent.LegBridged or CallEvent.LegUnbridged or CallEvent.LegHeld or CallEvent.LegEnqueued or CallEvent.LegDequeued
                or CallEvent.LegHandedOver or CallEvent.LabelsChanged or CallEvent.Noted or CallEvent.VoiceChanged or CallEvent.InfoReceived
                or CallEvent.LegCharged or CallEvent.GatherEnded or CallEvent.ReferStarted or CallEvent.ReferEnded
                or CallEvent.PlaybackStarted or CallEvent.PlaybackEnded or CallEvent.SpeakStarted or CallEvent.SpeakEnded
                // See Ignored; the last of a recording that no document asked for.
                or CallEvent.ForkStarted or CallEvent.ForkStopped or CallEvent.AgentStarted or CallEvent.AgentTold
                or CallEvent.AgentGathering or CallEvent.AgentGatherEnded or CallEvent.RecordingTranscribed or CallEvent.ReferAsked => [],
            _ => throw new UnreachableException(),
        };

        IReadOnlyList<OutboxMessage> Status(string name, int number, string status, IEnumerable<KeyValuePair<string, string>> more)
        {
            var target = CallbackTarget.Read(leg.Labels[TexmlLabels.Status]);
            if (target is not null ? !target.Wants(name) : (target = OfApplication(leg)) is null) return [];
            // Where the application says where, and nobody says what, TwiML tells of ends alone.
            if (language.IsTwiml && target!.Events.Count == 0 && name is not "completed") return [];
            List<KeyValuePair<string, string>> fields =
            [
                .. language.OfCall(leg, status), new("CallbackSource", "call-progress-events"),
                new("SequenceNumber", number.ToString(CultureInfo.InvariantCulture)), new("Timestamp", language.Time(at)), .. more,
            ];
            if (!language.IsTwiml) fields.Add(new("CallInitiatedAt", language.Time(startedAt)));
            if (leg.Labels[TexmlLabels.Parent] is { } parent && !fields.Exists(field => field.Key == "ParentCallSid"))
                fields.AddRange(language.Named("ParentCallSid", parent));
            return [Message(happened, target!, name, fields, at)];
        }

        IReadOnlyList<OutboxMessage> Labelled(string label, string name, IEnumerable<KeyValuePair<string, string>> more) =>
            CallbackTarget.Read(leg.Labels[label]) is { } target && target.Wants(name)
                ? [Message(happened, target, name, [.. language.OfCall(leg, CallStatus.Live(leg)), .. more], at)] : [];

        // A machine is told once: where its end is asked for, by that.
        IReadOnlyList<OutboxMessage> Detected(string word, bool isEnd, bool isMachine) =>
            [.. DetectedBy(TexmlLabels.Status, word, isEnd, isMachine), .. DetectedBy(TexmlLabels.Detection, word, isEnd, isMachine)];

        IReadOnlyList<OutboxMessage> DetectedBy(string label, string word, bool isEnd, bool isMachine) =>
            CallbackTarget.Read(leg.Labels[label]) is not { } target || isMachine && target.Wants(TexmlLabels.AtEnd) != isEnd ? []
                : Labelled(label, "amd",
                [
                    new("AnsweredBy", word), new("MachineDetectionDuration",
                        ((long)(happened.At - (leg.AnsweredAt ?? happened.At)).TotalMilliseconds).ToString(CultureInfo.InvariantCulture)),
                ]);

        IReadOnlyList<OutboxMessage> Streamed(Guid stream, string what, IEnumerable<KeyValuePair<string, string>> more) =>
            Labelled(TexmlLabels.Stream, "stream",
            [
                new("StreamSid", language.Stream(stream)), new("StreamEvent", what), new("Timestamp", language.Time(at)),
                new("StreamName", Name(TexmlLabels.StreamName, language.Stream(stream))), .. more,
            ]);

        IReadOnlyList<OutboxMessage> Siprec(Guid session, string what, IEnumerable<KeyValuePair<string, string>> more) =>
            Labelled(TexmlLabels.Siprec, "siprec",
            [
                new("SiprecSid", language.Siprec(session)), new("SiprecEvent", what), new("Timestamp", language.Time(at)),
                new("SiprecName", Name(TexmlLabels.SiprecName, language.Siprec(session))), .. more,
            ]);

        // As TwiML has it: of that transcription alone which its callback was named for.
        IReadOnlyList<OutboxMessage> Transcribing(Guid transcription, IEnumerable<KeyValuePair<string, string>> more) =>
            !language.IsTwiml || CallbackTarget.Read(leg.Labels[TexmlLabels.Transcription]) is not { } target
                || !target.Wants(transcription.ToString("N")) ? []
                : [Message(happened, target, "transcription",
                    [.. language.OfCall(leg, CallStatus.Live(leg)), .. _transcriptions.Number(transcription, happened, at), .. more], at)];

        // Of a talk that ended with its call: of every other the next document's request tells.
        IReadOnlyList<OutboxMessage> Talked(CallEvent.AgentEnded ended)
        {
            var conversation = ended.Terms.Conversation;
            bool isOver = ended.Reason is AgentEnd.CallHangup or AgentEnd.NodeRestart;
            if (!isOver || CallbackTarget.Read(leg.Labels[TexmlLabels.Relay]) is not { } target) return [];
            if (!target.Wants(RelayService.Event) || !target.Wants(conversation.ToString("N"))) return [];
            var outcome = ended.Reason is AgentEnd.NodeRestart ? new RelayOutcome(RelayFault.Failed, null, "the node was restarted") : null;
            return [Message(happened, target, RelayService.Event,
                [.. language.OfCall(leg, "completed"), .. RelayService.FieldsOf(language.Talk(conversation), ended.Lasted, outcome)], at)];
        }

        string Name(string label, string sid) => leg.Labels[label] is { Length: > 0 } name ? name : sid;
    }

    private OutboxMessage Transcribed(CallEvent.RecordingTranscribed written, CallbackTarget target, DateTimeOffset at)
    {
        var format = target.Wants("wav") ? RecordFormat.Wav : RecordFormat.Mp3;
        var language = parts.LanguageOf(Listeners.SpeakerOf(target) ?? written.Leg.Application);
        List<KeyValuePair<string, string>> fields =
        [
            .. language.OfCall(written.Leg, CallStatus.Live(written.Leg)), new("TranscriptionSid", language.Text(written.Transcription)),
            new("TranscriptionStatus", written.Failure is null ? "completed" : "failed"), new("TranscriptionText", written.Text),
            new("RecordingSid", language.Recording(written.Recording)),
            new("RecordingUrl", RecordingFields.Url(written.Leg, written.Recording, format, language)),
        ];
        if (language.TextUrl(written.Leg.Tenant, written.Transcription) is { } url) fields.Add(new("TranscriptionUrl", url));
        return Message(written, target, "transcription", fields, at);
    }

    private void Follow(CallEvent happened)
    {
        if (happened.Leg.Application.Kind is not ApplicationKind.Document) return;
        var plan = (happened as CallEvent.RecordingStarted)?.Plan ?? (happened as CallEvent.RecordingSaved)?.Plan;
        if (plan is null || RecordingSource.Of(plan) is not RecordingSource.Outbound) return;
        // One that is saved behind the call's end has nobody left who could be told.
        if (happened is CallEvent.RecordingStarted || _recordings.ContainsKey(happened.Leg.Id)) _recordings[happened.Leg.Id] = happened;
    }

    /// <summary>Its length is known where it has been saved by then: the call may have ended with it.</summary>
    private IEnumerable<KeyValuePair<string, string>> RecordingOf(LegFacts leg, Language language)
    {
        if (!_recordings.TryRemove(leg.Id, out var last)) return [];
        if (last is CallEvent.RecordingSaved { Length.Ticks: > 0 } saved)
        {
            return RecordingFields.Of(saved, language, RecordingSource.Outbound)
                .Where(field => field.Key is "RecordingSid" or "RecordingUrl" or "RecordingDuration");
        }
        if (last is not CallEvent.RecordingStarted { Plan: var plan }) return [];
        return
        [
            new("RecordingSid", language.Recording(plan.Id)),
            new("RecordingUrl", RecordingFields.Url(leg, plan.Id, plan.Format, language, plan.FileName)),
        ];
    }

    /// <summary>Of a call that came to it; those that documents dialled are told of where these say.</summary>
    private CallbackTarget? OfApplication(LegFacts leg) =>
        leg.Application.Kind is ApplicationKind.Document && TexmlParts.IsOfConnection(leg.Application)
        && parts.Routing.Current.FindConnection(leg.Tenant, leg.Connection) is { Status: { Url: { } url } sink }
            ? new(sink.Method, [], url) : null;

    private IReadOnlyList<OutboxMessage> OfRecording(CallEvent happened, RecordPlan? plan, string status, DateTimeOffset at)
    {
        if (plan is null || RecordingSource.TargetOf(plan) is not var (source, target) || !target.Wants(status)) return [];
        var language = parts.LanguageOf(plan.Labels, happened.Leg.Application);
        var call = language.OfCall(happened.Leg, CallStatus.Live(happened.Leg));
        return [Message(happened, target, "recording",
            [.. call, .. RecordingFields.Of(plan, language), new("RecordingStatus", status), new("RecordingSource", source)], at)];
    }

    /// <summary>Of a Record whose caller has hung up: its document is gone, and its action hears what there is all the same.</summary>
    private IReadOnlyList<OutboxMessage> HungUp(CallEvent.RecordingSaved saved, DateTimeOffset at)
    {
        if (saved.Reason is not RecordEndReason.Hangup || saved.Length <= TimeSpan.Zero
            || CallbackTarget.Read(saved.Plan.Labels?[TexmlLabels.Action]) is not { } target) return [];
        var language = parts.LanguageOf(saved.Leg.Application);
        List<KeyValuePair<string, string>> fields =
        [
            .. language.OfCall(saved.Leg, CallStatus.Completed), .. RecordingFields.Of(saved, language, RecordVerb.Source),
            new("Digits", RecordVerb.HungUp),
        ];
        return [Message(saved, target, "action", language.Told(fields), at)];
    }

    private IReadOnlyList<OutboxMessage> Recorded(CallEvent.RecordingSaved saved, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (saved.Length <= TimeSpan.Zero) return OfRecording(saved, saved.Plan, "absent", at);
        if (RecordingSource.TargetOf(saved.Plan) is not var (source, target) || !target.Wants("completed")) return [];
        var language = parts.LanguageOf(saved.Plan.Labels, saved.Leg.Application);
        var call = language.OfCall(saved.Leg, CallStatus.Live(saved.Leg));
        var fields = RecordingFields.Of(saved, language, source)
            .Where(field => field.Key is not "RecordingUrl" || !target.Wants(TexmlLabels.WithoutUrl));
        return [Message(saved, target, "recording",
            [.. call, .. fields, .. language.OfRecording(saved.Plan, startedAt + (saved.StartedAt - saved.Leg.StartedAt))], at)];
    }

    private IReadOnlyList<OutboxMessage> Project(ConferenceEvent happened, DateTimeOffset at)
    {
        var facts = happened.Conference;
        bool isEnd = happened is ConferenceEvent.ConferenceEnded;
        // One that began before the process did has nobody who could be told.
        if (isEnd && !_histories.ContainsKey(facts.Id)) return [];
        var history = _histories.GetOrAdd(facts.Id, static _ => new());
        if (isEnd) _histories.TryRemove(facts.Id, out _);
        return [.. history.See(happened).SelectMany(news => Told(happened, news, history, at))];
    }

    /// <summary>What happens to the conference itself is told to who made it, and to who was dialled into it: each address once.</summary>
    private IEnumerable<OutboxMessage> Told(ConferenceEvent happened, ConferenceStep news, ConferenceHistory history, DateTimeOffset at)
    {
        int number = history.NextNumber();
        IEnumerable<ConferenceParty> parties = news.Who is { } who ? [who] : history.Asking.Prepend(happened.Conference.Creator);
        return parties.Select(party => Told(happened, news, party, number, at)).OfType<OutboxMessage>().DistinctBy(message => message.Url);
    }

    private OutboxMessage? Told(ConferenceEvent happened, ConferenceStep news, ConferenceParty party, int number, DateTimeOffset at)
    {
        var facts = happened.Conference;
        // In TwiML who made it is told of all, but of those who say where else.
        if (party.Labels[TexmlLabels.Conference] is null && parts.LanguageOf(facts.Creator.Labels).IsTwiml) party = facts.Creator;
        if (CallbackTarget.Read(party.Labels[TexmlLabels.Conference]) is not { } target) return null;
        if (!target.Wants(ConferenceHistory.Short(news.Name))) return null;
        var language = parts.LanguageOf(party.Labels);
        List<KeyValuePair<string, string>> fields =
        [
            new("AccountSid", language.Account(facts.Tenant)), new("ConferenceSid", language.Conference(facts.Uuid)),
            new("FriendlyName", facts.Name), new("StatusCallbackEvent", news.Name),
            new("SequenceNumber", number.ToString(CultureInfo.InvariantCulture)), new("Timestamp", language.Time(at)), .. news.More,
        ];
        if (!language.IsTwiml) fields.Add(new("ConnectionId", party.Connection.ToString()));
        else fields.AddRange(news.OfAnnouncement());
        if (language.IsTwiml && happened is ConferenceEvent.ConferenceEnded { By: { } last })
        {
            fields.Add(new("CallSidEndingConference", language.Call(facts.Tenant, last.Leg)));
            if (last.Labels[TexmlLabels.ParticipantLabel] is { } name) fields.Add(new("ParticipantLabelEndingConference", name));
        }
        if (news.Who is { } who)
        {
            fields.AddRange(language.Named("CallSid", language.Call(facts.Tenant, who.Leg)));
            if (who.Labels[TexmlLabels.ParticipantLabel] is { } label) fields.Add(new("ParticipantLabel", label));
            if (language.IsTwiml) fields.AddRange([.. news.OfPart(), .. news.OfLeaving()]);
        }
        return Message(happened, target, news.Name, fields, at);
    }

    private static OutboxMessage Message(SubjectEvent happened, CallbackTarget target, string type,
        IEnumerable<KeyValuePair<string, string>> fields, DateTimeOffset at)
    {
        var body = new JsonObject();
        foreach (var (name, value) in fields) body[name] = value;
        return new()
        {
            Id = Guid.CreateVersion7(at),
            Tenant = happened.Tenant,
            OrderKey = happened.Subject.OrderKey,
            Format = TexmlWebhookFormat.FormatName,
            EventType = $"texml.{type}",
            Url = target.Url,
            Method = target.Method,
            Timeout = TimeSpan.FromSeconds(5),
            OccurredAt = at,
            Body = body.ToJsonString(TelnyxJson.Plain),
        };
    }
}
