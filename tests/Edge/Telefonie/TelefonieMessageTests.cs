using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

public sealed class TelefonieMessagesOnSqlite : TelefonieMessageTests
{
    private protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class TelefonieMessagesOnPostgres : TelefonieMessageTests
{
    private protected override async Task<string?> DatabaseAsync() => await Migrated.OnPostgresAsync(ofNode: true);
}

/// <summary>Messages by Telefonie's API: sent, told of, listed and deleted; and who may see them.</summary>
public abstract class TelefonieMessageTests : IAsyncLifetime
{
    private const string Root = "/sms/messages";

    private TelefonieHost _host = null!;       // set before each test

    private protected abstract Task<string?> DatabaseAsync();

    public async ValueTask InitializeAsync() => _host = await TelefonieHost.StartAsync(await DatabaseAsync());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_message_is_sent_comes_is_told_of_and_deleted()
    {
        await ListenAsync();
        var sent = await SendAsync("Where are you?", $",\"status_callback\":\"{_host.Hook.Url}/status\"");
        Assert.Equal(("queued", "outbound", TelefonieHost.FirstNumber, TelefonieHost.SecondNumber, "Where are you?", 1, 0),
            ((string?)sent["status"], (string?)sent["direction"], (string?)sent["from"], (string?)sent["to"], (string?)sent["body"],
                (int)sent["num_segments"]!, (int)sent["num_media"]!));
        var delivered = await ShownAsync(sent, "delivered");
        Assert.True(delivered.ContainsKey("date_sent"), delivered.ToJsonString());
        Assert.False(delivered.ContainsKey("error_code") || delivered.ContainsKey("price"), delivered.ToJsonString());

        // Each has a connection of its own: the second may be in first, and is put in order by its number.
        var told = (await ToldAsync("/status", 2)).OrderBy(t => (int)t["sequence"]!).ToList();
        Assert.Equal([("message.status", 1, "sent"), ("message.status", 2, "delivered")], told.Select(t =>
            ((string)t["event"]!, (int)t["sequence"]!, (string)t["message"]!["status"]!)));
        Assert.All(told, t => Assert.Equal((string?)sent["id"], (string?)t["message"]!["id"]));
        var came = Assert.Single(await ToldAsync("/sms", 1));
        Assert.Equal(("message.received", "received", "inbound", "Where are you?"), ((string?)came["event"],
            (string?)came["message"]!["status"], (string?)came["message"]!["direction"], (string?)came["message"]!["body"]));

        // Each account has a record of its own.
        string ours = $"{Root}/{sent["id"]}", theirs = $"{Root}/{came["message"]!["id"]}";
        Assert.True(JsonNode.DeepEquals(came["message"], await _host.DoneAsync(200, "GET", theirs, key: _host.Second)));
        // As the original's example spells it.
        string hex = Guid.Parse((string)sent["id"]!).ToString("N");
        foreach (string spelt in (string[])["SM" + hex, "sm" + hex.ToUpperInvariant()])
            Assert.Equal((string?)sent["id"], (string?)(await _host.DoneAsync(200, "GET", $"{Root}/{spelt}"))["id"]);
        await _host.RefusesAsync(404, "not_found", "GET", $"{Root}/CA{hex}");
        foreach (string method in (string[])["GET", "DELETE"])
        {
            await _host.RefusesAsync(404, "not_found", method, ours, key: _host.Second);
            await _host.RefusesAsync(404, "not_found", method, theirs);
            await _host.RefusesAsync(404, "not_found", method, Root + "/nonsense");
        }
        string from = Uri.EscapeDataString(TelefonieHost.FirstNumber);
        Assert.Equal((1, 0, 1, 0, 1), (await CountAsync("direction=outbound"), await CountAsync("direction=inbound"),
            await CountAsync("status=delivered"), await CountAsync("status=receiving"), await CountAsync($"from={from}")));
        Assert.Equal((0, 1), (await CountAsync($"to={from}"), await CountAsync("status=received", _host.Second)));
        foreach (string wrong in (string[])["from=nobody", "status=lost", "page_size=101"])
            await _host.RefusesAsync(400, "invalid_parameter", "GET", $"{Root}?{wrong}");

        await _host.DoneAsync(204, "DELETE", ours);
        await _host.RefusesAsync(404, "not_found", "GET", ours);
        await _host.RefusesAsync(404, "not_found", "DELETE", ours);
        Assert.Equal((0, 1), (await CountAsync(""), await CountAsync("", _host.Second)));
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task What_nobody_takes_fails_and_says_why()
    {
        // Nothing there is told of messages, and the number has sent none.
        var failed = await ShownAsync(await SendAsync("Anybody?"), "failed");
        Assert.Equal(1, (int)failed["error_code"]!);
        Assert.NotEmpty((string?)failed["error_message"] ?? "");
        await ListenAsync();
        await ShownAsync(await SendAsync("Now?"), "delivered");
        // Who is told no more still takes part.
        await _host.DoneAsync(200, "POST", Owned, """{"sms_url":""}""", _host.Second);
        await ShownAsync(await SendAsync("Still?"), "delivered");
        Assert.Single(await ToldAsync("/sms", 1));
    }

    [Fact]
    public async Task Whoever_writes_stop_gets_no_more_until_start()
    {
        await ListenAsync();
        await ShownAsync(await SendAsync("Buy!"), "delivered");
        var stop = await _host.DoneAsync(201, "POST", Root,
            $$"""{"to":"{{TelefonieHost.FirstNumber}}","from":"{{TelefonieHost.SecondNumber}}","body":"STOP"}""", _host.Second);
        await ShownAsync(stop, "delivered", _host.Second);
        var refused = await _host.RefusesAsync(403, "destination_not_allowed", "POST", Root, BodyOf("Buy!"));
        Assert.Equal("/to", (string?)refused["details"]![0]!["pointer"]);
        // The first told, and the confirmation.
        Assert.Contains("START", (string?)(await ToldAsync("/sms", 2))[1]["message"]!["body"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_code_is_written_to_where_somebody_has_it()
    {
        const string code = "70123";
        string json = $$"""{"to":"{{code}}","from":"{{TelefonieHost.FirstNumber}}","body":"JOIN"}""";
        var nobody = await _host.RefusesAsync(400, "invalid_request", "POST", Root, json);
        Assert.Equal("/to", (string?)nobody["details"]![0]!["pointer"]);
        await _host.Operator.DataAsync("POST", "/short_codes", $$"""{"account":"{{TelefonieHost.FirstNumber}}","short_code":"{{code}}"}""");
        var sent = await _host.DoneAsync(201, "POST", Root, json);
        Assert.Equal((code, "JOIN"), ((string?)sent["to"], (string?)sent["body"]));
        Assert.Equal((1, 0), (await CountAsync($"to={code}&direction=outbound"), await CountAsync("to=70124")));
        await _host.RefusesAsync(400, "invalid_parameter", "GET", $"{Root}?to=12");
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_sends_nothing()
    {
        foreach (var (json, pointer) in new[]
        {
            (BodyOf(""), "/body"), (BodyOf(new string('a', 1601)), "/body"), (BodyOf("x", ",\"validity_period\":0"), "/validity_period"),
            (BodyOf("x", ",\"validity_period\":99999999999"), "/validity_period"), (BodyOf("x", ",\"colour\":1"), "/colour"),
            (BodyOf("x", ",\"status_callback\":\"http://169.254.169.254/\""), "/status_callback"),
            (BodyOf("x", ",\"media_url\":[\"https://example.com/a.png\"]"), "/media_url"),
            ("""{"to":"somebody","from":"+15550100001","body":"x"}""", "/to"),
            ("""{"to":"+15550100001","from":"+15550100001","body":"x"}""", "/to"), ("""{"to":"+15550100002","body":"x"}""", "/from"),
        })
        {
            var (status, body) = await _host.AskAsync("POST", Root, json);
            Assert.True(status is 400, $"{json}: {status} {body.ToJsonString()}");
            Assert.Contains(body["error"]!["details"]!.AsArray(), detail => (string?)detail!["pointer"] == pointer);
        }
        await _host.RefusesAsync(403, "caller_not_allowed", "POST", Root, BodyOf("x"), _host.Second);
        Assert.Equal(0, await CountAsync(""));
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task What_does_not_leave_puts_no_number_on_a_profile()
    {
        var (status, body) = await _host.AskAsync("POST", Root,
            $$"""{"to":"+19005550100","from":"{{TelefonieHost.FirstNumber}}","body":"x"}""");
        Assert.True(status is 403, $"{status} {body.ToJsonString()}");
        Assert.Null(_host.Node.Node.Database.Routing.Current.FindOwnNumber(TelefonieHost.FirstNumber)!.MessagingProfile);
    }

    [Fact]
    public async Task Without_a_price_none_leaves_where_money_is_limited_and_with_one_it_does()
    {
        string json = $$"""{"to":"+493012345678","from":"{{TelefonieHost.FirstNumber}}","body":"x"}""",
            balance = $"/accounts/{_host.Account}/balance";
        await _host.Operator.DataAsync("PATCH", balance, """{"credit_limit":"10","currency":"USD"}""");
        var refused = await _host.RefusesAsync(403, "insufficient_funds", "POST", Root, json);
        Assert.StartsWith("no_price: ", (string?)refused["message"], StringComparison.Ordinal);
        Assert.Contains("needs one for sms:+49,", (string?)refused["message"], StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(""));
        // Nobody is paid for what stays on the node.
        await SendAsync("x");

        string deck = (string)(await _host.Operator.DataAsync("POST", "/rate_decks", """{"name":"texts"}"""))["id"]!;
        var price = new Rate
        {
            Prefix = "sms:+49", Currency = "USD", MicrosPerMinute = 50_000, InitialSeconds = 1, IncrementSeconds = 1,
        };
        await _host.Node.Node.Database.RateDecks.ImportAsync(Guid.Parse(deck), [(Direction.Outbound, price)], isWhole: true,
            TestContext.Current.CancellationToken);
        await _host.Operator.DataAsync("PATCH", balance, $$"""{"rate_deck_id":"{{deck}}"}""");
        await _host.DoneAsync(201, "POST", Root, json);
    }

    private static string Owned => $"/numbers/owned/{Uri.EscapeDataString(TelefonieHost.SecondNumber)}";

    private static string BodyOf(string words, string more = "") =>
        $$"""{"to":"{{TelefonieHost.SecondNumber}}","from":"{{TelefonieHost.FirstNumber}}","body":"{{words}}"{{more}}}""";

    /// <summary>The second account is told of what comes.</summary>
    private Task ListenAsync() => _host.DoneAsync(200, "POST", Owned, $$"""{"sms_url":"{{_host.Hook.Url}}/sms"}""", _host.Second);

    private Task<JsonObject> SendAsync(string words, string more = "") => _host.DoneAsync(201, "POST", Root, BodyOf(words, more));

    private Task<JsonObject> ShownAsync(JsonObject message, string status, string? key = null) => Eventually.SomeAsync(async () =>
        await _host.DoneAsync(200, "GET", $"{Root}/{message["id"]}", key: key) is var shown && (string?)shown["status"] == status
            ? shown : null, $"the message is {status}");

    private Task<IReadOnlyList<JsonObject>> ToldAsync(string path, int count) => Eventually.SomeAsync(() =>
    {
        IReadOnlyList<JsonObject> told =
            [.. _host.Hook.All.Where(r => r.Path == path).Select(r => JsonNode.Parse(r.Text)!.AsObject())];
        return ValueTask.FromResult(told.Count >= count ? told : null);
    }, $"{path} is told {count} times");

    private async Task<int> CountAsync(string query, string? key = null) =>
        (int)(await _host.DoneAsync(200, "GET", $"{Root}?{query}", key: key))["total"]!;
}
