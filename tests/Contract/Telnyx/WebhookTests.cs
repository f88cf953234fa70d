using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Messaging;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Contract.Telnyx;

/// <summary>Every webhook that is sent is held against its schema among the contract's 64.</summary>
public sealed class WebhookTests
{
    private static readonly Http.Contract Contract = TelnyxContract.Read();

    [Fact]
    public void Every_webhook_fits_its_schema()
    {
        foreach (var message in SentEvents.Webhooks)
        {
            // Some have two names, and one schema.
            var schema = Assert.Single(Contract.Events.Where(e => e.Types.Contains(message.EventType)).Select(e => e.Schema).Distinct());
            using var body = JsonDocument.Parse(new TelnyxWebhookFormat().Write(message, 1, message.Url));
            var check = SchemaCheck.Run(schema, body.RootElement, BodyDirection.Reply);
            Assert.True(check.Violations.Count == 0,
                $"{message.EventType}: {string.Join("; ", check.Violations.Select(v => $"{v.Pointer} {v.Detail}"))}\n{message.Body}");
        }
    }

    [Fact]
    public void Every_webhook_of_a_text_fits_its_schema()
    {
        var at = new DateTimeOffset(2025, 3, 4, 15, 0, 0, TimeSpan.Zero);
        var text = new TextMessage
        {
            Id = Guid.CreateVersion7(at), Tenant = SentEvents.Tenant, Direction = Direction.Outbound, State = TextState.Delivered,
            From = "+15550100000", To = "+13125550100", Profile = Guid.CreateVersion7(at), Words = "Hello", Encoding = TextEncoding.Gsm7,
            Parts = 1, Price = new(4_000, "USD"), ReceivedAt = at, ValidUntil = at, SentAt = at, CompletedAt = at,
        };
        List<(TextMessage Text, TextNews News)> all =
        [
            (text with { State = TextState.Sent, CompletedAt = null }, TextNews.Sent), (text, TextNews.Finalized),
            (text with { State = TextState.Received, Direction = Direction.Inbound, Price = null, SentAt = null }, TextNews.Received),
            .. Enum.GetValues<TextFault>().Select(fault =>
                (text with { State = TextState.SendingFailed, Fault = fault, SentAt = null }, TextNews.Finalized)),
        ];
        foreach (var (sent, news) in all)
        {
            var message = MessageFace.Message(sent, news, RetrySchedule.Short);
            var schema = Contract.Events.Single(e => e.Types.Contains(message.EventType)).Schema;
            using var body = JsonDocument.Parse(new TelnyxWebhookFormat().Write(message, 1, message.Url));
            var check = SchemaCheck.Run(schema, body.RootElement, BodyDirection.Reply);
            Assert.True(check.Violations.Count == 0,
                $"{message.EventType}: {string.Join("; ", check.Violations.Select(v => $"{v.Pointer} {v.Detail}"))}\n{message.Body}");
        }
        Assert.Equal(Contract.Events.Where(e => MessageFace.Emitted.Contains(e.Name)).SelectMany(e => e.Types).Order(),
            all.Select(one => MessageFace.Message(one.Text, one.News, RetrySchedule.Short).EventType).Distinct().Order());
    }

    [Fact]
    public void Every_event_that_is_announced_is_sent_and_the_other_way_round()
    {
        var sent = SentEvents.Webhooks.Select(message => message.EventType).Distinct();
        var announced = Contract.Events.Where(e => TelnyxProjector.Emitted.Contains(e.Name)).SelectMany(e => e.Types)
            .Distinct();
        Assert.Equal(announced.Order(), sent.Order());
    }

    [Fact]
    public void Every_kind_of_call_event_is_sent_or_listed_as_ignored()
    {
        var all = typeof(CallEvent).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(CallEvent)));
        var known = SentEvents.OfContract.Concat(SentEvents.Beside).Select(e => e.GetType()).Concat(TelnyxProjector.Ignored).Distinct()
            .Where(type => type.IsSubclassOf(typeof(CallEvent)));
        Assert.Equal(all.Select(t => t.Name).Order(StringComparer.Ordinal), known.Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Version_2_wraps_the_event_in_data_and_meta()
    {
        var message = SentEvents.Project(SentEvents.OfContract[0]);
        var body = JsonNode.Parse(new TelnyxWebhookFormat().Write(message, 3, "https://failover.example.com/"))!.AsObject();
        Assert.Equal(["data", "meta"], body.Select(p => p.Key));
        Assert.Equal("""{"attempt":3,"delivered_to":"https://failover.example.com/"}""", body["meta"]!.ToJsonString());
        Assert.Equal(["event_type", "id", "occurred_at", "payload", "record_type"], body["data"]!.AsObject().Select(p => p.Key));
        Assert.Equal(message.Id.ToString(), (string?)body["data"]!["id"]);
    }

    [Fact]
    public void Version_1_is_flat_with_the_event_in_its_metadata()
    {
        var message = SentEvents.Project(SentEvents.OfContract[0], "1");
        var body = JsonNode.Parse(new TelnyxWebhookFormat().Write(message, 2, message.Url))!.AsObject();
        Assert.Equal(["call_leg_id", "call_session_id", "event_timestamp", "metadata", "name", "organization_id", "type", "user_id"],
            body.Select(p => p.Key));
        Assert.Equal(["attempt", "delivered_to", "event", "status"], body["metadata"]!.AsObject().Select(p => p.Key));
        Assert.Equal(("webhook", "call.initiated", SentEvents.Tenant.ToString()),
            ((string?)body["type"], (string?)body["name"], (string?)body["user_id"]));
        Assert.Equal(SentEvents.Leg.Uuid.ToString(), (string?)body["call_leg_id"]);
        Assert.Equal("2025-03-04T15:00:05.000000Z", (string?)body["event_timestamp"]);
        Assert.Equal("call.initiated", (string?)body["metadata"]!["event"]!["event_type"]);
    }
}
