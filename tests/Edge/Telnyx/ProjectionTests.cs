using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Voice;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

public sealed class ProjectionTests
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Instant At = new(5_000_000_000);
    private static readonly Guid Thing = new("9f0b1a2c-3d4e-4f50-8a6b-7c8d9e0f1a2b");
    private static readonly AgentTerms Gatherer = new(Thing) { Gather = new() { TellsResults = true, TellsMessages = true } };
    private static readonly AgentGathered Half = new("{\"age\":42}",
        "[{\"content\":\"How old are you?\",\"role\":\"assistant\"},{\"content\":\"I am 42.\",\"role\":\"user\"}]", IsComplete: false);
    private static readonly MediaQuality Quality = new()
    {
        PacketsReceived = 600, PacketsLost = 7, PacketsSkipped = 2, PacketsSent = 610, JitterMaxMilliseconds = 2.744, Mos = 4.4968,
    };

    public static TheoryData<string> Names => new(Events.Keys);

    private static readonly Dictionary<string, CallEvent> Events = new()
    {
        ["call.initiated-incoming"] = new CallEvent.LegInitiated
        {
            Leg = Samples.Facts(), At = At, OfferedCodecs = ["G722", "PCMU"], ConnectionCodecs = ["PCMU", "PCMA", "G722"]
        },
        ["call.initiated-attested"] = new CallEvent.LegInitiated
        {
            Leg = Samples.Facts(), At = At, OfferedCodecs = ["PCMU"], Attestation = new(AttestationLevel.B, CallerVerification.Failed)
        },
        ["call.initiated-outgoing"] = new CallEvent.LegInitiated
        {
            Leg = Samples.Facts(Direction.Outbound) with { FromUri = null, ToUri = null, Headers = [], CallerName = null },
            At = At, ConnectionCodecs = ["PCMU", "PCMA"]
        },
        ["call.bridged"] = new CallEvent.LegBridged(Samples.Leg) { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.answered"] = new CallEvent.LegAnswered { Leg = Samples.Facts(isAnswered: true), At = At, Codec = "PCMU", SampleRate = 8000 },
        ["call.hangup"] = new CallEvent.LegEnded
        {
            Leg = Samples.Facts(isAnswered: true), At = At,
            Cause = HangupCause.RemoteHangup, By = HangupParty.Remote, SipStatus = 200, Quality = Quality
        },
        ["call.hangup-found-later"] = new CallEvent.LegEnded
        {
            Leg = Samples.Facts(isAnswered: true),
            At = At, AliveUntil = At - TimeSpan.FromSeconds(1.5), Cause = HangupCause.NodeRestart, By = HangupParty.Unknown
        },
        ["call.hangup-unanswered"] = new CallEvent.LegEnded
        {
            Leg = Samples.Facts(Direction.Outbound), At = At, Cause = HangupCause.CalleeBusy, By = HangupParty.Remote, SipStatus = 486
        },
        ["call.dtmf.received"] = new CallEvent.DigitReceived('#', 120) { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.sip_info.received"] =
            new CallEvent.InfoReceived("application/vnd.agent+json", """{"seat":12}""") { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.enqueued"] = new CallEvent.LegEnqueued(new(7), "support", 5)
        {
            Leg = Samples.Facts(isAnswered: true), At = At, Position = 3, AverageWait = TimeSpan.FromSeconds(61.7)
        },
        ["call.dequeued"] = new CallEvent.LegDequeued(new(7), "support", DequeueReason.Bridging)
        {
            Leg = Samples.Facts(isAnswered: true), At = At, Position = 1, Waited = TimeSpan.FromSeconds(12.3)
        },
        ["streaming.started"] = new CallEvent.StreamStarted(Thing, "wss://media.example.com/in?x=1", TapTracks.Said)
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["streaming.stopped"] = new CallEvent.StreamStopped(Thing, "wss://media.example.com/in?x=1", TapTracks.Said)
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["streaming.failed"] =
            new CallEvent.StreamFailed(Thing, "wss://media.example.com/in?x=1", TapTracks.Said | TapTracks.Heard, "the server answered 403")
            {
                Leg = Samples.Facts(isAnswered: true), At = At
            },
        ["call.transcription"] = new CallEvent.SpeechTranscribed(Thing, TapTracks.Said, "hello, this is the desk", IsFinal: true, 0.977)
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.conversation.created"] = new CallEvent.AgentStarted(new(Thing)
        {
            Assistant = "assistant-7", Model = "some/model", Voice = "Telnyx.KokoroTTS.af", Recogniser = "deepgram/nova-3",
        })
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.conversation.ended"] = new CallEvent.AgentEnded(new(Thing)
        {
            Assistant = "assistant-7", Model = "some/model", Voice = "Telnyx.KokoroTTS.af", Recogniser = "deepgram/nova-3",
        }, "assistant_hangup", TimeSpan.FromSeconds(42.5))
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.ai_gather.partial_results"] = new CallEvent.AgentGathering(Gatherer, Half, GatherChange.Result)
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.ai_gather.message_history_updated"] = new CallEvent.AgentGathering(Gatherer, Half, GatherChange.Messages)
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.ai_gather.ended"] = new CallEvent.AgentGatherEnded(Gatherer, Half with { IsComplete = true })
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.fork.started"] = new CallEvent.ForkStarted(Thing, new("192.0.2.1:4000", null))
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.fork.stopped"] = new CallEvent.ForkStopped(Thing, new("192.0.2.1:4000", null), "192.0.2.1:4000 takes nothing")
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["siprec.started"] = new CallEvent.SiprecStarted(Thing, "archive")
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["siprec.stopped"] = new CallEvent.SiprecStopped(Thing, "archive")
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["siprec.failed"] = new CallEvent.SiprecFailed(Thing, "archive", "the server answered 403 Forbidden")
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.refer.started"] = new CallEvent.ReferStarted { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.refer.completed"] = new CallEvent.ReferEnded(200, "It said so.") { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.refer.failed"] = new CallEvent.ReferEnded(404, "It said so.") { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.playback.started-stored"] =
            new CallEvent.PlaybackStarted(Thing, new PromptSource.Stored("welcome")) { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.gather.ended"] = new CallEvent.GatherEnded
        {
            Leg = Samples.Facts(isAnswered: true), At = At, Digits = "12", Status = GatherStatus.Valid, GatherId = "menu"
        },
        ["call.playback.started"] = new CallEvent.PlaybackStarted(Thing, new PromptSource.Url("https://example.com/a.wav"))
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.playback.ended"] = new CallEvent.PlaybackEnded(Thing, new PromptSource.Url("https://example.com/a.wav"),
            PlayStatus.FileNotFound, "The server answered 404.")
        {
            Leg = Samples.Facts(isAnswered: true), At = At
        },
        ["call.playback.started-content"] =
            new CallEvent.PlaybackStarted(Thing, new PromptSource.Content(new byte[4])) { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.recording.saved"] = new CallEvent.RecordingSaved
        {
            Leg = Samples.Facts(isAnswered: true), At = At, Plan = new() { Id = Thing, IsDual = true, FileName = "order 17" },
            Reason = RecordEndReason.Stopped, StartedAt = new(1_500_000_000), EndedAt = new(4_750_000_000),
            Length = TimeSpan.FromSeconds(3.25), Bytes = 104_044, Blob = "recordings/9f/x.wav",
        },
        ["call.recording.saved-with-gaps"] = new CallEvent.RecordingSaved
        {
            Leg = Samples.Facts(isAnswered: true), At = At, Plan = new() { Id = Thing }, Reason = RecordEndReason.Hangup,
            StartedAt = new(1_500_000_000), EndedAt = new(4_750_000_000), Length = TimeSpan.FromSeconds(3.25), Bytes = 52_044,
            Blob = "recordings/9f/x.wav",
            Gaps = [new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.5)), new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1))],
        },
        ["call.cost"] = new CallEvent.LegCharged(Samples.Charge) { Leg = Samples.Facts(Direction.Outbound, isAnswered: true), At = At },
        ["call.recording.error"] =
            new CallEvent.RecordingFailed(Thing, "No space left on device") { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.recording.transcription.saved"] =
            new CallEvent.RecordingTranscribed(Thing, Thing, "hello, this is the desk\nhello", null)
            {
                Leg = Samples.Facts(isAnswered: true), At = At
            },
        ["call.speak.started"] = new CallEvent.SpeakStarted(Thing) { Leg = Samples.Facts(isAnswered: true), At = At },
        ["call.machine.detection.ended"] = new CallEvent.MachineDetected(MachineVerdict.Machine)
        {
            Leg = Samples.Facts(Direction.Outbound, isAnswered: true), At = At, Evidence = ["voice 0.20-3.50"]
        },
        ["call.machine.greeting.ended"] = new CallEvent.MachineGreetingEnded(GreetingEnd.BeepDetected, "a beep of 1000 Hz")
        {
            Leg = Samples.Facts(Direction.Outbound, isAnswered: true), At = At
        },
        ["call.machine.premium.detection.ended"] = new CallEvent.MachineDetected(MachineVerdict.Residence)
        {
            Leg = Samples.Facts(Direction.Outbound, isAnswered: true), At = At, Evidence = ["voice 0.20-0.70"], IsClassified = true,
        },
        ["call.machine.premium.greeting.ended"] = new CallEvent.MachineGreetingEnded(GreetingEnd.NoBeep, "no beep within 30000 ms")
        {
            Leg = Samples.Facts(Direction.Outbound, isAnswered: true), At = At, IsClassified = true,
        },
        ["call.speak.ended"] = new CallEvent.SpeakEnded(Thing, PlayStatus.Completed) { Leg = Samples.Facts(isAnswered: true), At = At },
    };

    [Theory, MemberData(nameof(Names))]
    public void An_event_becomes_the_webhook_of_the_golden_file(string name) =>
        Golden.Matches($"telnyx/{name}.json", JsonNode.Parse(Project(Events[name]).Body)!.ToJsonString(Indented) + "\n");

    [Theory, MemberData(nameof(Names))]
    public void Keys_of_a_payload_are_in_alphabetical_order(string name)
    {
        var payload = JsonNode.Parse(Project(Events[name]).Body)!["payload"]!.AsObject();
        var keys = payload.Select(p => p.Key).ToArray();
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
    }

    [Fact]
    public void Client_state_is_null_until_it_is_set_and_then_byte_exact()
    {
        Assert.True(Payload(Events["call.answered"]).ContainsKey("client_state"));
        Assert.Null(Payload(Events["call.answered"])["client_state"]);

        var leg = Samples.Facts() with { Labels = Labels.Of(("telnyx.client_state", "aGF2ZSBhIG5pY2UgZGF5ID1d+/==")) };
        Assert.Equal("aGF2ZSBhIG5pY2UgZGF5ID1d+/==",
            (string?)Payload(new CallEvent.SpeakStarted(Thing) { Leg = leg, At = At })["client_state"]);
    }

    [Fact]
    public void A_webhook_url_of_the_leg_replaces_the_applications()
    {
        var leg = Samples.Facts() with
        {
            Labels = Labels.Of(("telnyx.webhook_url", "https://other.example.com/x"), ("telnyx.webhook_method", "GET"))
        };
        var message = Project(new CallEvent.SpeakStarted(Thing) { Leg = leg, At = At });
        Assert.Equal("https://other.example.com/x", message.Url);
        Assert.Equal("GET", message.Method);
        Assert.Equal("https://failover.example.com/hooks", message.FailoverUrl);
    }

    [Fact]
    public void A_URL_for_a_type_of_events_goes_before_that_of_the_leg()
    {
        var leg = Samples.Facts() with
        {
            Labels = Labels.Of(("telnyx.webhook_url", "https://other.example.com/x"),
                ("telnyx.webhook_urls.call.initiated", "https://other.example.com/new"), ("telnyx.webhook_urls_method", "GET"))
        };
        var message = Project(new CallEvent.LegInitiated { Leg = leg, At = At });
        Assert.Equal(("https://other.example.com/new", "GET"), (message.Url, message.Method));
        var later = Project(new CallEvent.DigitReceived('1', 100) { Leg = leg, At = At });
        Assert.Equal(("https://other.example.com/x", "POST"), (later.Url, later.Method));
    }

    [Fact]
    public void Without_a_webhook_url_nothing_is_sent() =>
        Assert.Empty(Samples.Projector(Samples.Connection with { WebhookUrl = "" })
            .Project(Events["call.answered"], Samples.Start, Samples.Start));

    [Fact]
    public void Legs_of_other_kinds_of_connections_are_left_alone() =>
        Assert.Empty(Samples.Projector(Samples.Connection with { Kind = ConnectionKind.Document })
            .Project(Events["call.answered"], Samples.Start, Samples.Start));

    [Theory]
    [InlineData(ConnectionKind.CallControl, true), InlineData(ConnectionKind.Credential, true), InlineData(ConnectionKind.Ip, true),
        InlineData(ConnectionKind.Fqdn, true), InlineData(ConnectionKind.Document, false)]
    public void Each_event_goes_to_the_sink_of_applications_and_equipment_and_where_documents_command_to_none(ConnectionKind kind,
        bool isTold)
    {
        var connection = Samples.Connection with
        {
            Kind = kind,
            WebhookTimeout = TimeSpan.Zero,
            StatusUrl = "https://example.com/status",
            StatusMethod = "GET",
        };
        var sink = new EventSink(connection.WebhookUrl) { FailoverUrl = connection.WebhookFailoverUrl };
        string[] told = isTold ? ["https://example.com/hooks"] : [];
        Assert.Equal(isTold ? sink : null, connection.Events);
        Assert.Equal(new EventSink("https://example.com/status") { Method = "GET" }, connection.Status);
        Assert.Equal(told, Samples.Projector(connection).Project(Events["call.answered"], Samples.Start, Samples.Start).Select(m => m.Url));
    }

    [Fact]
    public void The_message_carries_what_delivery_needs()
    {
        var message = Project(Events["call.answered"],
            Samples.Connection with { WebhookTimeout = TimeSpan.FromSeconds(25), WebhookVersion = "1" });
        Assert.Equal("telnyx", message.Format);
        Assert.Equal("1", message.Version);
        Assert.Equal("call.answered", message.EventType);
        Assert.Equal(Samples.Leg.ToString(), message.OrderKey);
        Assert.Equal(TimeSpan.FromSeconds(25), message.Timeout);
        Assert.Equal("POST", message.Method);
        Assert.Equal(message.Id.ToString(), (string?)JsonNode.Parse(message.Body)!["id"]);
    }

    [Fact]
    public void An_event_of_a_conference_that_names_a_call_is_told_in_that_calls_order()
    {
        var party = ConferenceParty.Of(Samples.Facts(isAnswered: true));
        var other = party with { Leg = LegId.Compose(1, 0, 1, 77, 9) };
        var room = new ConferenceFacts(new(LegId.Compose(1, 0, 1, 78, 9).Value), Thing, Samples.Tenant, "room", At, party);
        string[] keys =
        [
            .. new ConferenceEvent[]
            {
                new ConferenceEvent.ConferenceBegan(new()) { Conference = room, At = At },
                new ConferenceEvent.ParticipantJoined(other, Thing, new()) { Conference = room, At = At },
                new ConferenceEvent.FloorChanged(other) { Conference = room, At = At },
                new ConferenceEvent.ParticipantLeft(other, Thing) { Conference = room, At = At },
                new ConferenceEvent.ConferenceSpeakStarted(Thing, Who: null) { Conference = room, At = At },
            }.SelectMany(happened => Samples.Projector(Samples.Connection).Project(happened, Samples.Start, Samples.Start))
                .Select(message => message.OrderKey),
        ];
        string creators = Subject.Of(party.Leg).OrderKey, others = Subject.Of(other.Leg).OrderKey;
        Assert.Equal([creators, others, others, others, Subject.Of(room.Id).OrderKey], keys);
    }

    [Fact]
    public void The_default_timeout_is_two_seconds_also_where_the_application_says_zero()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), Project(Events["call.answered"]).Timeout);
        Assert.Equal(TimeSpan.FromSeconds(2),
            Project(Events["call.answered"], Samples.Connection with { WebhookTimeout = TimeSpan.Zero }).Timeout);
    }

    [Fact]
    public void Start_time_is_the_same_on_each_lifecycle_event()
    {
        foreach (string name in new[] { "call.initiated-incoming", "call.answered", "call.hangup" })
            Assert.Equal("2025-03-04T15:00:00.123456Z", (string?)Payload(Events[name])["start_time"]);
    }

    [Theory]
    [InlineData(GatherStatus.Valid, "valid")]
    [InlineData(GatherStatus.Invalid, "invalid")]
    [InlineData(GatherStatus.CallHangup, "call_hangup")]
    [InlineData(GatherStatus.Cancelled, "cancelled")]
    [InlineData(GatherStatus.Timeout, "timeout")]
    [InlineData(GatherStatus.CancelledByMachine, "cancelled_amd")]
    public void A_gather_ends_in_the_contracts_words(GatherStatus status, string word) =>
        Assert.Equal(word,
            (string?)Payload(new CallEvent.GatherEnded { Leg = Samples.Facts(), At = At, Digits = "", Status = status })["status"]);

    [Theory]
    [InlineData(PlayStatus.Completed, "completed")]
    [InlineData(PlayStatus.Cancelled, "cancelled")]
    [InlineData(PlayStatus.CallHangup, "call_hangup")]
    [InlineData(PlayStatus.FileNotFound, "file_not_found")]
    [InlineData(PlayStatus.Failed, "failed")]
    [InlineData(PlayStatus.CancelledByMachine, "cancelled_amd")]
    public void A_playback_ends_in_the_contracts_words(PlayStatus status, string word) =>
        Assert.Equal(word, (string?)Payload(new CallEvent.PlaybackEnded(Thing, new PromptSource.Url("https://e.com/"), status, null)
        {
            Leg = Samples.Facts(), At = At
        })["status"]);

    [Theory]
    [InlineData(MachineVerdict.Human, "human")]
    [InlineData(MachineVerdict.Machine, "machine")]
    [InlineData(MachineVerdict.NotSure, "not_sure")]
    [InlineData(MachineVerdict.Residence, "human_residence")]
    [InlineData(MachineVerdict.Business, "human_business")]
    [InlineData(MachineVerdict.Fax, "fax_detected")]
    [InlineData(MachineVerdict.Silence, "silence")]
    public void A_verdict_is_in_the_contracts_words(MachineVerdict verdict, string word) =>
        Assert.Equal(word, (string?)Payload(new CallEvent.MachineDetected(verdict) { Leg = Samples.Facts(), At = At })["result"]);

    [Theory]
    [InlineData(GreetingEnd.Ended, "ended")]
    [InlineData(GreetingEnd.BeepDetected, "beep_detected")]
    [InlineData(GreetingEnd.NotSure, "not_sure")]
    [InlineData(GreetingEnd.NoBeep, "no_beep_detected")]
    public void A_greetings_end_is_in_the_contracts_words(GreetingEnd end, string word) =>
        Assert.Equal(word, (string?)Payload(new CallEvent.MachineGreetingEnded(end, "") { Leg = Samples.Facts(), At = At })["result"]);

    [Fact]
    public void A_party_without_a_number_is_a_sip_party()
    {
        var leg = Samples.Facts() with { From = "sip:ada@example.com" };
        Assert.Equal("sip", (string?)Payload(new CallEvent.SpeakStarted(Thing) { Leg = leg, At = At })["calling_party_type"]);
    }

    [Fact]
    public void Every_call_event_is_projected_or_listed_as_ignored()
    {
        var all = typeof(CallEvent).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(CallEvent))).ToHashSet();
        var projected = Events.Values.Select(e => e.GetType()).ToHashSet();
        Assert.Equal(all.Except(TelnyxProjector.Ignored).Select(t => t.Name).Order(), projected.Select(t => t.Name).Order());
        Assert.Empty(projected.Intersect(TelnyxProjector.Ignored));
        // Three are none of the contract's webhooks: what came in an INFO, what a call cost, and that an assistant begins;
        // "transcription" is one by another name, and what an agent gathers has three that begin with a capital. The end of a refer is
        // two of them, and so are who answered and the end of a greeting; one tells of no event.
        Type[] others =
        [
            typeof(CallEvent.InfoReceived), typeof(CallEvent.LegCharged), typeof(CallEvent.SpeechTranscribed),
            typeof(CallEvent.AgentGathering), typeof(CallEvent.AgentGatherEnded), typeof(CallEvent.AgentStarted),
        ];
        Assert.Equal(projected.Except(others).Count() + 4,
            TelnyxProjector.Emitted.Count(name => name.StartsWith("call", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_a_call_cost_is_told_only_to_who_asked()
    {
        var charged = Events["call.cost"];
        Assert.Empty(Samples.Projector(Samples.Connection with { TellsCost = false }).Project(charged, Samples.Start, Samples.Start));
        Assert.Single(Samples.Projector(Samples.Connection with { TellsCost = true }).Project(charged, Samples.Start, Samples.Start));
    }

    private static OutboxMessage Project(CallEvent happened, Connection? connection = null) =>
        Assert.Single(Samples.Projector(connection).Project(happened, Samples.Start.AddSeconds(4), Samples.Start));

    private static JsonObject Payload(CallEvent happened) => JsonNode.Parse(Project(happened).Body)!["payload"]!.AsObject();
}
