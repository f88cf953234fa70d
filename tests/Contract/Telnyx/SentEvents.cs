using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Contract.Telnyx;

/// <summary>
/// One call event of each kind, in each form that makes another webhook of it, and the webhooks that the program really makes of them.
/// </summary>
internal static class SentEvents
{
    public static readonly TenantId Tenant = new(new Guid("0d3f1a52-6f07-4c8e-9a53-2f1f4b1c7a10"));
    private static readonly Instant At = new(5_000_000_000);
    private static readonly DateTimeOffset Start = new(2025, 3, 4, 15, 0, 0, TimeSpan.Zero);

    public static readonly LegFacts Leg = new()
    {
        Id = LegId.Compose(1, 0, 7, 42, 99),
        Uuid = new("428c31b6-7af4-11ef-b7f5-5013ef9657c1"),
        Session = new(new("428c2e78-7af4-11ef-b7f5-5013ef9657c1")),
        Tenant = Tenant,
        Connection = new(1293384261075731499),
        Direction = Direction.Inbound,
        From = "+13125550100",
        To = "+15550100000",
        FromUri = "+13125550100@192.0.2.7:5060",
        ToUri = "+15550100000@192.0.2.1:5060",
        CallerName = "Ada",
        StartedAt = new(0),
        AnsweredAt = new(1),
        Headers = [new("X-Account", "77"), new("User-to-User", "3132")],
        Labels = Labels.Of(("telnyx.client_state", "aGV5")),
    };

    // What is said where kinds are asked for, and where they are not; the two together are all.
    private static readonly MachineVerdict[] Verdicts = [MachineVerdict.Human, MachineVerdict.Machine, MachineVerdict.NotSure],
        Kinds = [.. Enum.GetValues<MachineVerdict>().Where(verdict => verdict is not MachineVerdict.Human)];
    private static readonly GreetingEnd[] Ends = [GreetingEnd.Ended, GreetingEnd.BeepDetected, GreetingEnd.NotSure],
        EndsOfKinds = [GreetingEnd.BeepDetected, GreetingEnd.NoBeep, GreetingEnd.PromptEnded];

    private static readonly ConferenceParty Party = ConferenceParty.Of(Leg);

    private static readonly ConferenceFacts Conference =
        new(new(7), new("3f8c31b6-7af4-11ef-b7f5-5013ef9657c1"), Tenant, "board", At, Party);

    private static readonly AgentTerms Gatherer = new(Guid.Empty) { Gather = new() { TellsResults = true, TellsMessages = true } };
    private static readonly AgentGathered Gathered =
        new("{\"age\":42}", "[{\"content\":\"I am 42.\",\"role\":\"user\"}]", IsComplete: true);

