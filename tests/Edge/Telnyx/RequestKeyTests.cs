using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>Requests for messages that are sent again under the same key.</summary>
public sealed class RequestKeyTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    [Fact]
    public async Task A_request_that_is_sent_again_makes_one_message_and_has_the_first_reply()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var first = await SendAsync("key one", from, to);
        Assert.True(first.Status == 200, first.Text);
        string id = (string)first.Data["id"]!;
        await _texts.StateAsync(id, "delivered");
        var again = await SendAsync("key one", from, to);
        Assert.Equal((200, id, "queued", null), (again.Status, (string?)again.Data["id"], (string?)again.Data["to"]![0]!["status"],
            (string?)again.Data["sent_at"]));
        Assert.Equal(2, (await _texts.ToldAsync(which: p => (string?)p["id"] == id)).Count);      // sent and finalized, once each

        (await SendAsync("key one", from, to, words: "something else")).Refuses(422, "10015");
        var other = await SendAsync("key two", from, to);
        Assert.NotEqual(id, (string?)other.Data["id"]);
        // A key is its account's.
        string theirs = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        var strangers = await SendAsync("key one", theirs, to, TelnyxHost.OtherTenantKey);
        Assert.True(strangers.Status == 200, strangers.Text);
        Assert.NotEqual(id, (string?)strangers.Data["id"]);
        (await SendAsync(new string('k', 256), from, to)).Refuses(422, "10015");
    }

    [Fact]
    public async Task Of_requests_at_the_same_time_one_makes_the_message()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync("at once", from, to)));
        Assert.All(all, one => Assert.True(one.Status == 200, one.Text));
        Assert.Single(all.Select(one => (string?)one.Data["id"]).Distinct());
        await _texts.StateAsync((string)all[0].Data["id"]!, "delivered");
        Assert.Single(await _texts.ToldAsync(which: p =>
            (string?)p["from"]!["phone_number"] == from && (string?)p["direction"] == "inbound"));
    }

    [Fact]
    public async Task A_sentence_with_stop_in_it_is_marked_and_blocks_nobody()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        await _texts.SentAsync(from, to, "Stop. Thank you");
        await _texts.SentAsync(from, to, "Nonstop flights?");
        var told = (await _texts.ToldAsync(which: p => (string?)p["direction"] == "inbound" && (string?)p["from"]!["phone_number"] == from))
            .ToDictionary(one => (string)one.Payload["text"]!, one => (bool)one.Payload["opt_out_hint"]!);
        Assert.Equal((true, false), (told["Stop. Thank you"], told["Nonstop flights?"]));
        await _texts.SentAsync(to, from, "We go on");
    }

    [Fact]
    public async Task A_message_to_a_group_that_is_sent_again_is_one_and_has_the_first_reply()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), one = await _texts.NumberAsync(profile);
        string two = await _texts.NumberAsync(profile);
        var first = await GroupAsync("group one", "To both");
        Assert.True(first.Status == 200, first.Text);
        var again = await GroupAsync("group one", "To both");
        Assert.Equal((200, first.Text), (again.Status, again.Text));
        (await GroupAsync("group one", "To both again")).Refuses(422, "10015");
        Assert.NotEqual(first.Data["group_message_id"]!.ToJsonString(),
            (await GroupAsync("group two", "To both")).Data["group_message_id"]!.ToJsonString());

        Task<Answer> GroupAsync(string key, string words) => KeyedAsync("/v2/messages/group_mms", key,
            new() { ["from"] = from, ["to"] = new JsonArray(one, two), ["text"] = words }, TelnyxHost.Key);
    }

    private Task<Answer> SendAsync(string key, string from, string to, string account = TelnyxHost.Key, string words = "once") =>
        KeyedAsync("/v2/messages", key, new() { ["from"] = from, ["to"] = to, ["text"] = words }, account);

    private async Task<Answer> KeyedAsync(string path, string key, JsonObject body, string account)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        content.Headers.Add("Idempotency-Key", key);
        return await host.SendAsync("POST", path, content, account);
    }
}
