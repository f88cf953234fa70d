using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Telefonie;
using Ringwright.Testing;

namespace Ringwright.Edge.Texml;

/// <summary>Texts that programs send by TwiML's API: <c>messages.create</c> of its SDKs.</summary>
public sealed class TwimlMessageTests : IAsyncLifetime
{
    private const string Mine = TelefonieHost.FirstNumber, Theirs = TelefonieHost.SecondNumber;

    private TelefonieHost _host = null!;        // set before each test

    public async ValueTask InitializeAsync()
    {
        _host = await TelefonieHost.StartAsync(null);
        // Who has texts told takes part.
        await _host.DoneAsync(200, "POST", $"/numbers/owned/{Uri.EscapeDataString(Theirs)}", $$"""{"sms_url":"{{_host.Hook.Url}}/told"}""",
            _host.Second);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_text_is_sent_shown_told_and_deleted()
    {
        var made = await _host.DoTwimlAsync(HttpMethod.Post, "Messages.json", 201, new()
        {
            ["To"] = "(555) 010-0002", ["From"] = Mine, ["Body"] = "“Hello”", ["StatusCallback"] = $"{_host.Hook.Url}/status",
            ["SmartEncoded"] = "true", ["ValidityPeriod"] = "600", ["ProvideFeedback"] = "false", ["ContentRetention"] = "retain",
        });
        string sid = (string)made["sid"]!;
        Assert.Matches("^SM[0-9a-f]{32}$", sid);
        Assert.Equal(("queued", "outbound-api", Mine, Theirs, "\"Hello\"", "0", "1"), ((string?)made["status"], (string?)made["direction"],
            (string?)made["from"], (string?)made["to"], (string?)made["body"], (string?)made["num_media"], (string?)made["num_segments"]));

        var shown = await Eventually.SomeAsync(async () =>
            await _host.DoTwimlAsync(HttpMethod.Get, $"Messages/{sid}.json", 200) is var one && (string?)one["status"] is "delivered"
                ? one : null, "the text is delivered");
        Assert.Equal("\"Hello\"", (string?)shown["body"]);
        await Eventually.TrueAsync(() => Told().Count == 2, "what became of it is told");
        Assert.Equal(["sent", "delivered"], Told().Select(told => FieldsOf(told.Text)["MessageStatus"]));
        Assert.All(Told(), told =>
        {
            Assert.Equal((sid, Mine), (FieldsOf(told.Text)["MessageSid"], FieldsOf(told.Text)["From"]));
            Assert.Contains("x-twilio-signature", told.Headers.Keys);
            Assert.Equal(told["webhook-id"], told["i-twilio-idempotency-token"]);
        });

        await _host.DoTwimlAsync(HttpMethod.Delete, $"Messages/{sid}.json", 204);
        await _host.DoTwimlAsync(HttpMethod.Get, $"Messages/{sid}.json", 404);
        await _host.DoTwimlAsync(HttpMethod.Delete, $"Messages/{sid}.json", 404);
        Assert.Empty((await _host.DoTwimlAsync(HttpMethod.Get, "Messages.json", 200))["messages"]!.AsArray());

        IReadOnlyList<Received> Told() => [.. _host.Hook.All.Where(one => one.Path == "/status")];
    }

    [Fact]
    public async Task Files_go_with_a_text_to_a_number_of_the_node()
    {
        await using var pictures = await Sink.StartAsync((_, context) =>
        {
            context.Response.ContentType = "image/png";
            return context.Response.Body.WriteAsync("no picture"u8.ToArray(), TestContext.Current.CancellationToken).AsTask();
        });
        var made = await _host.DoTwimlAsync(HttpMethod.Post, "Messages.json", 201, new()
        {
            ["To"] = Theirs, ["From"] = Mine, ["MediaUrl"] = $"{pictures.Url}/a.png",
        });
        Assert.Matches("^MM[0-9a-f]{32}$", (string?)made["sid"]);
        Assert.Equal(("1", ""), ((string?)made["num_media"], (string?)made["body"]));
        await RefusesAsync(21620, new() { ["MediaUrl"] = "http://127.0.0.1:1/a.png" });
    }

    public static TheoryData<string, string, int> Wrong()
    {
        var rows = new TheoryData<string, string, int>
        {
            { "To", "nobody", 21211 },
            { "To", Mine, 21266 },
            { "From", "+15550199999", 21606 },
            { "Body", "", 21619 },
        };
        if (!Depth.IsAll) return rows;
        rows.Add("To", "", 21604);
        rows.Add("To", "whatsapp:+15550100002", 21211);
        rows.Add("From", "", 21603);
        rows.Add("From", "Brand", 21606);
        rows.Add("StatusCallback", "ftp://a.example/status", 21609);
        rows.Add("MessagingServiceSid", "MG00000000000000000000000000000000", 20001);
        rows.Add("ValidityPeriod", "40000", 20001);
        rows.Add("SendAt", "2030-01-01T00:00:00Z", 20001);
        return rows;
    }

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_is_wrong_has_its_code_and_sends_nothing(string field, string value, int code)
    {
        await RefusesAsync(code, new() { ["Body"] = "x", [field] = value });
        Assert.Empty((await _host.DoTwimlAsync(HttpMethod.Get, "Messages.json", 200))["messages"]!.AsArray());
    }

    [Fact]
    public async Task What_is_too_long_and_a_file_that_nothing_carries_are_refused()
    {
        await RefusesAsync(21617, new() { ["Body"] = new string('x', 1_601) });
        await RefusesAsync(21612, new() { ["To"] = TelefonieHost.Number("ok-1"), ["MediaUrl"] = "http://127.0.0.1:1/a.png" });
    }

    [Fact]
    public async Task Whoever_has_written_stop_gets_no_more()
    {
        Dictionary<string, string> offer = new() { ["To"] = Theirs, ["From"] = Mine, ["Body"] = "Buy!" };
        await _host.DoTwimlAsync(HttpMethod.Post, "Messages.json", 201, offer);
        await _host.DoneAsync(201, "POST", "/sms/messages", $$"""{"to":"{{Mine}}","from":"{{Theirs}}","body":"STOP"}""", _host.Second);
        await Eventually.SomeAsync(async () =>
            (await _host.AskTwimlAsync(HttpMethod.Post, "Messages.json", offer)).Status is 400 ? "" : null, "he is written to no more");
        await RefusesAsync(21610, offer);
    }

    private async Task RefusesAsync(int code, Dictionary<string, string> form)
    {
        form.TryAdd("To", Theirs);
        form.TryAdd("From", Mine);
        var refused = await _host.DoTwimlAsync(HttpMethod.Post, "Messages.json", 400, form);
        Assert.True((int?)refused["code"] == code, refused.ToJsonString());
    }

    private static Dictionary<string, string> FieldsOf(string form) =>
        form.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2))
            .ToDictionary(field => Uri.UnescapeDataString(field[0]), field => Uri.UnescapeDataString(field[1]));
}