    /// <summary>Those of the contract's events.</summary>
    public static readonly IReadOnlyList<SubjectEvent> OfContract =
    [
        new CallEvent.LegInitiated
        {
            Leg = Leg, At = At, OfferedCodecs = ["PCMU"], ConnectionCodecs = ["PCMU", "PCMA"],
            Attestation = new(AttestationLevel.A, CallerVerification.Passed),
        },
        new CallEvent.LegInitiated { Leg = Leg with { Direction = Direction.Outbound, AnsweredAt = null }, At = At },
        new CallEvent.LegAnswered { Leg = Leg, At = At, Codec = "PCMU", SampleRate = 8000 },
        new CallEvent.LegBridged(Leg.Id) { Leg = Leg, At = At },
        .. from cause in Enum.GetValues<HangupCause>()
           from direction in Enum.GetValues<Direction>()
           from answered in new Instant?[] { null, new Instant(1) }
           select new CallEvent.LegEnded
        {
            Leg = Leg with { Direction = direction, AnsweredAt = answered }, At = At,
            Cause = cause, By = HangupParty.Unknown, Quality = new()
        },
        new CallEvent.LegEnded { Leg = Leg, At = At, Cause = HangupCause.RemoteHangup, By = HangupParty.Remote },
        new CallEvent.DigitReceived('1', 100) { Leg = Leg, At = At },
        .. Enum.GetValues<GatherStatus>()
            .Select(status => new CallEvent.GatherEnded { Leg = Leg, At = At, Digits = "1", Status = status, GatherId = "g" }),
        new CallEvent.PlaybackStarted(Guid.Empty, new PromptSource.Url("https://example.com/a.wav")) { Leg = Leg, At = At },
        new CallEvent.PlaybackStarted(Guid.Empty, new PromptSource.Content(default)) { Leg = Leg, At = At },
        new CallEvent.PlaybackStarted(Guid.Empty, new PromptSource.Stored("hello")) { Leg = Leg, At = At },
        new CallEvent.PlaybackEnded(Guid.Empty, new PromptSource.Stored("hello"), PlayStatus.Completed, null) { Leg = Leg, At = At },
        .. Enum.GetValues<PlayStatus>()
            .Select(status => new CallEvent.PlaybackEnded(Guid.Empty, new PromptSource.Url("https://example.com/a.wav"), status, "why")
            {
                Leg = Leg, At = At
            }),
        new CallEvent.SpeakStarted(Guid.Empty) { Leg = Leg, At = At },
        new CallEvent.SpeakEnded(Guid.Empty, PlayStatus.Completed) { Leg = Leg, At = At },
        new CallEvent.SpeakEnded(Guid.Empty, PlayStatus.CallHangup) { Leg = Leg, At = At },
        new CallEvent.SpeakEnded(Guid.Empty, PlayStatus.CancelledByMachine) { Leg = Leg, At = At },
        .. Verdicts.Select(verdict => new CallEvent.MachineDetected(verdict) { Leg = Leg, At = At }),
        .. Kinds.Select(kind => new CallEvent.MachineDetected(kind) { Leg = Leg, At = At, IsClassified = true }),
        .. Ends.Select(end => new CallEvent.MachineGreetingEnded(end, "why") { Leg = Leg, At = At }),
        .. EndsOfKinds.Select(end => new CallEvent.MachineGreetingEnded(end, "why") { Leg = Leg, At = At, IsClassified = true }),
        .. Enum.GetValues<RecordFormat>().Select(format => new CallEvent.RecordingSaved
        {
            Leg = Leg, At = At, Plan = new() { Id = Guid.Empty, Format = format, IsDual = true }, Reason = RecordEndReason.Stopped,
            StartedAt = new(1), EndedAt = At, Length = TimeSpan.FromSeconds(5), Bytes = 44, Blob = "recordings/00/0.wav",
        }),
        new CallEvent.RecordingSaved
        {
            Leg = Leg, At = At, Plan = new() { Id = Guid.Empty }, Reason = RecordEndReason.Hangup, StartedAt = new(1), EndedAt = At,
            Length = TimeSpan.FromSeconds(5), Bytes = 44, Blob = "recordings/00/0.wav",
            Gaps = [new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2))],
        },
        new CallEvent.RecordingTranscribed(Guid.Empty, Guid.Empty, "hello", null) { Leg = Leg, At = At },
        new CallEvent.RecordingFailed(Guid.Empty, "the disk is full") { Leg = Leg, At = At },
        new CallEvent.LegEnqueued(new(7), "support", 1) { Leg = Leg, At = At, Position = 1, AverageWait = TimeSpan.Zero },
        new CallEvent.LegDequeued(new(7), "support", DequeueReason.Bridged)
        {
            Leg = Leg, At = At, Position = 1, Waited = TimeSpan.FromSeconds(4)
        },
        .. new[] { TapTracks.Said, TapTracks.Heard, TapTracks.Said | TapTracks.Heard }
            .Select(tracks => new CallEvent.StreamFailed(Guid.Empty, "wss://media.example.com/in", tracks, "the server answered 403")
            {
                Leg = Leg, At = At
            }),
        new CallEvent.StreamStarted(Guid.Empty, "wss://media.example.com/in", TapTracks.Said) { Leg = Leg, At = At },
        new CallEvent.StreamStopped(Guid.Empty, "wss://media.example.com/in", TapTracks.Said) { Leg = Leg, At = At },
        .. new double?[] { 0.87, null }.Select(confidence =>
            new CallEvent.SpeechTranscribed(Guid.Empty, TapTracks.Heard, "hello", IsFinal: false, confidence) { Leg = Leg, At = At }),
        new CallEvent.ForkStarted(Guid.Empty, new("192.0.2.1:4000", null)) { Leg = Leg, At = At },
        new CallEvent.ForkStopped(Guid.Empty, new("192.0.2.1:4000", null), null) { Leg = Leg, At = At },
        .. new AgentTerms[]
        {
            new(Guid.Empty)
            {
                Assistant = "assistant-00000000-0000-0000-0000-000000000000", Model = "meta-llama/Meta-Llama-3.1-70B-Instruct",
                Voice = "Telnyx.KokoroTTS.af", Recogniser = "distil-whisper/distil-large-v2",
            },
            new(Guid.Empty) { Voice = "female" },
        }.Select(terms => new CallEvent.AgentEnded(terms, "assistant_hangup", TimeSpan.FromSeconds(42.5)) { Leg = Leg, At = At }),
        .. new[] { GatherChange.Result, GatherChange.Messages }
            .Select(change => new CallEvent.AgentGathering(Gatherer, Gathered, change) { Leg = Leg, At = At }),
        .. new[] { Gathered, AgentGathered.Nothing }
            .Select(state => new CallEvent.AgentGatherEnded(Gatherer, state) { Leg = Leg, At = At }),
        new CallEvent.SiprecStarted(Guid.Empty, "archive") { Leg = Leg, At = At },
        new CallEvent.SiprecStopped(Guid.Empty, "archive") { Leg = Leg, At = At },
        new CallEvent.SiprecFailed(Guid.Empty, "archive", "the server answered 403") { Leg = Leg, At = At },
        new CallEvent.ReferStarted { Leg = Leg, At = At },
        new CallEvent.ReferEnded(200, "") { Leg = Leg, At = At },
        new CallEvent.ReferEnded(404, "") { Leg = Leg, At = At },
        new CallEvent.RecordingSaved
        {
            Leg = Leg, At = At, Plan = new() { Id = Guid.Empty, Conference = Guid.Empty }, Reason = RecordEndReason.Stopped,
            StartedAt = At, EndedAt = At, Length = TimeSpan.Zero, Bytes = 0, Blob = "",
        },
        new ConferenceEvent.ConferenceBegan(new()) { Conference = Conference, At = At },
        new ConferenceEvent.ParticipantJoined(Party, Guid.Empty, new()) { Conference = Conference, At = At },
        new ConferenceEvent.ParticipantLeft(Party, Guid.Empty) { Conference = Conference, At = At },
        new ConferenceEvent.FloorChanged(Party) { Conference = Conference, At = At },
        .. from who in new ConferenceParty?[] { null, Party }
           from happened in new ConferenceEvent[]
           {
               new ConferenceEvent.ConferencePlaybackStarted(Guid.Empty, new PromptSource.Stored("music"), who)
               { Conference = Conference, At = At },
               new ConferenceEvent.ConferencePlaybackEnded(Guid.Empty, new PromptSource.Url("https://example.com/a.mp3"), who,
                   PlayStatus.Completed) { Conference = Conference, At = At },
               new ConferenceEvent.ConferenceSpeakStarted(Guid.Empty, who) { Conference = Conference, At = At },
               new ConferenceEvent.ConferenceSpeakEnded(Guid.Empty, who, PlayStatus.Completed) { Conference = Conference, At = At },
           }
           select happened,
        .. from why in Enum.GetValues<ConferenceEnd>()
           select new ConferenceEvent.ConferenceEnded(why, why is ConferenceEnd.HostLeft ? Party : null)
           { Conference = Conference, At = At },
    ];

    /// <summary>Those of events that the contract does not have.</summary>
    public static readonly IReadOnlyList<SubjectEvent> Beside =
    [
        new CallEvent.InfoReceived("text/plain", "hello") { Leg = Leg, At = At },
        new CallEvent.AgentStarted(new(Guid.Empty)
        {
            Assistant = "assistant-00000000-0000-0000-0000-000000000000", Model = "meta-llama/Meta-Llama-3.1-70B-Instruct",
            Voice = "Telnyx.KokoroTTS.af", Recogniser = "distil-whisper/distil-large-v2",
        }) { Leg = Leg, At = At },
        new CallEvent.LegCharged(
            new() { Micros = 12_500, Currency = "USD", BilledSeconds = 75, MicrosPerMinute = 10_000, Prefix = "+1312" })
        {
            Leg = Leg, At = At
        },
    ];

    private sealed class Routing(string version) : IRouting
    {
        public RoutingSnapshot Current { get; } = new([], [new Connection
        {
            Id = Leg.Connection, Tenant = Tenant, Kind = ConnectionKind.CallControl, Name = "x", WebhookUrl = "https://example.com/hooks",
            WebhookVersion = version, TellsCost = true,
        }], [], [], [], []);
    }

    public static OutboxMessage Project(SubjectEvent happened, string version = "2") =>
        Assert.Single(Projector(version).Project(happened, Start.AddSeconds(5), Start));

    /// <summary>Those that tell of no event: what is found out of talks.</summary>
    private static IEnumerable<OutboxMessage> WithoutEvent =>
        Projector("2").TellInsights(new()
        {
            Id = Leg.Id, Uuid = Leg.Uuid, Session = Leg.Session, Tenant = Tenant, Connection = Leg.Connection, Direction = Leg.Direction,
            From = Leg.From, To = Leg.To, State = StoredLegState.Ended, StartedAt = Start, Labels = Leg.Labels,
        }, Guid.Empty, Guid.Empty.ToString(), JsonNode.Parse("""
            [{"insight_id":"1","result":"It was about pizza."},{"insight_id":"2","result":{"topic":"pizza"}}]
            """)!.AsArray(), Start.AddSeconds(5));

    /// <summary>All webhooks of the contract's events.</summary>
    public static IEnumerable<OutboxMessage> Webhooks => OfContract.Select(happened => Project(happened)).Concat(WithoutEvent);

    private static TelnyxProjector Projector(string version) =>
        new(new(new(1, 7, new byte[32])), new Routing(version), new(new(1, 7, new byte[32]), PublicLinks.Relative));
}
