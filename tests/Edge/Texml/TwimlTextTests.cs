using System.Globalization;
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
        var shown = await host.DoTwimlAsync(HttpMethod.Post, number, 200, new() { ["SmsMethod"] = "get" });
        Assert.Null(shown["sms_url"]);
        Assert.Equal("GET", (string?)shown["sms_method"]);
        shown = await host.DoTwimlAsync(HttpMethod.Post, number, 200, new()
        {
            ["SmsUrl"] = $"{sink.Url}/sms", ["SmsFallbackUrl"] = $"{sink.Url}/else",
        });
        Assert.Equal(($"{sink.Url}/sms", "GET", $"{sink.Url}/else", "POST"), ((string?)shown["sms_url"], (string?)shown["sms_method"],
            (string?)shown["sms_fallback_url"], (string?)shown["sms_fallback_method"]));
        Assert.Null(shown["voice_url"]);

        await host.DoneAsync(201, "POST", Messages,
            $$"""{"to":"{{TelefonieHost.FirstNumber}}","from":"{{TelefonieHost.SecondNumber}}","body":"Hello?"}""", host.Second);
        var answer = await Eventually.SomeAsync(async () => await ComeAsync(host) is [var one, ..] ? one : null, "the answer has come");
        Assert.Equal((TelefonieHost.FirstNumber, "You wrote."), ((string?)answer["from"], (string?)answer["body"]));
        var replied = (await host.DoTwimlAsync(HttpMethod.Get, "Messages.json?From=(555)%20010-0001", 200))["messages"]!.AsArray();
        Assert.Equal("outbound-reply", (string?)Assert.Single(replied)!["direction"]);
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

    /// <summary>What came was sent by others, at times that they know: it is found by when it came.</summary>
    [Fact]
    public async Task Texts_are_listed_by_when_they_left_or_came()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        await host.DoneAsync(200, "POST", $"/numbers/owned/{Uri.EscapeDataString(TelefonieHost.FirstNumber)}",
            $$"""{"sms_url":"{{host.Hook.Url}}/told"}""");
        await host.DoneAsync(201, "POST", Messages,
            $$"""{"to":"{{TelefonieHost.FirstNumber}}","from":"{{TelefonieHost.SecondNumber}}","body":"Hello?"}""", host.Second);
        var come = await Eventually.SomeAsync(async () => await ListAsync("") is [var one, ..] ? one : null, "the text has come");
        Assert.Equal(("inbound", "received", "Hello?", TelefonieHost.SecondNumber), ((string?)come["direction"], (string?)come["status"],
            (string?)come["body"], (string?)come["from"]));
        Assert.Equal(("0", "1"), ((string?)come["num_media"], (string?)come["num_segments"]));
        string sid = (string)come["sid"]!;
        Assert.Matches("^SM[0-9a-f]{32}$", sid);
        var fetched = await host.DoTwimlAsync(HttpMethod.Get, $"Messages/{sid}.json", 200);
        Assert.True(JsonNode.DeepEquals(come, fetched), fetched.ToJsonString());
        await host.DoTwimlAsync(HttpMethod.Get, $"Messages/MM{sid[2..]}.json", 404);

        var sent = DateTimeOffset.Parse((string)come["date_sent"]!, CultureInfo.InvariantCulture);
        string moment = sent.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string day = Day(sent), next = Day(sent.AddDays(1)), number = Uri.EscapeDataString(TelefonieHost.SecondNumber);
        foreach (string found in new[]
        {
            $"DateSent={day}", $"DateSent={day[..7]}", $"DateSent={day[..4]}", $"DateSent%3E={day}", $"DateSent%3C={next}",
            $"DateSent%3E={day}&DateSent%3C={next}", $"DateSent={moment}", $"From={number}&DateSent%3E={day[..4]}",
            "From=(555)%20010-0002", $"From={TelefonieHost.SecondNumber}", "From=1-555-010-0002",
        }) Assert.True((await ListAsync(found)).Count == 1, found);
        foreach (string other in new[] { $"DateSent={next}", $"DateSent%3E={next}", $"DateSent%3C={day}", $"To={number}" })
            Assert.True((await ListAsync(other)).Count == 0, other);
        var refused = await host.DoTwimlAsync(HttpMethod.Get, "Messages.json?DateSent=yesterday", 400);
        Assert.Contains("DateSent", (string?)refused["message"], StringComparison.Ordinal);

        async Task<IReadOnlyList<JsonObject>> ListAsync(string query)
        {
            var page = await host.DoTwimlAsync(HttpMethod.Get, $"Messages.json?{query}", 200);
            return [.. page["messages"]!.AsArray().Select(one => one!.AsObject())];
        }

        static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static async Task<IReadOnlyList<JsonObject>> ComeAsync(TelefonieHost host) =>
    [
        .. (await host.DoneAsync(200, "GET", $"{Messages}?direction=inbound", key: host.Second))["messages"]!.AsArray()
            .Select(one => one!.AsObject()),
    ];
}
