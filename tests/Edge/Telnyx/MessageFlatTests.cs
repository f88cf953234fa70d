using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx;

namespace Ringwright.Edge.Telnyx;

/// <summary>Webhooks of messages of version 1, which have no envelope.</summary>
public sealed class MessageFlatTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    [Fact]
    public async Task A_profile_of_version_1_is_told_by_four_fields_and_by_detail_records()
    {
        string profile = await _texts.ProfileAsync(",\"webhook_api_version\":\"1\"");
        Assert.Equal("1", (string?)(await host.SendAsync("GET", $"/v2/messaging_profiles/{profile}")).Data["webhook_api_version"]);
        string from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string id = (string)(await _texts.SentAsync(from, to, "Are you there?"))["id"]!;
        var told = await _texts.OutboxAsync();
        Assert.Equal(["message.sent", "message.finalized", "message.received"], told.Select(one => one.EventType));
        Assert.All(told, one => Assert.Equal(("telnyx", Texting.Hook, Texting.Failover), (one.Format, one.Url, one.FailoverUrl)));

        var (sent, done, come) = (Written(told[0]), Written(told[1]), Written(told[2]));
        Assert.Equal(["sms_id", "from", "to", "body"], come.Select(field => field.Key));
        Assert.Equal((from, to, "Are you there?"), ((string?)come["from"], (string?)come["to"], (string?)come["body"]));
        Assert.NotEqual(id, (string?)come["sms_id"]);       // each account has a message of its own
        Assert.Equal(("sent", "delivered"), ((string?)sent["status"], (string?)done["status"]));
        Assert.All([sent, done], record => Assert.Equal(("message_detail_record", id, "outbound", from, to, profile, 1),
            ((string?)record["record_type"], (string?)record["uuid"], (string?)record["direction"], (string?)record["cli"],
                (string?)record["cld"], (string?)record["profile_id"], (int)record["parts"]!)));

        await _texts.SentAsync(from, "+15550229992", "nobody", "sending_failed");
        var failed = Written((await _texts.OutboxAsync())[^1]);
        Assert.Equal(("gw_reject", "40001"), ((string?)failed["status"], (string?)Assert.Single(failed["errors"]!.AsArray())));
    }

    /// <summary>What goes over the wire.</summary>
    private static JsonObject Written(OutboxMessage message) =>
        JsonNode.Parse(Encoding.UTF8.GetString(new TelnyxWebhookFormat().Write(message, attempt: 1, Texting.Hook)))!.AsObject();
}
