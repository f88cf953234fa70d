using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Contract.Telnyx;

/// <summary>Every webhook that is sent is held against its schema among the contract's 64.</summary>
public sealed class WebhookTests
{
    private static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly TenantId Tenant = new(new Guid("0d3f1a52-6f07-4c8e-9a53-2f1f4b1c7a10"));
    private static readonly Instant At = new(5_000_000_000);
    private static readonly DateTimeOffset Start = new(2025, 3, 4, 15, 0, 0, TimeSpan.Zero);

    private static readonly LegFacts Leg = new()
    {
        Id = LegId.Compose(1, 0, 7, 42, 99),
        Uuid = new("428c31b6-7af4-11ef-b7f5-5013ef9657c1"),
        Session = new(new("428c2e78-7af4-11ef-b7f5-5013ef9657c1")),
        Tenant = Tenant,
        Connection = new(1293384261075731499),
        Direction = Direction.Inbound,
        From = "+13125550100",
        To = "+15550100000",
        CallerName = "Ada",
        StartedAt = new(0),
        AnsweredAt = new(1),
        Headers = [new("X-Account", "77"), new("User-to-User", "3132")],
        Labels = Labels.Of(("telnyx.client_state", "aGV5")),
    };

    private static readonly CallEvent[] Events =
    [
        new CallEvent.LegInitiated { Leg = Leg, At = At, OfferedCodecs = ["PCMU"], ConnectionCodecs = ["PCMU", "PCMA"] },
        new CallEvent.LegInitiated { Leg = Leg with { Direction = Direction.Outbound, AnsweredAt = null }, At = At },
        new CallEvent.LegAnswered { Leg = Leg, At = At, Codec = "PCMU", SampleRate = 8000 },
        new CallEvent.LegBridged(Leg.Id) { Leg = Leg, At = At },
        .. from cause in Enum.GetValues<HangupCause>()
           from direction in Enum.GetValues<Direction>()
           from answered in new Instant?[] { null, new Instant(1) }
           select new CallEvent.LegEnded { Leg = Leg with { Direction = direction, AnsweredAt = answered }, At = At, Cause = cause, By = HangupParty.Unknown, Quality = new() },
        new CallEvent.LegEnded { Leg = Leg, At = At, Cause = HangupCause.RemoteHangup, By = HangupParty.Remote },
        new CallEvent.DigitReceived('1', 100) { Leg = Leg, At = At },
        .. Enum.GetValues<GatherStatus>().Select(status => new CallEvent.GatherEnded { Leg = Leg, At = At, Digits = "1", Status = status, GatherId = "g" }),
        new CallEvent.PlaybackStarted(Guid.Empty, new PromptSource.Url("https://example.com/a.wav")) { Leg = Leg, At = At },
        new CallEvent.PlaybackStarted(Guid.Empty, new PromptSource.Content(default)) { Leg = Leg, At = At },
        .. Enum.GetValues<PlayStatus>().Select(status => new CallEvent.PlaybackEnded(Guid.Empty, new PromptSource.Url("https://example.com/a.wav"), status, "why") { Leg = Leg, At = At }),
        new CallEvent.SpeakStarted(Guid.Empty) { Leg = Leg, At = At },
        new CallEvent.SpeakEnded(Guid.Empty, PlayStatus.Completed) { Leg = Leg, At = At },
        new CallEvent.SpeakEnded(Guid.Empty, PlayStatus.CallHangup) { Leg = Leg, At = At },
        new CallEvent.SpeakEnded(Guid.Empty, PlayStatus.CancelledByMachine) { Leg = Leg, At = At },
        .. Enum.GetValues<MachineVerdict>().Select(verdict => new CallEvent.MachineDetected(verdict) { Leg = Leg, At = At }),
        .. Enum.GetValues<GreetingEnd>().Select(end => new CallEvent.MachineGreetingEnded(end, "why") { Leg = Leg, At = At }),
        .. Enum.GetValues<RecordFormat>().Select(format => new CallEvent.RecordingSaved
        {
            Leg = Leg, At = At, Plan = new() { Id = Guid.Empty, Format = format, IsDual = true }, Reason = RecordEndReason.Stopped, StartedAt = new(1), EndedAt = At,
            Length = TimeSpan.FromSeconds(5), Bytes = 44, Blob = "recordings/00/0.wav",
        }),
        new CallEvent.RecordingFailed(Guid.Empty, "the disk is full") { Leg = Leg, At = At },
    ];

