using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Delivery;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Edge.Voipbin.Dialling;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

public sealed class TelefonieCallsOnSqlite : TelefonieCallTests
{
    private protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class TelefonieCallsOnPostgres : TelefonieCallTests
{
    private protected override async Task<string?> DatabaseAsync() => await Migrated.OnPostgresAsync(ofNode: true);
}

/// <summary>Calls by Telefonie's API, each with a real far end: placed, told of, ended; who may see them, and their lists.</summary>
public abstract class TelefonieCallTests : IAsyncLifetime
{
    private static readonly string[] NotYet =
        ["duration", "start_time", "end_time", "price", "price_unit", "recording_url", "url", "answered_by"];

    private TelefonieHost _host = null!;       // set before each test

    private protected abstract Task<string?> DatabaseAsync();

    public async ValueTask InitializeAsync() => _host = await TelefonieHost.StartAsync(await DatabaseAsync());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task TF1_TF2_TF22_a_call_lives_is_told_of_and_signed()
    {
        var made = await _host.CallAsync("ring");
        Assert.Equal(("queued", "outbound", TelefonieHost.FirstNumber, TelefonieHost.Number("ring"), $"{_host.Hook.Url}/hook"),
            ((string?)made["status"], (string?)made["direction"], (string?)made["from"], (string?)made["to"],
                (string?)made["status_callback"]));
        Assert.All(NotYet, name => Assert.False(made.ContainsKey(name), name));
        var ringing = await _host.ShownAsync(made, "ringing");
        Assert.All(NotYet, name => Assert.False(ringing.ContainsKey(name), name));
        var far = _host.Far.Of(TelefonieHost.Number("ring")).Single();
        long answersAt = Stopwatch.GetTimestamp();
        _host.Far.Answer(far, 200, "OK");
        var talking = await _host.ShownAsync(made, "in-progress");
        long shownAt = Stopwatch.GetTimestamp();
        Assert.True(talking.ContainsKey("start_time"));
        Assert.False(talking.ContainsKey("duration") || talking.ContainsKey("end_time"));
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        var least = Stopwatch.GetElapsedTime(shownAt);
        _host.Far.Bye(far);
        var over = await _host.ShownAsync(made, "completed");
        Assert.Equal((string?)talking["start_time"], (string?)over["start_time"]);
        double talked = (Moment(over["end_time"]) - Moment(over["start_time"])).TotalSeconds;
        Assert.InRange(talked, least.TotalSeconds, Stopwatch.GetElapsedTime(answersAt).TotalSeconds);
        Assert.Equal((int)Math.Ceiling(talked), (int)over["duration"]!);
        Assert.False(over.ContainsKey("sip_code"));

        await _host.ToldAsync(made, "queued", "ringing", "in-progress", "completed");
        var told = _host.Told(made);
        Assert.All(told, one => Assert.Equal("call.status", (string?)one["event"]));
        Assert.Equal(told.Count, told.Select(one => (string?)one["event_id"]).Distinct().Count());
        Assert.True(told.Zip(told.Skip(1)).All(pair => (int)pair.First["sequence"]! < (int)pair.Second["sequence"]!));
        Assert.True(JsonNode.DeepEquals(over, told[^1]["call"]), $"{over.ToJsonString()}\n{told[^1]["call"]!.ToJsonString()}");
        await CheckSignaturesAsync();

        var nulls = await _host.DoneAsync(200, "GET", $"/voice/calls/{made["id"]}?include_nulls=true");
        Assert.True(nulls.ContainsKey("answered_by") && nulls["answered_by"] is null);
        Assert.Equal(14, nulls.Count);
        var again = await _host.CallAsync("ok-3", hasCallback: false);
        Assert.NotEqual((string?)made["id"], (string?)again["id"]);
        Assert.False(again.ContainsKey("status_callback"));
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{again["id"]}");
        Assert.Empty(_host.Told(again));
    }

