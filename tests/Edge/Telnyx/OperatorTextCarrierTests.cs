using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>Carriers of texts, as the operator makes them.</summary>
public sealed class OperatorTextCarrierTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/text_carriers";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_carrier_is_made_shown_changed_and_removed()
    {
        // Switched off: this host has no centre to bind with.
        var made = await SendAsync("POST", Path, """
            {"name":"north","enabled":false,"host":"smpp.example.com","system_id":"acme","password":"hunter2","prefixes":["+49","+43"],
            "rate":50}
            """);
        Assert.True(made.Status == 201, made.Text);
        string path = $"{Path}/{made.Data["id"]}";
        var shown = await SendAsync("GET", path);
        Assert.DoesNotContain("hunter2", shown.Text);
        Assert.Equal(("text_carrier", 2775, 50, 10, 100, "gsm7", "header", "wait"),
            ((string?)shown.Data["record_type"], (int)shown.Data["port"]!, (int)shown.Data["rate"]!, (int)shown.Data["window"]!,
            (int)shown.Data["priority"]!, (string?)shown.Data["alphabet"], (string?)shown.Data["joining"],
            (string?)shown.Data["on_unknown"]));
        Assert.True((bool)shown.Data["has_password"]!);
        Assert.Null(shown.Data["bind"]);        // no bind runs in this host
        Assert.Equal(["+49", "+43"], shown.Data["prefixes"]!.AsArray().Select(prefix => (string)prefix!));

        var changed = await SendAsync("PATCH", path,
            """{"alphabet":"latin1","joining":"parameters","on_unknown":"resend","tls":true,"receipts":false,"receive_port":2776}""");
        Assert.True(changed.Status == 200, changed.Text);
        var carrier = (await host.Store.TextCarriers.FindAsync(new((string)made.Data["id"]!), Stop))!.Value;
        Assert.Equal(("hunter2", TextDoubt.Resend, true, false, false),
            (carrier.Password, carrier.OnUnknown, carrier.IsTls, carrier.IsEnabled, carrier.HasReceipts));
        Assert.Equal(2776, carrier.ReceivePort);
        Assert.Equal(2776, (int)changed.Data["receive_port"]!);
        var one = await SendAsync("PATCH", path, """{"receive_port":null}""");
        Assert.True(one.Status == 200 && one.Data["receive_port"] is null, one.Text);
        (await SendAsync("POST", Path, """{"name":"north","host":"a.example","system_id":"b","password":"c","prefixes":["+"]}"""))
            .Refuses(409, "duplicate", "/name");

        Assert.Equal(200, (await SendAsync("DELETE", path)).Status);
        Assert.Equal(404, (await SendAsync("GET", path)).Status);
        Assert.Equal(404, (await SendAsync("PATCH", path, "{}")).Status);
        Assert.Equal(404, (await SendAsync("DELETE", $"{Path}/none")).Status);
    }

    [Fact]
    public async Task A_carrier_by_http_is_made_and_its_secret_shown_once()
    {
        const string way = """{"url":"https://sms.example.com/send","body":"{\"to\":\"{to}\",\"text\":\"{text}\"}","id_at":"/id"}""";
        var made = await SendAsync("POST", Path, $$"""{"name":"web","enabled":false,"prefixes":["+44"],"http":{{way}}}""");
        Assert.True(made.Status == 201, made.Text);
        string path = $"{Path}/{made.Data["id"]}", secret = ((string)made.Data["inbound_path"]!).Split('/')[^1];
        Assert.Equal(("sms.example.com", 443, true, false), ((string?)made.Data["host"], (int)made.Data["port"]!, (bool)made.Data["tls"]!,
            (bool)made.Data["has_password"]!));
        var shown = await SendAsync("GET", path);
        Assert.DoesNotContain(secret, shown.Text);
        Assert.False((bool)shown.Data["receipts"]!);        // its way says of none
        Assert.Equal("/id", (string?)shown.Data["http"]!["id_at"]);
        var changed = await SendAsync("PATCH", path, """{"new_secret":true,"rate":5}""");
        Assert.True(changed.Status == 200, changed.Text);
        var kept = (await host.Store.TextCarriers.FindAsync(new((string)made.Data["id"]!), Stop))!.Value;
        Assert.False(kept.IsSecret(secret));
        Assert.True(kept.IsSecret(((string)changed.Data["inbound_path"]!).Split('/')[^1]));
        // Each is the one or the other.
        (await SendAsync("PATCH", path, """{"system_id":"acme"}""")).Refuses(422, "invalid", "/system_id");
        (await SendAsync("PATCH", path, """{"http":{"url":"https://a.example/","body":"hello"}}""")).Refuses(422, "invalid", "/http/body");
        (await SendAsync("POST", Path, """{"name":"none","prefixes":["+44"],"host":"a.example","system_id":"b"}"""))
            .Refuses(422, "missing", "/password");
        Assert.Equal(200, (await SendAsync("DELETE", path)).Status);
    }

    [Theory]
    [InlineData("prefixes", """["49"]""", "/prefixes/0"), InlineData("prefixes", """["+49","+0"]""", "/prefixes/1")]
    [InlineData("prefixes", """["code:1a"]""", "/prefixes/0"), InlineData("prefixes", """["code:123456789"]""", "/prefixes/0")]
    [InlineData("host", "\"two words\"", "/host"), InlineData("system_id", "\"Zürich\"", "/system_id")]
    [InlineData("password", "\" \"", "/password")]
    public async Task What_no_carrier_has_is_refused(string field, string value, string pointer)
    {
        var body = new Dictionary<string, string>
        {
            ["name"] = "\"refused\"", ["host"] = "\"a.example\"", ["system_id"] = "\"b\"", ["password"] = "\"c\"", ["prefixes"] = """["+"]""",
            [field] = value,
        };
        (await SendAsync("POST", Path, $"{{{string.Join(',', body.Select(one => $"\"{one.Key}\":{one.Value}"))}}}"))
            .Refuses(422, "invalid", pointer);
    }

    /// <summary>Nobody would ever say what became of them.</summary>
    [Fact]
    public async Task One_by_which_texts_are_on_their_way_stays()
    {
        var made = await SendAsync("POST", Path,
            """{"name":"busy","host":"smpp.example.com","system_id":"acme","password":"secret","prefixes":["+1900"],"enabled":false}""");
        Guid id = new((string)made.Data["id"]!), profile = Guid.NewGuid();
        var (texts, tenant, now) = (host.Store.Texts, host.Tenant, host.Store.Time.GetUtcNow());
        var text = new TextMessage
        {
            Id = Guid.CreateVersion7(now), Tenant = tenant, Direction = Direction.Outbound, State = TextState.Queued,
            From = "+15550100000", To = "+19005550001", Profile = profile, Words = "Hello", Encoding = TextEncoding.Gsm7, Parts = 1,
            DueAt = now + TimeSpan.FromDays(1), ReceivedAt = now,
        };
        await texts.AddAsync(text, default, null, Stop);
        await host.Store.TextParts.TakeAsync(text with { State = TextState.Sending }, id, [1], now, Stop);
        (await SendAsync("DELETE", $"{Path}/{id}")).Refuses(409, "in_use", null);
        // Where it is can be looked at, and says neither what it says nor to whom.
        var shown = await SendAsync("GET", $"/accounts/{tenant}/texts/{text.Id}");
        Assert.Equal(("sending", "****0001", null),
            ((string?)shown.Data["state"], (string?)shown.Data["to"], (string?)shown.Data["fault"]));
        var part = Assert.Single(shown.Data["carried"]!.AsArray())!;
        Assert.Equal(("busy", "ready", 1, 0),
            ((string?)part["carrier"], (string?)part["state"], (int)part["number"]!, (int)part["attempts"]!));
        Assert.DoesNotContain("Hello", shown.Text);
        Assert.Equal(404, (await SendAsync("GET", $"/accounts/{host.Stranger}/texts/{text.Id}")).Status);
        await host.Store.TextParts.ChangeAsync(tenant, text.Id, (before, parts) => new(
            before with { State = TextState.Expired, DueAt = null },
            [.. parts.Select(part => part with { State = TextPartState.Dropped, DueAt = null })]), Stop);
        Assert.Equal(200, (await SendAsync("DELETE", $"{Path}/{id}")).Status);
    }

    private Task<Answer> SendAsync(string method, string path, string? body = null) =>
        host.SendAsync(method, "/operator/v1" + path, body, TelnyxHost.OperatorKey);
}