    private sealed class Routing(string version) : IRouting
    {
        public RoutingSnapshot Current { get; } = new([], [new Connection
        {
            Id = Leg.Connection, Tenant = Tenant, Kind = "call_control", Name = "x", WebhookUrl = "https://example.com/hooks", WebhookVersion = version,
        }], [], [], [], []);
    }

    private static OutboxMessage Project(CallEvent happened, string version = "2") =>
        Assert.Single(new TelnyxProjector(new(new(1, 7, new byte[32])), new Routing(version), new(new(1, 7, new byte[32]), PublicLinks.Relative)).Project(happened, Start.AddSeconds(5), Start));

    [Fact]
    public void Every_webhook_fits_its_schema()
    {
        foreach (var happened in Events)
        {
            var message = Project(happened);
            var schema = Assert.Single(Contract.Events, e => e.Types.Contains(message.EventType)).Schema;
            using var body = JsonDocument.Parse(new TelnyxWebhookFormat().Write(message, 1, message.Url));
            var check = SchemaCheck.Run(schema, body.RootElement, BodyDirection.Reply);
            Assert.True(check.Violations.Count == 0, $"{message.EventType}: {string.Join("; ", check.Violations.Select(v => $"{v.Pointer} {v.Detail}"))}\n{message.Body}");
        }
    }

    [Fact]
    public void Every_event_that_is_announced_is_sent_and_the_other_way_round()
    {
        var sent = Events.Select(e => Project(e).EventType).Distinct();
        var announced = Contract.Events.Where(e => TelnyxProjector.Emitted.Contains(e.Name)).SelectMany(e => e.Types);
        Assert.Equal(announced.Order(), sent.Order());
    }

    [Fact]
    public void Version_2_wraps_the_event_in_data_and_meta()
    {
        var message = Project(Events[0]);
        var body = JsonNode.Parse(new TelnyxWebhookFormat().Write(message, 3, "https://failover.example.com/"))!.AsObject();
        Assert.Equal(["data", "meta"], body.Select(p => p.Key));
        Assert.Equal("""{"attempt":3,"delivered_to":"https://failover.example.com/"}""", body["meta"]!.ToJsonString());
        Assert.Equal(["event_type", "id", "occurred_at", "payload", "record_type"], body["data"]!.AsObject().Select(p => p.Key));
        Assert.Equal(message.Id.ToString(), (string?)body["data"]!["id"]);
    }

    [Fact]
    public void Version_1_is_flat_with_the_event_in_its_metadata()
    {
        var message = Project(Events[0], "1");
        var body = JsonNode.Parse(new TelnyxWebhookFormat().Write(message, 2, message.Url))!.AsObject();
        Assert.Equal(["call_leg_id", "call_session_id", "event_timestamp", "metadata", "name", "organization_id", "type", "user_id"], body.Select(p => p.Key));
        Assert.Equal(["attempt", "delivered_to", "event", "status"], body["metadata"]!.AsObject().Select(p => p.Key));
        Assert.Equal(("webhook", "call.initiated", Tenant.ToString()), ((string?)body["type"], (string?)body["name"], (string?)body["user_id"]));
        Assert.Equal(Leg.Uuid.ToString(), (string?)body["call_leg_id"]);
        Assert.Equal("2025-03-04T15:00:05.000000Z", (string?)body["event_timestamp"]);
        Assert.Equal("call.initiated", (string?)body["metadata"]!["event"]!["event_type"]);
    }
}
