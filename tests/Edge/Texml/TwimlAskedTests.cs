using Ringwright.Edge.Telefonie;

namespace Ringwright.Edge.Texml;

/// <summary>Forms as programs write them that send their requests themselves, and each of their fields.</summary>
public sealed class TwimlAskedTests
{
    [Fact]
    public async Task What_asks_for_nothing_is_no_fault_and_what_asks_for_more_is_refused_by_its_name()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        string account = (string)host.Made["account_sid"]!;

        // A field that nobody knows, and one that only says whose request it is.
        var made = await host.DoTwimlAsync(HttpMethod.Post, "Queues.json", 201, new()
        {
            ["FriendlyName"] = "support", ["MaxSize"] = "", ["Transcribe"] = "false", ["Label"] = "", ["AccountSid"] = account,
        });
        Assert.Equal(("support", 1_000), ((string?)made["friendly_name"], (int)made["max_size"]!));
        foreach (var (name, value) in new[] { ("Transcribe", "true"), ("AccountSid", "AC" + new string('0', 32)) })
        {
            var refused = await host.DoTwimlAsync(HttpMethod.Post, "Queues.json", 400, new()
            {
                ["FriendlyName"] = "sales", [name] = value,
            });
            Assert.Equal(20001, (int)refused["code"]!);
            Assert.Contains(name, (string?)refused["message"], StringComparison.Ordinal);
        }

        // One that is refused, and what is so anyway.
        var application = await host.DoTwimlAsync(HttpMethod.Post, "Applications.json", 201, new()
        {
            ["FriendlyName"] = "menu", ["ApiVersion"] = "2010-04-01", ["VoiceUrl"] = $"{host.Hook.Url}/voice", ["VoiceMethod"] = "get",
            ["SmsUrl"] = "", ["StatusCallbackMethod"] = "", ["VoiceCallerIdLookup"] = "False",
        });
        Assert.Equal(("GET", "POST"), ((string?)application["voice_method"], (string?)application["status_callback_method"]));
        var old = await host.DoTwimlAsync(HttpMethod.Post, "Applications.json", 400, new()
        {
            ["FriendlyName"] = "menu", ["ApiVersion"] = "2008-08-01",
        });
        Assert.Contains("ApiVersion", (string?)old["message"], StringComparison.Ordinal);
    }
}
