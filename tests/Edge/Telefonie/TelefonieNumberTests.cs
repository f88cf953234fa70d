using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Numbers;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

public sealed class TelefonieNumbersOnSqlite : TelefonieNumberTests
{
    private protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class TelefonieNumbersOnPostgres : TelefonieNumberTests
{
    private protected override async Task<string?> DatabaseAsync() => await Migrated.OnPostgresAsync(ofNode: true);
}

/// <summary>Numbers by Telefonie's API: shown, named, answered by a document, given back; and who may see them.</summary>
public abstract class TelefonieNumberTests : IAsyncLifetime
{
    private const string Root = "/numbers/owned";

    private static readonly string Ours = $"{Root}/{Uri.EscapeDataString(TelefonieHost.FirstNumber)}",
        Theirs = $"{Root}/{Uri.EscapeDataString(TelefonieHost.SecondNumber)}";

    private TelefonieHost _host = null!;       // set before each test

    private protected abstract Task<string?> DatabaseAsync();

    public async ValueTask InitializeAsync() => _host = await TelefonieHost.StartAsync(await DatabaseAsync());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has a number that is bought and given back, whose it is, and PortedNumberTests")]
    public async Task A_number_that_another_network_has_keeps_its_document_until_it_comes_back()
    {
        await SetAsync(Ours, _host.Hook.Url + "/voice");
        var (store, stop) = (_host.Node.Node.Database, TestContext.Current.CancellationToken);
        Assert.True(await store.Numbers.PortAsync(TelefonieHost.FirstNumber, isOut: true, DateTimeOffset.UtcNow, stop));
        var later = new FakeTimeProvider(DateTimeOffset.UtcNow + NumberConnections.Young);
        await TelefonieNumberDocuments.SweepAsync(store, later, stop);
        Assert.True(await store.Numbers.PortAsync(TelefonieHost.FirstNumber, isOut: false, DateTimeOffset.UtcNow, stop));
        Assert.Equal(_host.Hook.Url + "/voice", (string?)(await _host.DoneAsync(200, "GET", Ours))["voice_url"]);
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task A_number_is_listed_shown_and_named()
    {
        var listed = await _host.DoneAsync(200, "GET", Root);
        Assert.Equal(1, (int)listed["total"]!);
        var number = Assert.Single(listed["numbers"]!.AsArray())!.AsObject();
        Assert.Equal((TelefonieHost.FirstNumber, "local", "US"),
            ((string?)number["phone_number"], (string?)number["type"], (string?)number["country_code"]));
        Assert.Equal("""{"voice":true,"sms":true,"mms":false}""", number["capabilities"]!.ToJsonString());
        Assert.EndsWith("Z", (string?)number["date_created"], StringComparison.Ordinal);
        foreach (string none in (string[])["friendly_name", "voice_url", "sms_url", "monthly_rate"])
            Assert.False(number.ContainsKey(none), number.ToJsonString());
        foreach (string spelt in (string[])[Ours, $"{Root}/{TelefonieHost.FirstNumber}"])
            Assert.True(JsonNode.DeepEquals(number, await _host.DoneAsync(200, "GET", spelt)));

        var named = await _host.DoneAsync(200, "POST", Ours, """{"friendly_name":"Front desk"}""");
        Assert.Equal("Front desk", (string?)named["friendly_name"]);
        Assert.Equal("Desk", (string?)(await _host.DoneAsync(200, "POST", Ours, """{"friendly_name":"Desk"}"""))["friendly_name"]);
        Assert.Equal("Desk", (string?)(await _host.DoneAsync(200, "GET", Root))["numbers"]![0]!["friendly_name"]);
        Assert.False((await _host.DoneAsync(200, "POST", Ours, """{"friendly_name":""}""")).ContainsKey("friendly_name"));
        Assert.True(JsonNode.DeepEquals(number, await _host.DoneAsync(200, "POST", Ours, "{}")));

        var account = $"/accounts/{_host.Account}/numbers";
        await _host.Operator.DataAsync("POST", account, """{"phone_number":"+18005550123"}""");
        await _host.Operator.DataAsync("POST", account, """{"phone_number":"+4915112345678"}""");
        Assert.Equal((3, 1, 1, 0), (await CountAsync(""), await CountAsync("type=toll-free"), await CountAsync("type=mobile"),
            await CountAsync("type=national")));
        var page = await _host.DoneAsync(200, "GET", Root + "?page_size=2&page=2");
        Assert.Equal((3, "+4915112345678", "DE"), ((int)page["total"]!,
            (string?)Assert.Single(page["numbers"]!.AsArray())!["phone_number"], (string?)page["numbers"]![0]!["country_code"]));
        foreach (string wrong in (string[])["page_size=101", "page=0", "type=fax"])
            await _host.RefusesAsync(400, "invalid_parameter", "GET", $"{Root}?{wrong}");
    }

    [Fact]
    public async Task TF30_a_document_answers_a_number_and_another_takes_its_place()
    {
        await using var documents = await Sink.StartAsync(async (asked, context) =>
        {
            context.Response.ContentType = "text/xml";
            await context.Response.WriteAsync(asked.Path is "/first"
                ? "<Response><Gather timeout=\"30\"/></Response>" : "<Response><Hangup/></Response>");
        });
        string first = documents.Url + "/first", second = documents.Url + "/second";
        Assert.Equal(first, (string?)(await SetAsync(Theirs, first, _host.Second))["voice_url"]);
        Assert.Equal(first, (string?)(await _host.DoneAsync(200, "GET", Theirs, key: _host.Second))["voice_url"]);
        Assert.False((await _host.DoneAsync(200, "GET", Ours)).ContainsKey("voice_url"));

        var call = await CallThemAsync();
        await Eventually.TrueAsync(() => documents.All.Count == 1, "the document is asked for");
        var told = QueryHelpers.ParseQuery(documents.All[0].Text);
        Assert.Equal(("POST", "inbound", TelefonieHost.FirstNumber, TelefonieHost.SecondNumber),
            (documents.All[0].Method, told["direction"].ToString(), told["from"].ToString(), told["to"].ToString()));
        var inbound = await _host.DoneAsync(200, "GET", $"/voice/calls/{told["call_id"]}", key: _host.Second);
        Assert.Equal(("inbound", first), ((string?)inbound["direction"], (string?)inbound["url"]));
        await _host.ShownAsync(call, "in-progress");
        // In mid-call, as of a call that was placed by this API.
        string theirs = $"/voice/calls/{told["call_id"]}";
        await _host.SettledAsync(theirs, $$"""{"url":"{{second}}"}""", shown => (string?)shown["url"] == second, _host.Second);
        await _host.ShownAsync(call, "completed");

        Assert.Equal(second, (string?)(await SetAsync(Theirs, second, _host.Second))["voice_url"]);
        // It hangs up before it answers.
        await _host.ShownAsync(await CallThemAsync(), "completed", "failed", "busy", "no-answer");
        Assert.Equal(["/first", "/second", "/second"], documents.All.Select(received => received.Path));
        Assert.False((await SetAsync(Theirs, "", _host.Second)).ContainsKey("voice_url"));
        Assert.False((await SetAsync(Theirs, "", _host.Second)).ContainsKey("voice_url"));
        await _host.ShownAsync(await CallThemAsync(), "failed", "no-answer", "busy");
        Assert.Equal(3, documents.All.Count);
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task An_application_of_another_API_that_answers_a_number_is_shown_and_is_not_this_APIs_to_take_away()
    {
        string hook = _host.Hook.Url + "/hook", own = _host.Hook.Url + "/voice";
        var made = await _host.Operator.DataAsync("POST", $"/accounts/{_host.Account}/connections",
            $$"""{"kind":"application","name":"app","webhook_url":"{{hook}}"}""");
        await _host.Operator.DataAsync("POST", $"/accounts/{_host.Account}/numbers",
            $$"""{"phone_number":"+15550100009","connection_id":"{{made["id"]}}"}""");
        string path = $"{Root}/%2B15550100009";
        Assert.Equal(hook, (string?)(await _host.DoneAsync(200, "GET", path))["voice_url"]);
        var error = await _host.RefusesAsync(409, "invalid_state", "POST", path, """{"voice_url":""}""");
        Assert.Equal("/voice_url", (string?)error["details"]![0]!["pointer"]);
        Assert.Equal(hook, (string?)(await _host.DoneAsync(200, "GET", path))["voice_url"]);
        Assert.Equal(own, (string?)(await SetAsync(path, own))["voice_url"]);
        Assert.False((await SetAsync(path, "")).ContainsKey("voice_url"));
    }

    [Fact]
    public async Task TF14_what_is_wrong_is_named_and_changes_nothing()
    {
        foreach (var (json, pointer) in new[]
        {
            ("""{"voice_url":"not a uri"}""", "/voice_url"), ("""{"voice_url":"http://169.254.169.254/"}""", "/voice_url"),
            ("""{"voice_url":7}""", "/voice_url"), ("""{"sms_url":"gopher://x"}""", "/sms_url"),
            ("""{"friendly_name":"a\u0007b"}""", "/friendly_name"),
            ($$"""{"friendly_name":"{{new string('a', 256)}}"}""", "/friendly_name"),
            ("""{"friendly_name":"x","colour":1}""", "/colour"), ("""{"friendly_name":"x","voice_url":"gopher://x"}""", "/voice_url"),
        })
        {
            var (status, body) = await _host.AskAsync("POST", Ours, json);
            Assert.True(status is 400, $"{json}: {status} {body.ToJsonString()}");
            Assert.Contains(body["error"]!["details"]!.AsArray(), detail => (string?)detail!["pointer"] == pointer);
        }
        var number = await _host.DoneAsync(200, "GET", Ours);
        Assert.False(number.ContainsKey("friendly_name") || number.ContainsKey("voice_url"), number.ToJsonString());
        var unseen = await _host.RefusesAsync(400, "invalid_request", "POST", Root, """{"phone_number":"+15550100003"}""");
        Assert.Equal("/phone_number", (string?)unseen["details"]![0]!["pointer"]);
        foreach (string wrong in (string[])["", "?country_code=US&area_code=x", "?country_code=US&contains=", "?country_code=US&limit=21"])
            await _host.RefusesAsync(400, "invalid_parameter", "GET", "/numbers/available" + wrong);
    }

    [Fact]
    public async Task TF17_a_number_is_its_accounts_alone_and_is_given_back()
    {
        await SetAsync(Ours, _host.Hook.Url + "/voice");
        var before = await _host.DoneAsync(200, "POST", Ours, """{"friendly_name":"ours"}""");
        foreach (var (method, json) in new[] { ("GET", null), ("POST", """{"friendly_name":"mine"}"""), ("DELETE", (string?)null) })
        {
            var theirs = await _host.RefusesAsync(404, "not_found", method, Ours, json, _host.Second);
            var nobodys = await _host.RefusesAsync(404, "not_found", method, $"{Root}/%2B15550100777", json, _host.Second);
            Assert.Equal((string?)nobodys["message"], (string?)theirs["message"]);
        }
        Assert.Equal(TelefonieHost.SecondNumber, (string?)Assert.Single((await _host.DoneAsync(200, "GET", Root, key: _host.Second))
            ["numbers"]!.AsArray())!["phone_number"]);
        Assert.True(JsonNode.DeepEquals(before, await _host.DoneAsync(200, "GET", Ours)));
        foreach (string odd in (string[])["abc", "*", "15550100001", "%00", "+"])
        {
            using var response = await _host.SendAsync("GET", $"{TelefonieHost.Root}{Root}/{odd}", key: _host.First);
            Assert.True((int)response.StatusCode is 400 or 404, $"{odd}: {response.StatusCode}");
        }

        await _host.DoneAsync(204, "DELETE", Ours);
        await _host.RefusesAsync(404, "not_found", "DELETE", Ours);
        await _host.RefusesAsync(404, "not_found", "GET", Ours);
        Assert.Equal(0, await CountAsync(""));
        // Given again, nothing is left of what was said of it.
        await _host.Operator.DataAsync("POST", $"/accounts/{_host.Account}/numbers",
            $$"""{"phone_number":"{{TelefonieHost.FirstNumber}}"}""");
        var again = await _host.DoneAsync(200, "GET", Ours);
        Assert.False(again.ContainsKey("friendly_name") || again.ContainsKey("voice_url"), again.ToJsonString());
    }

    [Fact, Depth("the gate has a number that is bought and given back, whose it is, and PortedNumberTests")]
    public async Task A_number_that_the_operator_takes_away_leaves_nothing_of_this_API_behind()
    {
        await SetAsync(Ours, _host.Hook.Url + "/voice");
        await SetAsync(Theirs, _host.Hook.Url + "/theirs", _host.Second);
        await _host.DoneAsync(200, "POST", Ours, $$"""{"friendly_name":"ours","sms_url":"{{_host.Hook.Url}}/sms"}""");
        var store = _host.Node.Node.Database;
        IReadOnlyList<string?> Documents() => [.. store.Routing.Current.Connections
            .Where(one => one.Application == Application.PlainDocument).Select(one => one.WebhookUrl).Order()];
        Assert.Equal([_host.Hook.Url + "/theirs", _host.Hook.Url + "/voice"], Documents());

        string numbers = $"/accounts/{_host.Account}/numbers";
        var number = Assert.Single((await _host.Operator.DataAsync("GET", numbers)).AsArray())!;
        await _host.Operator.DataAsync("DELETE", $"{numbers}/{number["id"]}");
        await _host.Operator.DataAsync("POST", numbers, $$"""{"phone_number":"{{TelefonieHost.FirstNumber}}"}""");
        var again = await _host.DoneAsync(200, "GET", Ours);
        foreach (string none in (string[])["friendly_name", "voice_url", "sms_url"]) Assert.False(again.ContainsKey(none), none);

        // A new one may be on its way to its number.
        var stop = TestContext.Current.CancellationToken;
        await TelefonieNumberDocuments.SweepAsync(store, new FakeTimeProvider(DateTimeOffset.UtcNow), stop);
        Assert.Equal(2, Documents().Count);
        var later = new FakeTimeProvider(DateTimeOffset.UtcNow + NumberConnections.Young);
        await TelefonieNumberDocuments.SweepAsync(store, later, stop);
        Assert.Equal([_host.Hook.Url + "/theirs"], Documents());
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task Two_who_say_different_things_of_a_number_at_once_are_both_heard()
    {
        for (int round = 0; round < 10; round++)
        {
            string name = $"name {round}", sms = $"{_host.Hook.Url}/sms{round}";
            await Task.WhenAll(_host.DoneAsync(200, "POST", Ours, $$"""{"friendly_name":"{{name}}"}"""),
                _host.DoneAsync(200, "POST", Ours, $$"""{"sms_url":"{{sms}}"}"""));
            var shown = await _host.DoneAsync(200, "GET", Ours);
            Assert.Equal((name, sms), ((string?)shown["friendly_name"], (string?)shown["sms_url"]));
        }
    }

    [Fact]
    public async Task A_number_is_found_bought_named_and_given_back()
    {
        await _host.Node.Node.Database.Stock.ImportAsync([
            new() { Text = "+12125550100", Country = "US", National = "2125550100", Ndc = "212", Features = ["voice", "sms"],
                MonthlyMicros = 1_000_000 },
            new() { Text = "+18005550101", Country = "US", National = "8005550101", Ndc = "800", Type = StockType.TollFree,
                Features = ["voice"] },
        ], DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        const string wanted = """{"phone_number":"+12125550100","friendly_name":"Shop","voice_url":"VOICE","sms_url":"SMS"}""";
        string body = wanted.Replace("VOICE", _host.Hook.Url + "/voice", StringComparison.Ordinal)
            .Replace("SMS", _host.Hook.Url + "/sms", StringComparison.Ordinal);
        await _host.RefusesAsync(400, "invalid_request", "POST", Root, body);       // nobody has shown it to the account

        var found = (await _host.DoneAsync(200, "GET", "/numbers/available?country_code=us&area_code=212&sms_enabled=true"))
            ["available_numbers"]!.AsArray();
        var one = Assert.Single(found)!;
        Assert.Equal(("+12125550100", "US", "local", "1.00"), ((string?)one["phone_number"], (string?)one["country_code"],
            (string?)one["type"], (string?)one["monthly_rate"]));
        Assert.Equal(["+18005550101"], (await _host.DoneAsync(200, "GET", "/numbers/available?country_code=US&type=toll-free&limit=1"))
            ["available_numbers"]!.AsArray().Select(n => (string)n!["phone_number"]!));
        Assert.Empty((await _host.DoneAsync(200, "GET", "/numbers/available?country_code=DE"))["available_numbers"]!.AsArray());
        // What one account was shown another may not buy.
        await _host.RefusesAsync(400, "invalid_request", "POST", Root, body, _host.Second);

        var bought = await _host.DoneAsync(201, "POST", Root, body);
        Assert.Equal(("+12125550100", "Shop", _host.Hook.Url + "/voice", _host.Hook.Url + "/sms"), ((string?)bought["phone_number"],
            (string?)bought["friendly_name"], (string?)bought["voice_url"], (string?)bought["sms_url"]));
        Assert.Equal("1.00", (string?)bought["monthly_rate"]);
        Assert.True(JsonNode.DeepEquals(bought, await _host.DoneAsync(200, "GET", $"{Root}/%2B12125550100")));
        Assert.Equal(2, await CountAsync(""));
        var left = await _host.DoneAsync(200, "GET", "/numbers/available?country_code=US&area_code=212");
        Assert.Empty(left["available_numbers"]!.AsArray());
        await _host.RefusesAsync(409, "conflict", "POST", Root, body);              // it has it
        await _host.DoneAsync(204, "DELETE", $"{Root}/%2B12125550100");
        Assert.Equal(1, await CountAsync(""));
    }

    private Task<JsonObject> SetAsync(string path, string url, string? key = null) =>
        _host.DoneAsync(200, "POST", path, $$"""{"voice_url":"{{url}}"}""", key);

    private Task<JsonObject> CallThemAsync() => _host.DoneAsync(201, "POST", "/voice/calls",
        $$"""{"to":"{{TelefonieHost.SecondNumber}}","from":"{{TelefonieHost.FirstNumber}}","timeout":5}""");

    private async Task<int> CountAsync(string query) => (int)(await _host.DoneAsync(200, "GET", $"{Root}?{query}"))["total"]!;
}
