using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>What assistants are to do at a set time, over HTTP: ordered, listed, called off; and texts that go out at theirs.</summary>
public sealed class ScheduledEventTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Callee = "+15550190001";

    [Fact]
    public async Task An_order_is_shown_listed_by_time_and_called_off()
    {
        var (assistant, from) = (await AssistantAsync(), await new Texting(host).NumberAsync(null));
        string path = $"/v2/ai/assistants/{assistant}/scheduled_events";
        var late = await OrderAsync(path, from, host.Time.GetUtcNow().AddHours(3));
        var soon = await OrderAsync(path, from, host.Time.GetUtcNow().AddHours(1), """,  "conversation_metadata": {"order": 7}""");
        Assert.Equal((201, "pending", assistant, "phone_call", 0), (soon.Status, (string?)soon.Body["status"],
            (string?)soon.Body["assistant_id"], (string?)soon.Body["telnyx_conversation_channel"], (int)soon.Body["retry_count"]!));
        string id = (string)soon.Body["scheduled_event_id"]!;
        var shown = await host.SendAsync("GET", $"{path}/{id}");
        Assert.True(JsonNode.DeepEquals(soon.Body, shown.Body), shown.Text);
        Assert.Equal([id, (string)late.Body["scheduled_event_id"]!], await IdsAsync(path));
        string between = Uri.EscapeDataString(host.Time.GetUtcNow().AddHours(2).ToString("O"));
        Assert.Equal([id], await IdsAsync($"{path}?to_date={between}"));
        Assert.Equal([(string)late.Body["scheduled_event_id"]!], await IdsAsync($"{path}?from_date={between}"));
        Assert.Empty(await IdsAsync($"{path}?conversation_channel=sms_chat"));
        Assert.Empty(await IdsAsync($"/v2/ai/assistants/{await AssistantAsync()}/scheduled_events"));

        (await host.SendAsync("GET", $"{path}/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"{path}/{Guid.NewGuid()}")).Refuses(404, "10005");
        Assert.Equal((true, true), (await HasJobAsync(soon), await HasJobAsync(late)));
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{path}/{id}")).Status);
        (await host.SendAsync("GET", $"{path}/{id}")).Refuses(404, "10005");
        Assert.Equal((false, true), (await HasJobAsync(soon), await HasJobAsync(late)));
        // With the assistant goes what it was to do.
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/ai/assistants/{assistant}")).Status);
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
        Assert.False(await HasJobAsync(late));
    }

    [Theory]
    [InlineData("telnyx_agent_target", "+15550190009", "10015", "/telnyx_agent_target")]
    [InlineData("telnyx_end_user_target", "somebody", "10015", "/telnyx_end_user_target")]
    [InlineData("scheduled_at_fixed_datetime", "2025-03-04T14:58:00Z", "10015", "/scheduled_at_fixed_datetime")]
    [InlineData("text", "Hello", "10015", "/text")]
    [InlineData("telnyx_conversation_channel", "sms_chat", "10004", "/text")]
    public async Task What_cannot_be_is_refused(string field, string value, string code, string pointer)
    {
        var body = new JsonObject
        {
            ["telnyx_conversation_channel"] = "phone_call", ["telnyx_end_user_target"] = Callee,
            ["telnyx_agent_target"] = await new Texting(host).NumberAsync(null), ["scheduled_at_fixed_datetime"] = "2035-01-01T00:00:00Z",
        };
        body[field] = value;
        (await host.SendAsync("POST", $"/v2/ai/assistants/{await AssistantAsync()}/scheduled_events", body.ToJsonString()))
            .Refuses(422, code, pointer);
    }

    [Fact]
    public async Task A_text_goes_out_at_its_time_and_once()
    {
        var texting = new Texting(host);
        string to = await texting.NumberAsync(await texting.ProfileAsync()), from = await texting.NumberAsync(await texting.ProfileAsync());
        string path = $"/v2/ai/assistants/{await AssistantAsync()}/scheduled_events";
        var made = await host.SendAsync("POST", path, new JsonObject
        {
            ["telnyx_conversation_channel"] = "sms_chat", ["telnyx_end_user_target"] = to, ["telnyx_agent_target"] = from,
            ["scheduled_at_fixed_datetime"] = host.Time.GetUtcNow().AddMinutes(10).ToString("O"), ["text"] = "Your table is free.",
        }.ToJsonString());
        Assert.True(made.Status == 201, made.Text);
        string id = (string)made.Body["scheduled_event_id"]!;
        Assert.Empty(await texting.ToldAsync());
        host.Time.Advance(TimeSpan.FromMinutes(10));
        var over = await Eventually.SomeAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return (await host.SendAsync("GET", $"{path}/{id}")).Body is var now && (string?)now["status"] is "completed" ? now : null;
        }, "it has gone out");
        var messages = await host.SendAsync("GET", $"/v2/ai/conversations/{over["conversation_id"]}/messages");
        Assert.Equal(("assistant", "Your table is free."), ((string?)messages.List[0]!["role"], (string?)messages.List[0]!["text"]));
        Assert.Equal(["message.finalized", "message.received", "message.sent"], (await texting.ToldAsync(
            which: payload => (string?)payload["text"] is "Your table is free.")).Select(told => told.Type).Order());
    }

    private async Task<string> AssistantAsync() => (string)(await host.SendAsync("POST", "/v2/ai/assistants",
        """{"name":"a","model":"some/model","instructions":"i"}""")).Body["id"]!;

    private async Task<Answer> OrderAsync(string path, string from, DateTimeOffset at, string more = "")
    {
        var made = await host.SendAsync("POST", path, $$"""
            {"telnyx_conversation_channel": "phone_call", "telnyx_end_user_target": "{{Callee}}", "telnyx_agent_target": "{{from}}",
             "scheduled_at_fixed_datetime": "{{at:O}}"{{more}}}
            """);
        Assert.True(made.Status == 201, made.Text);
        return made;
    }

    private async Task<bool> HasJobAsync(Answer ordered) => await host.Store.Jobs.FindAsync(host.Tenant,
        Guid.Parse((string)ordered.Body["scheduled_event_id"]!), TestContext.Current.CancellationToken) is not null;

    private async Task<IEnumerable<string>> IdsAsync(string path) =>
        (await host.SendAsync("GET", path)).List.Select(one => (string)one!["scheduled_event_id"]!);
}
