using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Two accounts with numbers on profiles, and what they are told.</summary>
internal sealed class Texting(TelnyxHost host)
{
    public const string Hook = "https://93.184.216.34/texts", Failover = "https://93.184.216.34/other";
    private static long _counter = 2000000000000008000;

    public async Task<string> ProfileAsync(string more = "", bool isStrangers = false)
    {
        var made = await host.SendAsync("POST", "/v2/messaging_profiles",
            $$"""{"name":"Texts","whitelisted_destinations":["*"],"webhook_url":"{{Hook}}","webhook_failover_url":"{{Failover}}"{{more}}}""",
            isStrangers ? TelnyxHost.OtherTenantKey : TelnyxHost.Key);
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Data["id"]!;
    }

    /// <summary>A new number, on the profile if there is one.</summary>
    public async Task<string> NumberAsync(string? profile, bool isStrangers = false, string prefix = "+1555022")
    {
        long id = Interlocked.Increment(ref _counter);
        string text = $"{prefix}{id % 10_000:0000}";
        await host.Store.Numbers.ImportAsync(
            [Imported.Number(new(text, isStrangers ? host.Stranger : host.Tenant, null), id, host.Time.GetUtcNow())],
            TestContext.Current.CancellationToken);
        if (profile is not null)
        {
            var put = await host.SendAsync("PATCH", $"/v2/phone_numbers/{text}/messaging",
                $$"""{"messaging_profile_id":"{{profile}}"}""", isStrangers ? TelnyxHost.OtherTenantKey : TelnyxHost.Key);
            Assert.True(put.Status == 200, put.Text);
        }
        return text;
    }

    public Task<Answer> SendAsync(string from, string to, string text, string more = "", bool isStrangers = false) =>
        host.SendAsync("POST", "/v2/messages",
            new JsonObject { ["from"] = from, ["to"] = to, ["text"] = text }.ToJsonString()[..^1] + more + "}",
            isStrangers ? TelnyxHost.OtherTenantKey : TelnyxHost.Key);

    public Task<Answer> GetAsync(string id, bool isStrangers = false) =>
        host.SendAsync("GET", $"/v2/messages/{id}", (string?)null, isStrangers ? TelnyxHost.OtherTenantKey : TelnyxHost.Key);

    /// <summary>Sends one that must be taken, and waits until it has the state.</summary>
    public async Task<JsonObject> SentAsync(string from, string to, string text, string state = "delivered", bool isStrangers = false)
    {
        var sent = await SendAsync(from, to, text, isStrangers: isStrangers);
        Assert.True(sent.Status == 200, sent.Text);
        return await StateAsync((string)sent.Data["id"]!, state, isStrangers);
    }

    public Task<JsonObject> StateAsync(string id, string state, bool isStrangers = false) => Eventually.SomeAsync(async () =>
        (await GetAsync(id, isStrangers)).Data is var data && (string?)data["to"]![0]!["status"] == state ? data : null,
        $"the message is {state}");

    /// <summary>What an account was or will be told, oldest first, with the URLs.</summary>
    public async Task<IReadOnlyList<(string Type, JsonObject Payload, string Url, string? Failover)>> ToldAsync(bool isStrangers = false,
        Func<JsonObject, bool>? which = null, string family = "message.")
    {
        var told = new List<(string, JsonObject, string, string?)>();
        foreach (var message in await OutboxAsync(isStrangers, family))
        {
            var payload = JsonNode.Parse(message.Body)!["payload"]!.AsObject();
            if (which?.Invoke(payload) is not false) told.Add((message.EventType, payload, message.Url, message.FailoverUrl));
        }
        return told;
    }

    /// <summary>The same as it lies in the outbox.</summary>
    public async Task<IReadOnlyList<OutboxMessage>> OutboxAsync(bool isStrangers = false, string family = "message.")
    {
        TenantId tenant = isStrangers ? host.Stranger : host.Tenant;
        var told = new List<OutboxMessage>();
        foreach (var entry in await host.Store.Outbox.ListPendingAsync(0, 100_000, TestContext.Current.CancellationToken))
            if (entry.Tenant == tenant
                && await host.Store.Outbox.FindAsync(tenant, entry.Id, TestContext.Current.CancellationToken) is { } message
                && message.EventType.StartsWith(family, StringComparison.Ordinal)) told.Add(message);
        return told;
    }
}
