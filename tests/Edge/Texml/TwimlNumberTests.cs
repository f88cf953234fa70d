using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;

namespace Ringwright.Edge.Texml;

/// <summary>What answers calls to a number, set by TwiML's API.</summary>
public sealed class TwimlNumberTests
{
    [Fact]
    public async Task What_an_application_makes_useless_beside_it_is_a_warning_that_names_number_and_field()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        string url = $"{host.Hook.Url}/voice";
        string application = (string)(await host.DoTwimlAsync(HttpMethod.Post, "Applications.json", 201, new()
        {
            ["FriendlyName"] = "menu", ["VoiceUrl"] = url,
        }))["sid"]!;
        var listed = await host.DoTwimlAsync(HttpMethod.Get, "IncomingPhoneNumbers.json", 200);
        string number = $"IncomingPhoneNumbers/{listed["incoming_phone_numbers"]![0]!["sid"]}.json";

        await host.DoTwimlAsync(HttpMethod.Post, number, 200, new() { ["VoiceApplicationSid"] = application });
        Assert.Empty(await WarningsAsync(host));
        var shown = await host.DoTwimlAsync(HttpMethod.Post, number, 200, new()
        {
            ["VoiceApplicationSid"] = application, ["VoiceUrl"] = $"{url}/other", ["StatusCallback"] = $"{url}/status",
        });
        Assert.Equal(application, (string?)shown["voice_application_sid"]);
        var warning = Assert.Single(await WarningsAsync(host))!;
        Assert.Equal("command", (string?)warning["source"]);
        Assert.StartsWith($"VoiceUrl, StatusCallback of {TelefonieHost.FirstNumber}: ", (string?)warning["cause"],
            StringComparison.Ordinal);
        Assert.Contains(application, (string?)warning["cause"], StringComparison.Ordinal);
        Assert.Null(warning["leg_id"]);

        // By themselves they are the number's own.
        await host.DoTwimlAsync(HttpMethod.Post, number, 200, new() { ["VoiceApplicationSid"] = "", ["VoiceUrl"] = $"{url}/other" });
        Assert.Single(await WarningsAsync(host));
    }

    [Fact]
    public async Task A_number_stays_with_its_application_where_only_what_stands_beside_a_document_is_said()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        string url = $"{host.Hook.Url}/voice";
        string application = (string)(await host.DoTwimlAsync(HttpMethod.Post, "Applications.json", 201, new()
        {
            ["FriendlyName"] = "menu", ["VoiceUrl"] = url,
        }))["sid"]!;
        var listed = await host.DoTwimlAsync(HttpMethod.Get, "IncomingPhoneNumbers.json", 200);
        string number = $"IncomingPhoneNumbers/{listed["incoming_phone_numbers"]![0]!["sid"]}.json";
        await host.DoTwimlAsync(HttpMethod.Post, number, 200, new() { ["VoiceApplicationSid"] = application });

        // As programs take a number's documents away, and as they set one that is theirs.
        await StaysAsync(new() { ["SmsUrl"] = "", ["VoiceUrl"] = "", ["StatusCallback"] = "" });
        Assert.Empty(await WarningsAsync(host));
        await StaysAsync(new() { ["StatusCallback"] = $"{url}/status" });
        var warning = Assert.Single(await WarningsAsync(host))!;
        Assert.StartsWith($"StatusCallback of {TelefonieHost.FirstNumber}: ", (string?)warning["cause"], StringComparison.Ordinal);
        Assert.Contains(application, (string?)warning["cause"], StringComparison.Ordinal);

        // Another document is what takes its calls away.
        var moved = await host.DoTwimlAsync(HttpMethod.Post, number, 200, new() { ["VoiceUrl"] = $"{url}/other" });
        Assert.Null(moved["voice_application_sid"]);
        Assert.Equal($"{url}/other", (string?)moved["voice_url"]);

        async Task StaysAsync(Dictionary<string, string> form) =>
            Assert.Equal(application, (string?)(await host.DoTwimlAsync(HttpMethod.Post, number, 200, form))["voice_application_sid"]);
    }

    [Fact]
    public async Task A_number_that_another_network_has_is_nothing_to_give_back_until_it_comes_back()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        var listed = await host.DoTwimlAsync(HttpMethod.Get, "IncomingPhoneNumbers.json", 200);
        string number = $"IncomingPhoneNumbers/{listed["incoming_phone_numbers"]![0]!["sid"]}.json";
        await PortAsync(isOut: true);
        Assert.Empty((await host.DoTwimlAsync(HttpMethod.Get, "IncomingPhoneNumbers.json", 200))["incoming_phone_numbers"]!.AsArray());
        await host.DoTwimlAsync(HttpMethod.Get, number, 404);
        await host.DoTwimlAsync(HttpMethod.Post, number, 404, new() { ["VoiceUrl"] = $"{host.Hook.Url}/voice" });
        await host.DoTwimlAsync(HttpMethod.Delete, number, 404);
        await PortAsync(isOut: false);
        await host.DoTwimlAsync(HttpMethod.Get, number, 200);

        async Task PortAsync(bool isOut) => Assert.True(await host.Node.Node.Database.Numbers.PortAsync(
            TelefonieHost.FirstNumber, isOut, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken));
    }

    private static async Task<JsonArray> WarningsAsync(TelefonieHost host) =>
        (await host.Operator.DataAsync("GET", $"/accounts/{host.Account}/warnings")).AsArray();
}
