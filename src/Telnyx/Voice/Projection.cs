using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Speech;
using Ringwright.Telnyx.Voice.Conferences;

namespace Ringwright.Telnyx.Voice;

/// <summary>
/// Call events as webhooks of the contract. What it leaves out is listed in <see cref="Ignored"/>; the two together are all call events.
/// </summary>
/// <param name="mintId">Makes event ids; a seeded one in tests and in the simulator.</param>
/// <param name="isHeard">Whether somebody listens to a tenant's events; null when nobody does.</param>
public sealed class TelnyxProjector(Ids ids, IRouting routing, DownloadLinks links, Func<Guid>? mintId = null,
    Func<TenantId, bool>? isHeard = null) : IProjector
{
    /// <summary>The event that ends a leg.</summary>
    internal const string Ending = "call.hangup";

    /// <summary>The one that tells of no event.</summary>
    private const string InsightsGenerated = "call.conversation_insights.generated";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    private readonly Func<Guid> _mintId = mintId ?? (static () => Guid.CreateVersion7());

    /// <summary>Events without a webhook among the contract's 64.</summary>
    public static IReadOnlyList<Type> Ignored { get; } =
    [
        typeof(CallEvent.LegRinging),       // no webhook tells of ringing
        typeof(CallEvent.LegHeld),          // call.hold and call.unhold are newer than this contract
        typeof(CallEvent.LabelsChanged),    // later events carry the new labels
        typeof(CallEvent.VoiceChanged),     // asked for by the lab only
        typeof(CallEvent.RecordingStarted), // record_start has no webhook
        typeof(CallEvent.TranscriptionStarted), // transcription_start has no webhook
        typeof(CallEvent.TranscriptionEnded),   // nor has its end, whatever it ended by: log, metric and call trace have it
        typeof(CallEvent.AgentTold),        // its customer has said it
        typeof(CallEvent.LegUnbridged),     // whoever left it says so: call.hangup, or call.bridged with another
        typeof(CallEvent.Noted),            // for people: the call trace has them
        typeof(CallEvent.GatherHeard),      // its gathers take keys alone
        typeof(CallEvent.ReferAsked),       // of legs that documents dial
        typeof(CallEvent.LegHandedOver),    // voicemail is the node's own; call.answered and call.hangup follow
    ];

    /// <summary>
    /// The contract's names of the webhooks that are really sent.
    /// call.sip_info.received, call.cost and call.conversation.created are sent too, which are none of them.
    /// </summary>
    public static IReadOnlyList<string> Emitted { get; } =
    [
        "callInitiated", "callAnswered", "callBridged", "callHangup", "callDtmfReceived", "callGatherEnded",
        "callPlaybackStarted", "callPlaybackEnded", "callSpeakStarted", "callSpeakEnded", "callMachineDetectionEnded",
        "callMachineGreetingEnded", "callMachinePremiumDetectionEnded", "callMachinePremiumGreetingEnded",
        "callRecordingSaved", "callRecordingError", "callRecordingTranscriptionSaved",
        "callReferStarted", "callReferCompleted", "callReferFailed", "callEnqueued", "callLeftQueue",
        "callStreamingStarted", "callStreamingStopped", "callStreamingFailed",
        "streamingStarted", "streamingStopped", "streamingFailed",      // the same by second names
        "transcription", "callForkStarted", "callForkStopped", "callSiprecStarted", "callSiprecStopped", "callSiprecFailed",
        "callConversationEnded", "callConversationInsightsGenerated",
        "CallAIGatherEnded", "CallAIGatherPartialResults", "CallAIGatherMessageHistoryUpdated",
        .. ConferenceProjection.Emitted,
    ];

    /// <summary>Their types, as <c>webhook_urls</c> of a call names them.</summary>
    public static IReadOnlyList<string> EventTypes { get; } =
    [
        "call.initiated", "call.answered", "call.bridged", "call.hangup", "call.dtmf.received", "call.gather.ended",
        "call.playback.started", "call.playback.ended", "call.speak.started", "call.speak.ended", "call.machine.detection.ended",
        "call.machine.greeting.ended", "call.machine.premium.detection.ended", "call.machine.premium.greeting.ended",
        "call.recording.saved", "call.recording.error", "call.recording.transcription.saved",
        "call.refer.started", "call.refer.completed", "call.refer.failed", "call.enqueued", "call.dequeued",
        "streaming.started", "streaming.stopped", "streaming.failed", "call.transcription",
        "call.fork.started", "call.fork.stopped",
        "siprec.started", "siprec.stopped", "siprec.failed", "call.conversation.created", "call.conversation.ended", InsightsGenerated,
        "call.ai_gather.ended", "call.ai_gather.partial_results", "call.ai_gather.message_history_updated",
        "call.sip_info.received", "call.cost", .. ConferenceProjection.EventTypes,
    ];

    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt) =>
        happened is CallEvent call ? Project(call, at, startedAt) : happened is ConferenceEvent conference ? Project(conference, at) : [];

    private OutboxMessage[] Project(ConferenceEvent happened, DateTimeOffset at)
    {
        if (ConferenceProjection.Describe(happened) is not var (eventType, who, fields)) return [];
        var (facts, of) = (happened.Conference, who ?? happened.Conference.Creator);
        var connection = routing.Current.FindConnection(facts.Tenant, of.Connection);
        var sink = connection?.Events;
        // The node's documents command its calls, and their servers are told otherwise.
        if (connection is not null && sink is null) return [];
        var payload = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["conference_id"] = facts.Uuid.ToString(),
            ["connection_id"] = of.Connection.ToString(),
            ["occurred_at"] = TelnyxTime.Micros(at),
        };
        if (who is not null)
        {
            payload["call_control_id"] = ids.CallControl(facts.Tenant, who.Leg);
            payload["call_leg_id"] = who.Uuid.ToString();
            payload["call_session_id"] = who.Session.ToString();
            payload["client_state"] = who.Labels[TelnyxLabels.ClientState];
        }
        foreach (var (name, value) in fields) payload.Add(name, value);
        // What names a call stands in the call's order, so that no part of it is told behind the call's end.
        return Message(happened, sink, of.Labels, eventType, () => payload, at, who is null ? null : Subject.Of(who.Leg));
    }

    private OutboxMessage[] Project(CallEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        var leg = happened.Leg;
        var snapshot = routing.Current;
        var connection = snapshot.FindConnection(leg.Tenant, leg.Connection);
        var sink = connection?.Events;
        if (connection is not null && sink is null) return [];
        // What is said in a mailbox, and pressed, is told to nobody.
        if (leg.Application.IsConfidential && happened.Stage is not (LifeStage.First or LifeStage.Last)
            && happened is not (CallEvent.LegAnswered or CallEvent.LegCharged)) return [];
        // Only who asked for it hears of prices.
        if (happened is CallEvent.LegCharged && connection is not { TellsCost: true }) return [];
        // Without a label no event of the call has an address of its own: what nobody hears is not put into words.
        if (leg.Labels.Values.Count == 0 && !IsHeard(leg.Tenant, sink, url: sink?.Url ?? "")) return [];

        return Describe(happened, at, startedAt, snapshot) is var (eventType, fields)
            ? Message(happened, sink, leg.Labels, eventType, () => Payload(leg, fields), at) : [];
    }

    /// <summary>
    /// What was found out of a talk on a call, told to who hears of the call, behind all its events. It is no event itself: what was said
    /// is not in the ledger.
    /// </summary>
    /// <param name="results">Of insights by their ids.</param>
    public IReadOnlyList<OutboxMessage> TellInsights(LegRow leg, Guid conversation, string group, JsonArray results, DateTimeOffset at)
    {
        var connection = routing.Current.FindConnection(leg.Tenant, leg.Connection);
        var sink = connection?.Events;
        return connection is not null && sink is null ? [] : Message(leg.Tenant, Subject.Of(leg.Id).OrderKey, sink, leg.Labels,
            InsightsGenerated, () => Payload(FactsOf(leg), Insights(conversation, group, results)), at);
    }

    /// <summary>The same for an address of its own, which may not know the call.</summary>
    /// <param name="leg">Null when it is not kept any more.</param>
    public OutboxMessage InsightsTo(string url, TenantId tenant, LegRow? leg, Guid conversation, string group, JsonArray results,
        DateTimeOffset at)
    {
        var fields = Insights(conversation, group, results);
        return Message(tenant, $"insights {conversation}", null, Labels.Of((TelnyxLabels.WebhookUrl, url)), InsightsGenerated,
            () => leg is null ? fields.Select(field => KeyValuePair.Create(field.Name, field.Value)) : Payload(FactsOf(leg), fields),
            at)[0];     // it has a URL
    }

    private static (string Name, JsonNode? Value)[] Insights(Guid conversation, string group, JsonArray results) =>
        [("conversation_id", conversation.ToString()), ("insight_group_id", group), ("results", results.DeepClone())];

    /// <summary>As much as a payload shows of a leg that is over.</summary>
    private static LegFacts FactsOf(LegRow leg) => new()
    {
        Id = leg.Id, Uuid = leg.Uuid, Session = leg.Session, Tenant = leg.Tenant, Connection = leg.Connection, Direction = leg.Direction,
        From = leg.From, To = leg.To, StartedAt = default, Labels = leg.Labels,
    };

    /// <param name="sink">Null where the call came by no connection.</param>
    /// <param name="labels">Of the leg that it tells of.</param>
    /// <param name="among">In whose order it is told; null where that is whom it happened to.</param>
    private OutboxMessage[] Message(SubjectEvent happened, EventSink? sink, Labels labels, string eventType,
        Func<IEnumerable<KeyValuePair<string, JsonNode?>>> payload, DateTimeOffset at, Subject? among = null) =>
        Message(happened.Tenant, (among ?? happened.Subject).OrderKey, sink, labels, eventType, payload, at,
            // Of events only this one has it.
            hasCreatedAt: happened is CallEvent.AgentEnded);

    private OutboxMessage[] Message(TenantId tenant, string orderKey, EventSink? sink, Labels labels, string eventType,
        Func<IEnumerable<KeyValuePair<string, JsonNode?>>> payload, DateTimeOffset at, bool hasCreatedAt = false)
    {
        string? urlOfType = labels.Values.Count == 0 ? null : labels[TelnyxLabels.WebhookUrlOf + eventType];
        string url = urlOfType ?? labels[TelnyxLabels.WebhookUrl] ?? sink?.Url ?? "";
        if (!IsHeard(tenant, sink, url)) return [];

        var id = _mintId();
        return
        [
            new OutboxMessage
            {
                Id = id,
                Tenant = tenant,
                OrderKey = orderKey,
                Format = TelnyxWebhookFormat.FormatName,
                EventType = eventType,
                Url = url,
                FailoverUrl = sink?.FailoverUrl,
                Retries = sink?.Retries ?? routing.Current.FindTenant(tenant)?.WebhookRetries ?? RetrySchedule.Short,
                Method = labels[urlOfType is null ? TelnyxLabels.WebhookMethod : TelnyxLabels.WebhookMethodOfTypes] ?? "POST",
                Timeout = sink?.Timeout ?? DefaultTimeout,
                OccurredAt = at,
                Body = TelnyxEvent.TextOf(id, eventType, at, payload(), hasCreatedAt),
                Version = sink?.Version ?? "2",
            },
        ];
    }

    /// <summary>Without a URL an application's events are for those alone who listen to them.</summary>
    private bool IsHeard(TenantId tenant, EventSink? sink, string url) =>
        url.Length > 0 || (sink is not null && isHeard?.Invoke(tenant) is true);

    /// <summary>The event's name and the fields that it has beside the shared ones; null when no webhook tells of it.</summary>
    private (string EventType, (string Name, JsonNode? Value)[] Fields)? Describe(
        CallEvent happened, DateTimeOffset at, DateTimeOffset startedAt, RoutingSnapshot snapshot)
    {
        var leg = happened.Leg;
        return happened switch
        {
            CallEvent.LegInitiated e => ("call.initiated",
            [
                .. Lifecycle(leg, startedAt, snapshot, e.IsLinked ? "bridging" : "parked"),
                .. e.IsSuspect is true ? Field("call_screening_result", "spam_likely") : [],
                ("caller_id_name", leg.CallerName ?? leg.From),
                ("connection_codecs", string.Join(',', e.ConnectionCodecs)),
                ("direction", leg is { Direction: Direction.Inbound, IsPlacedByCustomer: false } ? "incoming" : "outgoing"),
                .. leg.FromUri is null ? [] : Field("from_sip_uri", leg.FromUri),
                ("offered_codecs", string.Join(',', e.OfferedCodecs)),
                .. e.Attestation?.Level is { } level ? Field("shaken_stir_attestation", level.ToString()) : [],
                .. e.Attestation?.Verification is { } verified
                    ? Field("shaken_stir_validated", verified is CallerVerification.Passed) : [],
                .. leg.ToUri is null ? [] : Field("to_sip_uri", leg.ToUri),
            ]),
            CallEvent.LegAnswered e => ("call.answered",
            [
                .. Lifecycle(leg, startedAt, snapshot, "answered"),
                ("codec", e.Codec),
                ("sampling_rate", e.SampleRate),
            ]),
            CallEvent.LegBridged => ("call.bridged", Parties(leg)),
            CallEvent.LegEnded e => (Ending, [.. Lifecycle(leg, startedAt, snapshot, "hangup"), .. Ended(e, at)]),
            CallEvent.DigitReceived e => ("call.dtmf.received", [.. Parties(leg), ("digit", e.Digit.ToString())]),
            CallEvent.InfoReceived e => ("call.sip_info.received", [("body", e.Body), ("content_type", e.ContentType)]),
            CallEvent.LegEnqueued e => ("call.enqueued",
            [
                ("current_position", e.Position), ("queue", e.Name), ("queue_avg_wait_time_secs", (long)e.AverageWait.TotalSeconds),
            ]),
            CallEvent.LegDequeued e => ("call.dequeued",
            [
                ("queue", e.Name), ("queue_position", e.Position), ("reason", EventWords.Of(e.Reason)),
                ("wait_time_secs", (long)e.Waited.TotalSeconds),
            ]),
            CallEvent.ReferStarted => ("call.refer.started", [.. Parties(leg), ("sip_notify_response", 100)]),
            CallEvent.ReferEnded e =>
                (e.IsSuccess ? "call.refer.completed" : "call.refer.failed", [.. Parties(leg), ("sip_notify_response", e.SipStatus)]),
            CallEvent.GatherEnded e => ("call.gather.ended",
            [
                .. Parties(leg),
                ("digits", e.Digits),
                .. e.GatherId is null ? [] : Field("gather_id", e.GatherId),
                ("status", EventWords.Of(e.Status)),
            ]),
            CallEvent.PlaybackStarted e => ("call.playback.started", [.. Media(e.Source, e.IsOverlay)]),
            CallEvent.PlaybackEnded e =>
                ("call.playback.ended",
                [
                    .. Media(e.Source, e.IsOverlay),
                    ("status", EventWords.Of(e.Status)),
                    ("status_detail", e.Detail ?? ""),
                ]),
            // What an agent says, and what is said to it, is told by its conversation.
            CallEvent.SpeakStarted { IsOfAgent: true } or CallEvent.SpeakEnded { IsOfAgent: true }
                or CallEvent.SpeechTranscribed { IsOfAgent: true } => null,
            CallEvent.SpeakStarted e => ("call.speak.started",
            [
                ("speak_id", Ids.Speak(e.Speak)), .. e.Warning is null ? [] : Field("warning", e.Warning),
            ]),
            CallEvent.SpeakEnded e => ("call.speak.ended", [("speak_id", Ids.Speak(e.Speak)), ("status", EventWords.Of(e.Status))]),
            CallEvent.MachineDetected e =>
                (e.IsClassified ? "call.machine.premium.detection.ended" : "call.machine.detection.ended",
                    [.. Parties(leg), ("result", EventWords.Of(e.Verdict))]),
            CallEvent.MachineGreetingEnded e =>
                (e.IsClassified ? "call.machine.premium.greeting.ended" : "call.machine.greeting.ended",
                    [.. Parties(leg), ("result", EventWords.Of(e.End))]),
            CallEvent.RecordingSaved { Plan.Conference: { } conference } e =>
                (ConferenceProjection.RecordingSaved, [.. Saved(e, at), ("conference_id", conference.ToString())]),
            // The parties are beside the contract: the vendor tells them, as it does of most events of a call.
            CallEvent.RecordingSaved e => ("call.recording.saved", [.. Parties(leg), .. Saved(e, at)]),
            CallEvent.LegCharged e => ("call.cost", Cost(e.Charge, snapshot.FindConnection(leg.Tenant, leg.Connection))),
            CallEvent.StreamStarted e => ("streaming.started", [("stream_id", e.Stream.ToString()), ("stream_url", e.Url)]),
            CallEvent.StreamStopped e => ("streaming.stopped", [("stream_id", e.Stream.ToString()), ("stream_url", e.Url)]),
            CallEvent.StreamFailed e => ("streaming.failed",
            [
                ("failure_reason", e.Reason),
                ("stream_id", e.Stream.ToString()),
                ("stream_params", new JsonObject { ["stream_url"] = e.Url, ["track"] = EventWords.Of(e.Tracks) }),
                ("stream_type", "websocket"),
            ]),
            CallEvent.RecordingFailed { Upload: UploadFault.Refused } e =>
                ("call.recording.error", RecordingError("Failed to authorize with storage using custom credentials", e)),
            CallEvent.SpeechTranscribed e => ("call.transcription", [("transcription_data", Transcribed(e))]),
            // The one type of fork that there is; why one stopped by itself is in the call's trace.
            CallEvent.ForkStarted => ("call.fork.started", [("stream_type", "decrypted")]),
            CallEvent.ForkStopped => ("call.fork.stopped", [("stream_type", "decrypted")]),
            CallEvent.SiprecStarted => ("siprec.started", []),
            // Ended in order by whichever side: all else is a failure.
            CallEvent.SiprecStopped => ("siprec.stopped", [("hangup_cause", "normal_clearing")]),
            CallEvent.SiprecFailed e => ("siprec.failed", [("failure_cause", e.Reason)]),
            // Newer clients know it.
            CallEvent.AgentStarted e => ("call.conversation.created", Converses(e.Leg, e.Terms)),
            CallEvent.AgentEnded e => ("call.conversation.ended",
            [
                .. Converses(e.Leg, e.Terms), ("duration_sec", (long)e.Lasted.TotalSeconds), ("reason", e.Reason),
            ]),
            CallEvent.AgentGathering { Change: GatherChange.Result, Terms.Gather.TellsResults: true } e =>
                ("call.ai_gather.partial_results", [.. Gathered(leg, e.State), ("partial_results", JsonNode.Parse(e.State.Result))]),
            CallEvent.AgentGathering { Change: GatherChange.Messages, Terms.Gather.TellsMessages: true } e =>
                ("call.ai_gather.message_history_updated", Gathered(leg, e.State)),
            CallEvent.AgentGathering => null,       // it has begun, or nobody has asked for this
            CallEvent.AgentGatherEnded e => ("call.ai_gather.ended",
            [
                .. Gathered(leg, e.State),
                ("result", JsonNode.Parse(e.State.Result)),
                ("status", e.State.IsComplete ? "valid" : "invalid"),
            ]),
            CallEvent.RecordingFailed e => ("call.recording.error", RecordingError("Internal server error", e)),
            // The contract tells of none that failed: the transcription says so itself, and the call's trace why.
            CallEvent.RecordingTranscribed { Failure: not null } => null,
            CallEvent.RecordingTranscribed e => ("call.recording.transcription.saved",
            [
                ("recording_id", e.Recording.ToString()), ("recording_transcription_id", e.Transcription.ToString()),
                ("status", "completed"), ("transcription_text", e.Text),
            ]),
            CallEvent.LegRinging or CallEvent.LegHeld or CallEvent.LabelsChanged or CallEvent.VoiceChanged or CallEvent.RecordingStarted
                or CallEvent.LegUnbridged or CallEvent.Noted or CallEvent.LegHandedOver or CallEvent.GatherHeard
                or CallEvent.TranscriptionStarted or CallEvent.AgentTold or CallEvent.ReferAsked
                or CallEvent.TranscriptionEnded => null,        // see Ignored
            _ => throw new UnreachableException(),
        };
    }

    private static JsonObject Transcribed(CallEvent.SpeechTranscribed heard)
    {
        var data = new JsonObject();
        // Not every recogniser tells one, and 0 would be a lie.
        if (heard.Confidence is { } confidence) data["confidence"] = confidence;
        data["is_final"] = heard.IsFinal;
        data["transcript"] = heard.Text;
        data["transcription_track"] = EventWords.OfOne(heard.Track);
        return data;
    }

    /// <summary>Names as they were asked for; what was not named is left out. Newer clients know why it has ended.</summary>
    private static (string, JsonNode?)[] Converses(LegFacts leg, AgentTerms terms)
    {
        var (provider, voiceModel, voice) = VoiceNames.Parts(terms.Voice);
        var fields = new (string Name, string? Value)[]
        {
            ("assistant_id", terms.Assistant), ("llm_model", terms.Model), ("stt_model", terms.Recogniser),
            ("tts_provider", provider), ("tts_model_id", voiceModel), ("tts_voice_id", voice),
        };
        return
        [
            .. Parties(leg),
            ("conversation_id", terms.Conversation.ToString()),
            .. fields.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => (field.Name, (JsonNode?)field.Value)),
        ];
    }

    private static (string, JsonNode?)[] Gathered(LegFacts leg, AgentGathered state) =>
        [.. Parties(leg), ("message_history", JsonNode.Parse(state.Messages))];

    private static (string, JsonNode?)[] Cost(Charge charge, Connection? connection) =>
    [
        ("billed_duration_secs", charge.BilledSeconds),
        ("cost_parts", new JsonArray(new JsonObject
        {
            ["billed_duration_secs"] = charge.BilledSeconds,
            ["call_part"] = connection is { IsEquipment: true } ? "sip-trunking" : "call-control",
            ["cost"] = Units(charge.Micros),
            ["currency"] = charge.Currency,
            ["rate"] = Units(charge.MicrosPerMinute),
        })),
        ("status", "valid"),    // the contract's word for it
        ("total_cost", Units(charge.Micros)),
    ];

    private static decimal Units(long micros) => micros / 1_000_000m;

    private (string, JsonNode?)[] Saved(CallEvent.RecordingSaved saved, DateTimeOffset at)
    {
        var startedAt = at - (saved.At - saved.StartedAt);
        string started = TelnyxTime.Micros(startedAt), ended = TelnyxTime.Micros(at - (saved.At - saved.EndedAt));
        string link = links.ToRecording(saved.Leg.Tenant, saved.Plan.Id, Recordings.FileName(saved.Plan, saved.Leg.Uuid, startedAt), at);
        string format = Recordings.Word(saved.Plan.Format);
        return
        [
            ("channels", Recordings.ChannelsOf(saved.Plan)),
            ("duration_millis", (long)saved.Length.TotalMilliseconds),
            ("format", format),
            ("public_recording_urls", new JsonObject { [format] = link }),
            ("recording_id", saved.Plan.Id.ToString()),
            ("recording_urls", new JsonObject { [format] = link }),
            .. Recordings.Span(started, ended, isOfCall: saved.Plan.Conference is null),
            .. Recordings.Gaps(saved.Gaps),
        ];
    }

    /// <summary>The contract's word, and beside the contract what happened.</summary>
    private static (string, JsonNode?)[] RecordingError(string reason, CallEvent.RecordingFailed failed) =>
        [("detail", failed.Detail), ("reason", reason)];

    /// <summary>In the order of their names, as the contract shows them.</summary>
    private KeyValuePair<string, JsonNode?>[] Payload(LegFacts leg, (string Name, JsonNode? Value)[] fields)
    {
        KeyValuePair<string, JsonNode?>[] shared =
        [
            new("call_control_id", ids.CallControl(leg.Tenant, leg.Id)),
            new("call_leg_id", leg.Uuid.ToString()),
            new("call_session_id", leg.Session.ToString()),
            new("calling_party_type", leg.From.StartsWith('+') ? "pstn" : "sip"),
            new("client_state", leg.Labels[TelnyxLabels.ClientState]),
            new("connection_id", leg.Connection.ToString()),
        ];
        var all = new KeyValuePair<string, JsonNode?>[shared.Length + fields.Length];
        shared.CopyTo(all, 0);
        for (int i = 0; i < fields.Length; i++) all[shared.Length + i] = new(fields[i].Name, fields[i].Value);
        Array.Sort(all, static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return all;
    }

    private static (string, JsonNode?)[] Field(string name, JsonNode? value) => [(name, value)];

    private static (string, JsonNode?)[] Parties(LegFacts leg) => [("from", leg.From), ("to", leg.To)];

    private static (string, JsonNode?)[] Lifecycle(LegFacts leg, DateTimeOffset startedAt, RoutingSnapshot snapshot, string state)
    {
        string own = leg.Direction is Direction.Inbound ? leg.To : leg.From;
        return
        [
            .. Parties(leg),
            ("custom_headers", Headers(leg, isCustom: true)),
            ("sip_headers", Headers(leg, isCustom: false)),
            ("start_time", TelnyxTime.Micros(startedAt)),
            ("state", state),
            ("tags", new JsonArray([.. (snapshot.FindNumber(own)?.Tags ?? []).Select(tag => (JsonNode)tag)])),
        ];
    }

    private static JsonArray Headers(LegFacts leg, bool isCustom)
    {
        var list = new JsonArray();
        foreach (var header in leg.Headers)
        {
            bool isStandard = header.Name.Equals("User-to-User", StringComparison.OrdinalIgnoreCase)
                || header.Name.Equals("Diversion", StringComparison.OrdinalIgnoreCase);
            if (isStandard != isCustom) list.Add((JsonNode)new JsonObject { ["name"] = header.Name, ["value"] = header.Value });
        }
        return list;
    }

    private static (string, JsonNode?)[] Ended(CallEvent.LegEnded ended, DateTimeOffset at)
    {
        var words = HangupMap.Of(ended);
        return
        [
            ("call_quality_stats", Quality(ended.Quality)),
            ("end_time", TelnyxTime.Micros(at - (ended.At - ended.EndedAt()))),
            ("hangup_cause", words.Cause),
            ("hangup_source", words.Source),
            ("sip_hangup_cause", words.SipCause),
        ];
    }

    private static JsonObject? Quality(MediaQuality? quality) => quality is null ? null : new()
    {
        ["inbound"] = new JsonObject
        {
            ["jitter_max_variance"] = quality.JitterMaxMilliseconds.ToString("F2", CultureInfo.InvariantCulture),
            ["jitter_packet_count"] = Count(Math.Max(0, quality.PacketsReceived - quality.PacketsSkipped)),
            ["mos"] = quality.Mos.ToString("F2", CultureInfo.InvariantCulture),
            ["packet_count"] = Count(quality.PacketsReceived),
            ["skip_packet_count"] = Count(quality.PacketsLost + quality.PacketsSkipped),
        },
        ["outbound"] = new JsonObject
        {
            ["packet_count"] = Count(quality.PacketsSent),
            ["skip_packet_count"] = "0",        // the tick sends each frame or the leg has ended
        },
    };

    private static string Count(long packets) => packets.ToString(CultureInfo.InvariantCulture);

    /// <summary>The URL or the name, whichever was said; playback_content has neither.</summary>
    private static (string, JsonNode?)[] Media(PromptSource source, bool isOverlay) => source switch
    {
        PromptSource.Url url => [("media_url", url.Address), ("overlay", isOverlay)],
        PromptSource.Stored stored => [("media_name", stored.Name), ("overlay", isOverlay)],
        PromptSource.Content or PromptSource.Speech or PromptSource.Tone or PromptSource.Message or PromptSource.Recording
            or PromptSource.Sequence => [("overlay", isOverlay)],
        _ => throw new UnreachableException(),
    };
}
