using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;
using Ringwright.Testing;
using Ringwright.Texml.Twiml;

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

    /// <summary>Programs that want to hear of every end of a call write statuses among its events; what is neither is refused.</summary>
    [Fact]
    public async Task Statuses_among_the_events_of_a_call_stand_for_the_events_that_tell_them()
    {
        var read = TwimlCallBody.OfNew(new() { ["StatusCallbackEvent"] = new JsonArray("ringing", "Busy", "no_answer", "in-progress") });
        Assert.Equal("ringing completed answered", (string?)read["StatusCallbackEvent"]);

        await using var host = await TelefonieHost.StartAsync(null);
        var form = new Dictionary<string, string>
        {
            ["To"] = TelefonieHost.Number("busy"), ["From"] = TelefonieHost.FirstNumber, ["Twiml"] = "<Response><Hangup/></Response>",
            ["StatusCallback"] = $"{host.Hook.Url}/status",
            ["StatusCallbackEvent"] = "initiated ringing answered completed busy no-answer failed canceled",
        };
        await host.DoTwimlAsync(HttpMethod.Post, "Calls.json", 201, form);
        form["StatusCallbackEvent"] = "started";
        var refused = await host.DoTwimlAsync(HttpMethod.Post, "Calls.json", 400, form);
        Assert.Contains("StatusCallbackEvent", (string?)refused["message"], StringComparison.Ordinal);
    }

    /// <summary>A document of the vendor's may have 4,000 characters, whatever bytes they are.</summary>
    [Fact]
    public async Task A_document_in_a_request_may_be_long_in_letters_of_two_bytes()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        var form = new Dictionary<string, string>
        {
            ["To"] = TelefonieHost.Number("busy"), ["From"] = TelefonieHost.FirstNumber,
            ["Twiml"] = $"<Response><Say language=\"ru-RU\">{new string('\u044F', 3_400)}</Say></Response>",
        };
        await host.DoTwimlAsync(HttpMethod.Post, "Calls.json", 201, form);
        form["Twiml"] = $"<Response><Say language=\"ja-JP\">{new string('\u3042', 3_400)}</Say></Response>";
        var refused = await host.DoTwimlAsync(HttpMethod.Post, "Calls.json", 400, form);
        Assert.Contains("Twiml", (string?)refused["message"], StringComparison.Ordinal);
    }

    /// <summary>Programs of streams tell a call that is over from a fault by it.</summary>
    [Fact]
    public async Task Whoever_ends_a_call_that_is_over_finds_none()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        var made = await host.DoTwimlAsync(HttpMethod.Post, "Calls.json", 201, new()
        {
            ["To"] = TelefonieHost.Number("busy"), ["From"] = TelefonieHost.FirstNumber, ["Twiml"] = "<Response><Hangup/></Response>",
        });
        string his = $"Calls/{made["sid"]}.json";
        await Eventually.SomeAsync(async () =>
            (string?)(await host.DoTwimlAsync(HttpMethod.Get, his, 200))["status"] is "busy" ? "" : null, "it is over");
        foreach (string word in (string[])["completed", "canceled"])
            Assert.Equal(20404, (int)(await host.DoTwimlAsync(HttpMethod.Post, his, 404, new() { ["Status"] = word }))["code"]!);
        var late = await host.DoTwimlAsync(HttpMethod.Post, his, 400, new() { ["Twiml"] = "<Response><Hangup/></Response>" });
        Assert.Equal(21220, (int)late["code"]!);
    }
}