    /// <summary>Of both families, over the raw body.</summary>
    private async Task CheckSignaturesAsync()
    {
        using var response = await _host.Node.Api.SendAsync(new(HttpMethod.Get, "/v2/public_key")
        {
            Headers = { Authorization = new("Bearer", (string)_host.Made["telnyx_key"]!) },
        }, TestContext.Current.CancellationToken);
        var key = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        byte[] publicKey = Convert.FromBase64String((string)key["data"]!["public"]!);
        byte[] secret = Convert.FromBase64String(((string)_host.Made["webhook_secret"]!)["whsec_".Length..]);
        foreach (var received in _host.Hook.All)
        {
            byte[] signed = [.. Encoding.UTF8.GetBytes(received["telefonie-timestamp"] + "|"), .. received.Body];
            Assert.True(Signer.Verify(publicKey, signed, Convert.FromBase64String(received["telefonie-signature-ed25519"])));
            byte[] standard = [.. Encoding.UTF8.GetBytes($"{received["webhook-id"]}.{received["webhook-timestamp"]}."), .. received.Body];
            Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, standard)), received["webhook-signature"]);
        }
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF4_TF5_TF6_whoever_does_not_answer_is_told_apart()
    {
        var expected = new (string Script, string Status, int? Code)[]
        {
            ("busy", "busy", null), ("noans", "no-answer", null), ("late", "no-answer", null), ("nf", "failed", 404),
            ("away", "failed", 503), ("decline", "failed", 603), ("codec", "failed", 488),
        };
        foreach (var (script, status, code) in expected)
        {
            var made = await _host.CallAsync(script, ",\"record\":true,\"machine_detection\":true");
            var over = await _host.ShownAsync(made, status);
            Assert.Equal((0, code), ((int)over["duration"]!, (int?)over["sip_code"]));
            Assert.True(over.ContainsKey("end_time"), over.ToJsonString());
            foreach (string none in (string[])["start_time", "answered_by", "recording_url", "price", "price_unit"])
                Assert.False(over.ContainsKey(none), over.ToJsonString());
            await _host.ToldAsync(made, "queued", status);
        }
        var patient = await _host.CallAsync("ring", ",\"timeout\":600");
        await _host.ShownAsync(patient, "ringing");
        var first = Assert.Single(_host.Far.Of(TelefonieHost.Number("ring")));
        long begunAt = Stopwatch.GetTimestamp();
        var rings = await _host.CallAsync("ring", ",\"timeout\":2");
        var given = await _host.ShownAsync(rings, "no-answer");
        Assert.False(given.ContainsKey("start_time"));
        var call = Assert.Single(_host.Far.Of(TelefonieHost.Number("ring")), far => far != first);
        await Eventually.TrueAsync(() => call.CancelledAt is not null, "it is cancelled");
        await _host.ToldAsync(rings, "queued", "ringing", "no-answer");
        var told = _host.Told(rings).Select(one => Moment(one["timestamp"])).ToList();
        Assert.InRange((told[^1] - told[0]).TotalSeconds, 1.9, Stopwatch.GetElapsedTime(begunAt).TotalSeconds);
        // By order, for a busy machine has no bound above: were both to ring for the usual time, the one before it would be over too.
        Assert.Equal("ringing", (string?)(await _host.GetAsync(patient))["status"]);
        await EndedAsync(patient, "canceled");
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF8_who_has_not_answered_is_cancelled()
    {
        var made = await _host.CallAsync("ring");
        await _host.ShownAsync(made, "ringing");
        string path = $"/voice/calls/{made["id"]}";
        var cancelled = await EndedAsync(made, "canceled");
        Assert.Equal(("canceled", 0), ((string?)cancelled["status"], (int?)cancelled["duration"]));
        Assert.False(cancelled.ContainsKey("start_time"));
        await Eventually.TrueAsync(() => _host.Far.Of(TelefonieHost.Number("ring")).Single().CancelledAt is not null, "it is cancelled");
        var again = await _host.DoneAsync(200, "POST", path, """{"status":"canceled"}""");
        Assert.True(JsonNode.DeepEquals(cancelled, again));
        await _host.ToldAsync(made, "queued", "ringing", "canceled");

        // A far end that does not even say that it was heard.
        var queued = await _host.CallAsync("silent");
        Assert.Equal("queued", (string?)(await _host.GetAsync(queued))["status"]);
        await EndedAsync(queued, "canceled");
        await _host.ToldAsync(queued, "queued", "canceled");
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF10_TF12_TF13_only_what_fits_ends_a_call()
    {
        var rings = await _host.CallAsync("ring");
        await _host.ShownAsync(rings, "ringing");
        await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{rings["id"]}", """{"status":"completed"}""");
        foreach (string word in (string[])["busy", "ringing", "cancelled"])
        {
            var error = await _host.RefusesAsync(400, "invalid_request", "POST", $"/voice/calls/{rings["id"]}",
                $$"""{"status":"{{word}}"}""");
            Assert.Equal("/status", (string?)error["details"]![0]!["pointer"]);
        }
        Assert.Equal("ringing", (string?)(await _host.GetAsync(rings))["status"]);
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{rings["id"]}");
        await _host.ShownAsync(rings, "canceled");
        await _host.ToldAsync(rings, "queued", "ringing", "canceled");

        var waits = await _host.CallAsync("wait");
        await _host.ShownAsync(waits, "in-progress");
        await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{waits["id"]}", """{"status":"canceled"}""");
        var done = await EndedAsync(waits, "completed");
        double talked = (Moment(done["end_time"]) - Moment(done["start_time"])).TotalSeconds;
        Assert.Equal((int)Math.Ceiling(talked), (int)done["duration"]!);
        await Eventually.TrueAsync(() => _host.Far.Of(TelefonieHost.Number("wait")).Single().ByeAt is not null, "it is hung up");
        var again = await _host.DoneAsync(200, "POST", $"/voice/calls/{waits["id"]}", """{"status":"completed"}""");
        Assert.True(JsonNode.DeepEquals(done, again));
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{waits["id"]}");
        Assert.True(JsonNode.DeepEquals(done, await _host.GetAsync(waits)));
        await _host.ToldAsync(waits, "queued", "ringing", "in-progress", "completed");

        var busy = await _host.CallAsync("busy");
        await _host.ShownAsync(busy, "busy");
        await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{busy["id"]}", """{"status":"completed"}""");

        var live = await _host.CallAsync("wait");
        await _host.ShownAsync(live, "in-progress");
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{live["id"]}");
        await _host.ShownAsync(live, "completed");
        await _host.RefusesAsync(404, "not_found", "DELETE", $"/voice/calls/{Guid.NewGuid()}");
    }

    [Fact]
    public async Task TF14_what_is_wrong_is_named_and_calls_nobody()
    {
        string to = TelefonieHost.Number("wait"), from = TelefonieHost.FirstNumber;
        (string Json, string Pointer)[] bad =
        [
            ($$"""{"from":"{{from}}"}""", "/to"), ($$"""{"to":"{{to}}"}""", "/from"), ($$"""{"to":"5550100","from":"{{from}}"}""", "/to"),
            ($$"""{"to":"+0155","from":"{{from}}"}""", "/to"), ($$"""{"to":"+","from":"{{from}}"}""", "/to"),
            ($$"""{"to":"+1234567890123456","from":"{{from}}"}""", "/to"), ($$"""{"to":15550100,"from":"{{from}}"}""", "/to"),
            ($$"""{"to":"+1 555 010 0001","from":"{{from}}"}""", "/to"), ($$"""{"to":"+99900000000","from":"{{from}}"}""", "/to"),
            .. new (string Field, string Value)[]
            {
                ("method", "\"PUT\""), ("timeout", "\"abc\""), ("timeout", "0"), ("timeout", "-1"), ("status_callback", "\"not a uri\""),
                ("status_callback", "\"http://169.254.169.254/\""), ("url", "\"http://169.254.169.254/\""),
                ("url", "\"not a uri\""), ("url", "\"\""), ("method", "\"GET\""),
                ("machine_detection", "\"yes\""), ("record", "\"yes\""), ("colour", "1"),
            }.Select(row => ($$"""{"to":"{{to}}","from":"{{from}}","{{row.Field}}":{{row.Value}}}""", "/" + row.Field)),
        ];
        foreach (var (json, pointer) in bad)
        {
            var (status, body) = await _host.AskAsync("POST", "/voice/calls", json);
            Assert.True(status is 400 or 422, $"{json}: {status} {body.ToJsonString()}");
            Assert.Contains(body["error"]!["details"]!.AsArray(), detail => (string?)detail!["pointer"] == pointer);
            Assert.NotEmpty((string?)body["error"]!["request_id"] ?? "");
        }
        await _host.RefusesAsync(400, "invalid_body", "POST", "/voice/calls", "{\"to\":");
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", "/voice/calls"))["total"]!);
        Assert.Empty(_host.Far.Calls);
    }

    public static TheoryData<string> Methods => Depth.Rows(gate: ["POST"], deep: ["GET"]);

    [Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    [Theory, MemberData(nameof(Methods))]
    public async Task TF29_a_document_commands_the_call_and_another_takes_its_place(string method)
    {
        await using var documents = await Sink.StartAsync(async (asked, context) =>
        {
            context.Response.ContentType = "text/xml";
            await context.Response.WriteAsync(asked.Path switch
            {
                "/first" => "<Response><Pause length=\"30\"/></Response>",
                "/second" => "<Response><Pause length=\"1\"/><Redirect>third</Redirect></Response>",
                _ => "<Response><Hangup/></Response>",
            });
        });
        var call = await _host.CallAsync("wait", $",\"url\":\"{documents.Url}/first\",\"method\":\"{method}\"");
        Assert.Equal($"{documents.Url}/first", (string?)call["url"]);
        await Eventually.TrueAsync(() => documents.All.Count == 1, "the document is asked for");
        await _host.ShownAsync(call, "in-progress");
        var asked = documents.All[0];
        Assert.Equal(method, asked.Method);
        Dictionary<string, string> told = new()
        {
            ["call_id"] = (string)call["id"]!, ["account_id"] = _host.Account, ["from"] = TelefonieHost.FirstNumber,
            ["to"] = TelefonieHost.Number("wait"), ["direction"] = "outbound", ["status"] = "in-progress",
        };
        Assert.Equal(told, Fields(asked));
        Assert.DoesNotContain("x-twilio-signature", asked.Headers.Keys);

        string second = documents.Url + "/second";
        await _host.RefusesAsync(400, "invalid_request", "POST", $"/voice/calls/{call["id"]}",
            $$"""{"url":"{{second}}","status":"completed"}""");
        await _host.RefusesAsync(400, "invalid_request", "POST", $"/voice/calls/{call["id"]}", """{"url":"http://169.254.169.254/"}""");
        await _host.RefusesAsync(400, "invalid_request", "POST", $"/voice/calls/{call["id"]}", """{"url":""}""");
        await _host.SettledAsync($"/voice/calls/{call["id"]}", $$"""{"url":"{{second}}","method":"{{method}}"}""",
            shown => (string?)shown["url"] == second);
        var over = await _host.ShownAsync(call, "completed");
        Assert.Equal(second, (string?)over["url"]);
        Assert.Equal(["/first", "/second", "/third"], documents.All.Select(received => received.Path));
        await _host.ToldAsync(call, "queued", "ringing", "in-progress", "completed");
        Assert.All(_host.Told(call), told => Assert.StartsWith(documents.Url, (string?)told["call"]!["url"], StringComparison.Ordinal));
        await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{call["id"]}", $$"""{"url":"{{second}}"}""");

        var plain = await _host.CallAsync("wait");
        await _host.ShownAsync(plain, "in-progress");
        await _host.RefusesAsync(409, "invalid_state", "POST", $"/voice/calls/{plain["id"]}", $$"""{"url":"{{second}}"}""");
        Assert.False((await _host.GetAsync(plain)).ContainsKey("url"));
        await _host.DoneAsync(200, "POST", $"/voice/calls/{plain["id"]}", """{"status":"completed"}""");

        Dictionary<string, string> Fields(Received received) =>
            Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(method == "GET" ? received.Query : received.Text)
                .ToDictionary(field => field.Key, field => field.Value.ToString());
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF29_a_document_that_is_not_to_be_had_ends_the_call()
    {
        await using var broken = await Sink.StartAsync(500);
        var call = await _host.CallAsync("wait", $",\"url\":\"{broken.Url}/\"");
        await _host.ShownAsync(call, "completed", "failed");
        await _host.ToldAsync(call, "queued", "ringing", "in-progress", (string)(await _host.GetAsync(call))["status"]!);
    }

    [Fact]
    public async Task TF16_TF17_TF18_calls_are_their_accounts_alone()
    {
        // Good ones, of other APIs.
        string accesskey = (string)_host.Made["voipbin_accesskey"]!, token = (string)_host.Made["chakra_token"]!;
        foreach (string? key in (string?[])[null, "", "wrong", accesskey, token])
        {
            using var response = await _host.SendAsync("POST", TelefonieHost.Root + "/voice/calls?X-API-Key=" + _host.First, "{", key);
            Assert.Equal(401, (int)response.StatusCode);
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
            Assert.Equal("unauthorized", (string?)error["code"]);
            Assert.NotEmpty((string?)error["request_id"] ?? "");
        }
        using (var own = await _host.SendAsync("GET", TelefonieHost.Root + "/voice/calls", key: (string)_host.Made["telnyx_key"]!))
            Assert.Equal(200, (int)own.StatusCode);
        var call = await _host.CallAsync("wait");
        await _host.ShownAsync(call, "in-progress");
        string id = (string)call["id"]!;
        foreach (var (method, json) in new[] { ("GET", null), ("POST", """{"status":"completed"}"""), ("DELETE", (string?)null) })
        {
            var theirs = await _host.RefusesAsync(404, "not_found", method, $"/voice/calls/{id}", json, _host.Second);
            var nobodys = await _host.RefusesAsync(404, "not_found", method, $"/voice/calls/{Guid.NewGuid()}", json, _host.Second);
            Assert.Equal((string?)nobodys["message"], (string?)theirs["message"]);
        }
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", "/voice/calls", key: _host.Second))["total"]!);
        Assert.Equal("in-progress", (string?)(await _host.GetAsync(call))["status"]);
        // Another account's number is nobody's to show.
        await _host.RefusesAsync(403, "caller_not_allowed", "POST", "/voice/calls",
            $$"""{"to":"{{TelefonieHost.Number("ring")}}","from":"{{TelefonieHost.SecondNumber}}"}""");
        Assert.Empty(_host.Far.Of(TelefonieHost.Number("ring")));

        string hex = Guid.Parse(id).ToString("N");
        foreach (string spelt in (string[])["CA" + hex, "ca" + hex.ToUpperInvariant(), id.ToUpperInvariant()])
            Assert.Equal(id, (string?)(await _host.DoneAsync(200, "GET", "/voice/calls/" + spelt))["id"]);
        foreach (string odd in (string[])["abc", "CA12", Guid.Empty.ToString(), new('a', 4_000), "%00"])
        {
            using var response = await _host.SendAsync("GET", $"{TelefonieHost.Root}/voice/calls/{odd}", key: _host.First);
            Assert.True((int)response.StatusCode is 400 or 404 or 414, $"{odd[..Math.Min(odd.Length, 20)]}: {response.StatusCode}");
        }
        await _host.DoneAsync(204, "DELETE", "/voice/calls/CA" + hex);
    }

    [Fact]
    public async Task TF20_TF21_lists_have_pages_and_filters()
    {
        for (int i = 0; i < 12; i++) await _host.CallAsync(i % 3 == 0 ? "noans" : "busy", hasCallback: false);
        await Eventually.SomeAsync(async () => await CountAsync("busy") == 8 && await CountAsync("no-answer") == 4 ? "" : null,
            "all are over");
        var first = await _host.DoneAsync(200, "GET", "/voice/calls");
        Assert.Equal((12, 1, 50), ((int)first["total"]!, (int)first["page"]!, (int)first["page_size"]!));
        var ids = first["calls"]!.AsArray().Select(call => (string)call!["id"]!).ToList();
        Assert.Equal(12, ids.Distinct().Count());
        var turned = new List<string>();
        for (int page = 1; page <= 3; page++)
        {
            var part = await _host.DoneAsync(200, "GET", $"/voice/calls?page_size=5&page={page}");
            Assert.Equal((12, page, 5), ((int)part["total"]!, (int)part["page"]!, (int)part["page_size"]!));
            turned.AddRange(part["calls"]!.AsArray().Select(call => (string)call!["id"]!));
        }
        Assert.Equal(ids, turned);
        var beyond = await _host.DoneAsync(200, "GET", "/voice/calls?page=4");
        Assert.Equal((0, 12), (beyond["calls"]!.AsArray().Count, (int)beyond["total"]!));
        foreach (string wrong in (string[])["page_size=101", "page_size=0", "page_size=-1", "page_size=abc", "page=0", "page=-1",
            "status=cancelled", "status=answered", "direction=out", "from=abc", "include_nulls=maybe"])
            await _host.RefusesAsync(400, "invalid_parameter", "GET", "/voice/calls?" + wrong);

        string to = TelefonieHost.Number("noans")[1..], from = TelefonieHost.FirstNumber[1..];
        foreach (string plus in (string[])["%2B", "+"])
            Assert.Equal(4, (int)(await _host.DoneAsync(200, "GET", $"/voice/calls?from={plus}{from}&to={plus}{to}"))["total"]!);
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", $"/voice/calls?status=busy&to=%2B{to}"))["total"]!);
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", "/voice/calls?direction=inbound"))["total"]!);
        Assert.Equal(12, (int)(await _host.DoneAsync(200, "GET", "/voice/calls?direction=outbound&include_nulls=true"))["total"]!);
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", "/voice/calls?from=%2B99912345"))["total"]!);
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF26_a_call_of_another_face_is_there_and_a_party_without_a_number_has_an_alias()
    {
        // A host that is no trunk's.
        using var away = new ScriptedUas();
        using var response = await _host.SendAsync("POST", $"/v1.0/calls?accesskey={_host.Made["voipbin_accesskey"]}", $$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{"type":"sip","target":"{{away.At("wait")}}"}],
             "actions":[{"type":"sleep","option":{"duration":20000} }]}
            """);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        var theirs = JsonNode.Parse(text)!.AsObject();
        // That face answers before the ledger has the call.
        await Eventually.SomeAsync(async () =>
            await _host.AskAsync("GET", $"/voice/calls/{theirs["id"]}") is (200, var there) ? there : null, text);
        var shown = await _host.ShownAsync(new() { ["id"] = (string)theirs["id"]! }, "in-progress");
        Assert.StartsWith("+999", (string?)shown["to"], StringComparison.Ordinal);
        Assert.Equal("+15559876543", (string?)shown["from"]);
        string alias = Uri.EscapeDataString((string)shown["to"]!);
        var listed = await _host.DoneAsync(200, "GET", $"/voice/calls?to={alias}");
        Assert.Equal((1, (string?)shown["id"]), ((int)listed["total"]!, (string?)listed["calls"]![0]!["id"]));
        await EndedAsync(shown, "completed");
        Assert.Empty(_host.Hook.All);
    }

    [Fact, Depth("MoneyTests charge, SharedLimitsTests refuse beyond a limit; a call is held here in the gate")]
    public async Task TF25_what_was_charged_is_below_nothing()
    {
        var unpriced = await _host.CallAsync("ok-1");
        await _host.ShownAsync(unpriced, "completed");
        var free = await _host.GetAsync(unpriced);
        Assert.False(free.ContainsKey("price") || free.ContainsKey("price_unit"));

        await PriceAsync();
        var priced = await _host.CallAsync("wait");
        Assert.False((await _host.ShownAsync(priced, "in-progress")).ContainsKey("price"));
        var charged = await EndedAsync(priced, "completed");
        Assert.Equal(("-0.0085", "USD"), ((string?)charged["price"], (string?)charged["price_unit"]));
        var busy = await _host.CallAsync("busy");
        Assert.False((await _host.ShownAsync(busy, "busy")).ContainsKey("price"));
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task Each_field_of_the_schema_is_filled_by_what_happens_to_one_call()
    {
        await PriceAsync();
        await using var documents = await Sink.StartAsync(async (_, context) =>
        {
            context.Response.ContentType = "text/xml";
            await context.Response.WriteAsync("<Response><Pause length=\"30\"/></Response>");
        });
        var call = await _host.CallAsync("wait", $",\"url\":\"{documents.Url}/\",\"record\":true,\"machine_detection\":true");
        await Eventually.SomeAsync(async () => (string?)(await _host.GetAsync(call))["answered_by"], "it is clear who answers");
        await EndedAsync(call, "completed");
        var whole = await Eventually.SomeAsync(async () => await _host.GetAsync(call) is var shown && shown.ContainsKey("recording_url")
            && shown.ContainsKey("price") ? shown : null, "it is charged, and its recording is saved");
        Assert.Equal(
            ["answered_by", "direction", "duration", "end_time", "from", "id", "price", "price_unit", "recording_url", "start_time",
                "status", "status_callback", "to", "url"],
            whole.Select(field => field.Key).Order(StringComparer.Ordinal));
    }

    /// <summary>Whoever is called costs something from now on.</summary>
    private async Task PriceAsync()
    {
        var deck = await _host.Operator.DataAsync("POST", "/rate_decks", """{"name":"deck","default":true}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{OperatorClient.Root}/rate_decks/{deck["id"]}/rates")
        {
            Content = new StringContent("prefix,price,initial,increment\n+1555,0.0085,60,60\n", null, "text/csv"),
            Headers = { Authorization = new("Bearer", OperatorClient.Key) },
        };
        using var imported = await _host.Node.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(imported.IsSuccessStatusCode, await imported.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The call as it is once it has ended so.</summary>
    private async Task<JsonObject> EndedAsync(JsonObject call, string status)
    {
        await _host.SettledAsync($"/voice/calls/{call["id"]}", $$"""{"status":"{{status}}"}""",
            shown => (string?)shown["status"] == status);
        return await _host.ShownAsync(call, status);
    }

    private async Task<int> CountAsync(string status) =>
        (int)(await _host.DoneAsync(200, "GET", $"/voice/calls?status={status}"))["total"]!;

    private static DateTimeOffset Moment(JsonNode? text) => DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture);
}
