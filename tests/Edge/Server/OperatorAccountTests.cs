using System.Net;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;

namespace Ringwright.Edge.Server;

/// <summary>Accounts, keys and money over the operator's listener, where the operator key is what opens it.</summary>
public sealed class OperatorAccountTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task<HttpStatusCode> CustomerAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/phone_numbers")
        {
            Headers = { Authorization = new("Bearer",
            key) }
        };
        using var answer = await _node.Api.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    [Fact]
    public async Task No_key_of_an_account_and_no_guess_opens_it()
    {
        foreach (var (method, path, json) in new (string, string, string?)[]
            {
                ("GET", "/accounts", null), ("POST", "/accounts", """{"name":"thief"}"""), ("GET", "/keys", null),
                ("GET", "/balances", null), ("GET", "/payment_requests", null),
            })
        {
            foreach (string? key in new[] { null, RunningNode.Key, "operator-key-0123456788" })
                Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await _client.AskAsync(method, path, json, key)).Status));
            Assert.Single((await _client.DataAsync("GET", "/accounts")).AsArray());
        }
    }

    [Fact]
    public async Task An_account_is_made_changed_and_found_by_its_name()
    {
        var made = await _client.DataAsync("POST", "/accounts", """{"name":"acme","channels":3,"daily_spend_micros":null}""");
        Assert.Equal(HttpStatusCode.OK, await CustomerAsync((string)made["telnyx_key"]!));
        var below = await _client.DataAsync("POST", "/accounts", $$"""{"name":"shop & sons","parent_id":"{{made["id"]}}"}""");
        Assert.Equal(("acme", (string?)made["id"]), ((string?)below["parent"], (string?)below["parent_id"]));
        Assert.Equal("shop & sons", (string?)Assert.Single((await _client.DataAsync("GET",
            "/accounts?name=shop%20%26%20sons")).AsArray())!["name"]);
        Assert.Empty((await _client.DataAsync("GET", "/accounts?name=nobody")).AsArray());

        var now = await _client.DataAsync("PATCH", $"/accounts/{made["id"]}", """{"request_rate":7,"webhook_retry_schedule":"long"}""");
        Assert.Equal((3, 7, "long"), ((int?)now["channels"], (int?)now["request_rate"], (string?)now["webhook_retry_schedule"]));
        Assert.Null((await _client.DataAsync("PATCH", $"/accounts/{made["id"]}", """{"channels":null}"""))["channels"]);
        Assert.Equal("long", (string?)(await _client.DataAsync("GET", $"/accounts/{made["id"]}"))["webhook_retry_schedule"]);

        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "no deeper than two", "POST", "/accounts",
            $$"""{"name":"x","parent_id":"{{below["id"]}}"}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "POST", "/accounts",
            """{"name":"x","parent_id":"acme"}""");
        await _client.RefusesAsync(HttpStatusCode.Conflict, "already", "POST", "/accounts", """{"name":"acme"}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "has no field 'chanels'", "PATCH", $"/accounts/{made["id"]}",
            """{"chanels":3}""");
        await _client.RefusesAsync(HttpStatusCode.NotFound, "no resource", "GET", $"/accounts/{Guid.NewGuid()}");
        foreach (string wrong in new[] { """{"channels":-1}""", """{"channels":"3"}""", """{"request_rate":0}""",
            """{"webhook_retry_schedule":"sometimes"}""" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _client.AskAsync("PATCH", $"/accounts/{made["id"]}", wrong)).Status);
    }

    [Fact]
    public async Task A_key_is_made_listed_and_revoked_and_its_text_is_told_once()
    {
        string account = (string)(await _client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        var made = await _client.DataAsync("POST", "/keys", $$"""{"account_id":"{{account}}","role":"reader","label":"wall board"}""");
        string text = (string)made["telnyx_key"]!;
        Assert.Equal(HttpStatusCode.OK, await CustomerAsync(text));
        var listed = await _client.DataAsync("GET", $"/keys?account_id={account}");
        Assert.DoesNotContain(text, listed.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["default", "wall board"], listed.AsArray().Where(k => (string?)k!["id"] == (string?)made["id"]).SelectMany(k =>
            new[] { (string?)k!["account"], (string?)k["label"] }));

        Assert.NotNull((await _client.DataAsync("POST", $"/keys/{made["id"]}/actions/revoke"))["revoked_at"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await CustomerAsync(text));
        await _client.RefusesAsync(HttpStatusCode.Conflict, "revoked already", "POST", $"/keys/{made["id"]}/actions/revoke");
        await _client.RefusesAsync(HttpStatusCode.NotFound, "there is no key", "POST", $"/keys/{Guid.NewGuid()}/actions/revoke");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "there is no role 'king'", "POST", "/keys",
            $$"""{"account_id":"{{account}}","role":"king"}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "POST", "/keys", """{"account_id":"default"}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "GET", $"/keys?account_id={Guid.NewGuid()}");
    }

    [Fact]
    public async Task A_payment_a_limit_of_credit_and_a_deck_are_set_by_the_accounts_id()
    {
        string account = (string)(await _client.DataAsync("POST", "/accounts", """{"name":"acme"}"""))["id"]!,
            path = $"/accounts/{account}/balance";
        var paid = await _client.DataAsync("POST", path + "/payments", """{"amount":"25.00","currency":"EUR","note":"by bank"}""");
        Assert.Equal(("0.00", "EUR", "25.00"), ((string?)paid["credit_limit"], (string?)paid["currency"],
            (string?)paid["balances"]![0]!["balance"]));
        Assert.Equal("10.00", (string?)(await _client.DataAsync("PATCH", path,
            """{"credit_limit":"10","currency":"EUR"}"""))["credit_limit"]);
        await _client.DataAsync("POST", "/rate_decks", """{"name":"standard","default":true}""");
        string deck = (string)(await _client.DataAsync("POST", "/rate_decks", """{"name":"wholesale"}"""))["id"]!;
        var priced = await _client.DataAsync("PATCH", path, $$"""{"rate_deck_id":"{{deck}}"}""");
        Assert.Equal(("wholesale", "10.00"), ((string?)priced["deck"], (string?)priced["credit_limit"]));     // what is not named stays
        var freed = await _client.DataAsync("PATCH", path, """{"credit_limit":null,"rate_deck_id":null}""");
        Assert.Equal(("standard", null), ((string?)freed["deck"], (string?)freed["credit_limit"]));
        Assert.Equal(["default", "acme"], (await _client.DataAsync("GET", "/balances")).AsArray().Select(b => (string?)b!["name"]));
        Assert.Equal("25.00", (string?)(await _client.DataAsync("GET", path))["balances"]![0]!["balance"]);

        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "is no amount", "POST", path + "/payments",
            """{"amount":"ten","currency":"EUR"}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "is no currency", "PATCH", path, """{"credit_limit":"1"}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no rate deck", "PATCH", path,
            """{"rate_deck_id":"wholesale"}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "has no field 'limit'", "PATCH", path, """{"limit":"1"}""");
        await _client.RefusesAsync(HttpStatusCode.NotFound, "account_id", "POST", $"/accounts/{Guid.NewGuid()}/balance/payments",
            """{"amount":"1","currency":"USD"}""");
        await _client.RefusesAsync(HttpStatusCode.NotFound, "there is no payment request", "POST",
            $"/payment_requests/{Guid.NewGuid()}/actions/approve");
        Assert.Empty((await _client.DataAsync("GET", "/payment_requests")).AsArray());
    }

    [Fact]
    public async Task A_new_account_is_told_whether_its_calls_and_its_texts_need_prices()
    {
        string above = (string)(await _client.DataAsync("POST", "/accounts", """{"name":"above"}"""))["id"]!;
        Assert.Equal((false, false), await NeedsAsync("owes"));
        string deck = (string)(await _client.DataAsync("POST", "/rate_decks", """{"name":"texts"}"""))["id"]!;
        var price = new Rate
        {
            Prefix = "sms:+33", Currency = "USD", MicrosPerMinute = 4_000, InitialSeconds = 1, IncrementSeconds = 1,
        };
        await _node.Node.Database.RateDecks.ImportAsync(Guid.Parse(deck), [(Direction.Outbound, price)], isWhole: true, Stop);
        await _client.DataAsync("PATCH", $"/accounts/{above}/balance", $$"""{"rate_deck_id":"{{deck}}"}""");
        Assert.Equal((false, true), await NeedsAsync("has a deck of texts"));
        await _client.DataAsync("PATCH", $"/accounts/{above}/balance", """{"credit_limit":"10","currency":"USD"}""");
        Assert.Equal((true, true), await NeedsAsync("is limited"));

        async Task<(bool, bool)> NeedsAsync(string name)
        {
            var made = await _client.DataAsync("POST", "/accounts", $$"""{"name":"{{name}}","parent_id":"{{above}}"}""");
            return ((bool)made["needs_prices"]!, (bool)made["needs_text_prices"]!);
        }
    }
}
