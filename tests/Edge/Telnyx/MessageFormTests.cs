using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Texml.Callbacks;

namespace Ringwright.Edge.Telnyx;

/// <summary>Webhooks of messages as forms, for a profile that asks for them.</summary>
public sealed class MessageFormTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    [Fact]
    public async Task A_profile_of_the_older_version_is_told_by_forms()
    {
        string profile = await _texts.ProfileAsync(",\"webhook_api_version\":\"2010-04-01\"");
        string from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string id = (string)(await _texts.SentAsync(from, to, "Are you there & awake?"))["id"]!;
        var told = await _texts.OutboxAsync();
        Assert.Equal([("message.sent", "sent"), ("message.finalized", "delivered"), ("message.received", "received")],
            told.Select(one => (one.EventType, (string)Fields(one)["MessageStatus"]!)));
        Assert.All(told, one => Assert.Equal(("texml", Texting.Hook, Texting.Failover), (one.Format, one.Url, one.FailoverUrl)));
        Assert.All(told, one => Assert.Equal((host.Tenant.ToString(), from, to, "Are you there & awake?"),
            ((string?)Fields(one)["AccountSid"], (string?)Fields(one)["From"], (string?)Fields(one)["To"], (string?)Fields(one)["Body"])));
        var sent = Fields(told[0]);
        Assert.Equal((id, "1", "0", "2010-04-01"), ((string?)sent["MessageSid"], (string?)sent["NumSegments"], (string?)sent["NumMedia"],
            (string?)sent["ApiVersion"]));
        Assert.Null(sent["ErrorCode"]);
        string form = Encoding.ASCII.GetString(new TexmlWebhookFormat().Write(told[0], attempt: 1, Texting.Hook));
        Assert.StartsWith($"MessageSid={id}&SmsSid={id}&AccountSid={host.Tenant}&", form, StringComparison.Ordinal);

        await _texts.SentAsync(from, "+15550229991", "nobody", "sending_failed");
        var failed = Fields((await _texts.OutboxAsync())[^1]);
        Assert.Equal(("failed", "40001"), ((string?)failed["MessageStatus"], (string?)failed["ErrorCode"]));
    }

    private static JsonObject Fields(OutboxMessage message) => JsonNode.Parse(message.Body)!.AsObject();
}
