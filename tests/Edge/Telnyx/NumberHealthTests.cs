using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>How numbers do with messages, as their settings show it.</summary>
public sealed class NumberHealthTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Nobody = "+15550229998";
    private readonly Texting _texts = new(host);

    private static string? Health(JsonNode? settings) => settings?["health"] is not JsonObject health ? null
        : $"{health["message_count"]} {health["inbound_outbound_ratio"]} {health["success_ratio"]} {health["spam_ratio"]}";

    [Fact]
    public async Task A_number_shows_what_became_of_its_messages_and_how_many_came()
    {
        string profile = await _texts.ProfileAsync(), number = await _texts.NumberAsync(profile);
        string other = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        string path = $"/v2/phone_numbers/{number}/messaging";
        Assert.Null(Health((await host.SendAsync("GET", path)).Data));
        await _texts.SentAsync(number, other, "One");
        await _texts.SentAsync(number, other, "Two");
        await _texts.SentAsync(number, Nobody, "Three", "sending_failed");
        await _texts.SentAsync(other, number, "Four", isStrangers: true);
        const string expected = "4 0.3333 0.6667 0";
        Assert.Equal(expected, Health((await host.SendAsync("GET", path)).Data));
        var listed = await host.SendAsync("GET", $"/v2/messaging_profiles/{profile}/phone_numbers");
        Assert.Equal(expected, Health(Assert.Single(listed.List)));
        var all = await host.SendAsync("GET", $"/v2/phone_numbers/messaging?filter[messaging_profile_id]={profile}");
        Assert.Equal(expected, Health(Assert.Single(all.List)));
        var changed = await host.SendAsync("PATCH", path, """{"tags":["sales"]}""");
        Assert.Equal((200, expected), (changed.Status, Health(changed.Data)));
        Assert.Equal("3 2 1 0",
            Health((await host.SendAsync("GET", $"/v2/phone_numbers/{other}/messaging", key: TelnyxHost.OtherTenantKey)).Data));

        host.Time.Advance(TimeSpan.FromDays(31));
        Assert.Null(Health((await host.SendAsync("GET", path)).Data));
    }
}
