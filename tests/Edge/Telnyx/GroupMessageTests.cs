using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Messages to several numbers of the node, under one id.</summary>
public sealed class GroupMessageTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    /// <summary>Case 15 of the shared ones.</summary>
    [Fact]
    public async Task Each_recipient_has_a_message_of_his_own_and_sees_the_others()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), first = await _texts.NumberAsync(profile);
        string second = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        string third = await _texts.NumberAsync(profile);
        var sent = await SendAsync(from, "To all of you", first, second, third);
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal(("MMS", 1), ((string?)sent.Data["type"], (int)sent.Data["parts"]!));
        Assert.Equal([(first, "queued"), (second, "queued"), (third, "queued")], sent.Data["to"]!.AsArray()
            .Select(to => ((string)to!["phone_number"]!, (string)to["status"]!)));
        string group = (string)sent.Data["group_message_id"]!;
        await _texts.StateAsync((string)sent.Data["id"]!, "delivered");
        var listed = (await host.SendAsync("GET", $"/v2/messages/group/{group}")).List;
        Assert.Equal([first, second, third], listed.Select(one => (string)one!["to"]![0]!["phone_number"]!));
        Assert.All(listed, one => Assert.Equal(group, (string?)one!["group_message_id"]));
        (await host.SendAsync("GET", $"/v2/messages/group/{group}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("GET", $"/v2/messages/group/{sent.Data["id"]}")).Refuses(404, "10005");
        (await host.SendAsync("GET", "/v2/messages/group/ffffffff-ffff-7fff-8fff-ffffffffffff")).Refuses(404, "10005");

        var come = await Eventually.SomeAsync(async () =>
            (await _texts.ToldAsync(isStrangers: true, p => (string?)p["group_message_id"] == group)) is [var one] ? one.Payload : null,
            "the stranger has it");
        Assert.Equal([first, third], come["cc"]!.AsArray().Select(cc => (string)cc!["phone_number"]!));
        Assert.Equal(second, (string?)come["to"]![0]!["phone_number"]);
        // Three series of the sender's, and what came to two numbers of his.
        var told = await Eventually.SomeAsync(async () =>
            (await _texts.ToldAsync(which: p => (string?)p["group_message_id"] == group)) is { Count: 8 } all ? all : null, "all is told");
        Assert.Equal((3, 3, 2), (told.Count(t => t.Type is "message.sent"), told.Count(t => t.Type is "message.finalized"),
            told.Count(t => t.Type is "message.received")));
    }

    [Fact]
    public async Task What_no_group_is_is_refused_whole()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string german = await _texts.NumberAsync(profile, prefix: "+4930901821"), stopped = await _texts.NumberAsync(profile);
        (await SendAsync(from, "x", to)).Refuses(400, "40310", "/to");
        (await SendAsync(from, "x", to, to)).Refuses(400, "40310", "/to");
        (await SendAsync(from, "x", [.. Enumerable.Range(0, 9).Select(i => $"+1555022999{i}")])).Refuses(400, "40310", "/to");
        (await SendAsync(from, "x", to, german)).Refuses(400, "40310", "/to/1");
        (await SendAsync(from, "x", to, from)).Refuses(400, "40310", "/to/1");
        (await SendAsync(from, "x", to, "+12125550123")).Refuses(400, "40301", "/to/1");
        (await SendAsync(from, "", to, stopped)).Refuses(400, "40316", "/text");
        await _texts.SentAsync(stopped, from, "STOP");
        (await SendAsync(from, "Not even to the other", to, stopped)).Refuses(409, "40300");
        Assert.Empty(await _texts.ToldAsync(which: p => (string?)p["text"] == "Not even to the other"));
    }

    [Fact]
    public async Task Tags_of_a_request_are_on_each_message_of_its_group()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), first = await _texts.NumberAsync(profile);
        string second = await _texts.NumberAsync(profile);
        string Body(string tags) => $$"""{"from":"{{from}}","to":["{{first}}","{{second}}"],"text":"Hi group","tags":{{tags}}}""";
        var sent = await host.SendAsync("POST", "/v2/messages/group_mms", Body("""["env:prod"]"""));
        Assert.True(sent.Status == 200, sent.Text);
        var listed = (await host.SendAsync("GET", $"/v2/messages/group/{sent.Data["group_message_id"]}")).List;
        Assert.Equal(2, listed.Count);
        Assert.All(listed, one => Assert.Equal("env:prod", (string?)Assert.Single(one!["tags"]!.AsArray())));
        (await host.SendAsync("POST", "/v2/messages/group_mms", Body("\"env:prod\""))).Refuses(422, "10015", "/tags");
    }

    private Task<Answer> SendAsync(string from, string text, params string[] to) => host.SendAsync("POST", "/v2/messages/group_mms",
        new JsonObject
        {
            ["from"] = from, ["text"] = text, ["to"] = new JsonArray([.. to.Select(one => (JsonNode)one)]),
        }.ToJsonString());
}
