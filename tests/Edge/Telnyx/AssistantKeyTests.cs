using System.Text;

namespace Ringwright.Edge.Telnyx;

/// <summary>Requests that make assistants and what belongs to them, sent again under the same key.</summary>
public sealed class AssistantKeyTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Assistants = "/v2/ai/assistants", Conversations = "/v2/ai/conversations";

    private static string Named(string name) => $$"""{"name":"{{name}}","model":"some/model","instructions":"Be brief."}""";

    [Fact]
    public async Task A_request_that_is_sent_again_makes_one_thing_and_has_the_first_reply()
    {
        var first = await SendAsync("key_1", Assistants, Named("once"));
        Assert.True(first.Status == 200, first.Text);
        var again = await SendAsync("key_1", Assistants, Named("once"));
        Assert.Equal((200, first.Text), (again.Status, again.Text));
        Assert.Single((await host.SendAsync("GET", Assistants)).List, one => (string?)one!["name"] == "once");
        (await SendAsync("key_1", Assistants, Named("another"))).Refuses(422, "10015");
        (await SendAsync("key_1", Conversations, "{}")).Refuses(422, "10015");
        // A key is its account's.
        var strangers = await SendAsync("key_1", Assistants, Named("once"), TelnyxHost.OtherTenantKey);
        Assert.True(strangers.Status == 200, strangers.Text);
        Assert.NotEqual((string?)first.Body["id"], (string?)strangers.Body["id"]);
        foreach (string bad in new[] { "a key", "k.1", new string('k', 256) })
            (await SendAsync(bad, Assistants, Named("once"))).Refuses(400, "10015");
    }

    [Fact]
    public async Task A_refusal_leaves_the_key_and_of_requests_at_the_same_time_one_is_done()
    {
        (await SendAsync("later", Conversations, """{"metadata":{"assistant_id":"assistant-0"}}""")).Refuses(422, "10015");
        Assert.Equal(200, (await SendAsync("later", Conversations, "{}")).Status);

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync("at-once", Assistants, Named("together"))));
        Assert.Contains(all, one => one.Status == 200);
        Assert.All(all, one => Assert.True(one.Status is 200 or 409, one.Text));
        Assert.Single((await host.SendAsync("GET", Assistants)).List, one => (string?)one!["name"] == "together");
        Assert.Single(all.Where(one => one.Status == 200).Select(one => one.Text).Distinct());
    }

    private async Task<Answer> SendAsync(string key, string path, string body, string account = TelnyxHost.Key)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        Assert.True(content.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        return await host.SendAsync("POST", path, content, account);
    }
}
