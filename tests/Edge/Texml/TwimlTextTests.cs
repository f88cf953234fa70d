using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Telefonie;
using Ringwright.Testing;

namespace Ringwright.Edge.Texml;

/// <summary>A number of TwiML's API whose texts documents answer: set, asked, told, and given back.</summary>
public sealed class TwimlTextTests
{
    private const string Messages = "/sms/messages";

    [Fact]
    public async Task A_text_to_a_number_is_answered_by_its_document_until_the_number_goes()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            context.Response.ContentType = "text/xml";
            return context.Response.WriteAsync(received.Path != "/sms" ? "<Response/>"
                : "<Response><Message statusCallback=\"/status\">You wrote.</Message></Response>", TestContext.Current.CancellationToken);
        });
        var listed = await host.DoTwimlAsync(HttpMethod.Get, "IncomingPhoneNumbers.json", 200);
        string number = $"IncomingPhoneNumbers/{listed["incoming_phone_numbers"]![0]!["sid"]}.json";
        var refused = await host.DoTwimlAsync(HttpMethod.Post, number, 400, new() { ["SmsUrl"] = "ftp://a.example/sms" });
        Assert.Contains("SmsUrl", (string?)refused["message"], StringComparison.Ordinal);
        var shown = await host.DoTwimlAsync(HttpMethod.Post, number, 200, new()
        {
            ["SmsUrl"] = $"{sink.Url}/sms", ["SmsMethod"] = "get", ["SmsFallbackUrl"] = $"{sink.Url}/else",
        });
        Assert.Equal(($"{sink.Url}/sms", "GET", $"{sink.Url}/else", "POST"), ((string?)shown["sms_url"], (string?)shown["sms_method"],
            (string?)shown["sms_fallback_url"], (string?)shown["sms_fallback_method"]));
        Assert.Null(shown["voice_url"]);

        await host.DoneAsync(201, "POST", Messages,
            $$"""{"to":"{{TelefonieHost.FirstNumber}}","from":"{{TelefonieHost.SecondNumber}}","body":"Hello?"}""", host.Second);
        var answer = await Eventually.SomeAsync(async () => await ComeAsync(host) is [var one, ..] ? one : null, "the answer has come");
        Assert.Equal((TelefonieHost.FirstNumber, "You wrote."), ((string?)answer["from"], (string?)answer["body"]));
        var asked = sink.All.Single(one => one.Path == "/sms");
        Assert.Equal("GET", asked.Method);
        Assert.Contains("&Body=Hello%3F&", asked.Query, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => sink.All.Count(one => one.Path == "/status") == 2, "what became of it is told");
        Assert.All(sink.All.Where(one => one.Path == "/status"), told => Assert.Contains("x-twilio-signature", told.Headers.Keys));

        // An API that tells by callbacks of its own takes the number over, and it is the number's no more.
        await host.DoneAsync(200, "POST", $"/numbers/owned/{Uri.EscapeDataString(TelefonieHost.FirstNumber)}",
            $$"""{"sms_url":"{{host.Hook.Url}}/told"}""");
        shown = await host.DoTwimlAsync(HttpMethod.Get, number, 200);
        Assert.Null(shown["sms_url"]);
        Assert.Equal("POST", (string?)shown["sms_method"]);
    }

    private static async Task<IReadOnlyList<JsonObject>> ComeAsync(TelefonieHost host) =>
    [
        .. (await host.DoneAsync(200, "GET", $"{Messages}?direction=inbound", key: host.Second))["messages"]!.AsArray()
            .Select(one => one!.AsObject()),
    ];
}
