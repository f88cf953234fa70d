using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>Words that the operator lets no text hold.</summary>
public sealed class ContentRuleTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    [Fact]
    public async Task No_text_holds_the_words_of_a_rule()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var made = await OperatorAsync("POST", "", """{"phrase":"Free  Crypto!"}""");
        Assert.True(made.Status == 201, made.Text);
        (await OperatorAsync("POST", "", """{"phrase":"Free  Crypto!"}""")).Refuses(409, "duplicate", "/phrase");
        (await OperatorAsync("POST", "", """{"phrase":"?!"}""")).Refuses(422, "invalid", "/phrase");
        Assert.Contains((await OperatorAsync("GET", "")).List, rule => (string?)rule!["phrase"] == "Free  Crypto!");

        (await _texts.SendAsync(from, to, "Get FREE-crypto, now")).Refuses(400, "40322", "/text");
        (await host.SendAsync("POST", "/v2/messages/group_mms", new JsonObject
        {
            ["from"] = from, ["text"] = "free crypto", ["to"] = new JsonArray(to, await _texts.NumberAsync(profile)),
        }.ToJsonString())).Refuses(400, "40322", "/text");
        await _texts.SentAsync(from, to, "Carefree cryptography");
        // What waits is asked again when it is due.
        var later = await _texts.SendAsync(from, to, "A secret word", $",\"send_at\":\"{host.Time.GetUtcNow().AddMinutes(6):O}\"");
        Assert.True(later.Status == 200, later.Text);
        Assert.Equal(201, (await OperatorAsync("POST", "", """{"phrase":"secret"}""")).Status);
        host.Time.Advance(TimeSpan.FromMinutes(7));
        var failed = await _texts.StateAsync((string)later.Data["id"]!, "sending_failed");
        Assert.Equal("10010", (string?)failed["errors"]![0]!["code"]);

        Assert.Equal(200, (await OperatorAsync("DELETE", $"/{made.Data["id"]}")).Status);
        Assert.Equal(404, (await OperatorAsync("DELETE", $"/{made.Data["id"]}")).Status);
        await _texts.SentAsync(from, to, "Free crypto");
    }

    private Task<Answer> OperatorAsync(string method, string path, string? body = null) =>
        host.SendAsync(method, "/operator/v1/content_rules" + path, body, TelnyxHost.OperatorKey);
}
