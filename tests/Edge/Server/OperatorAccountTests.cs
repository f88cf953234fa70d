using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Server;

/// <summary>Accounts, keys and money over the operator's listener, where the operator key is what opens it.</summary>
public sealed class OperatorAccountTests : IAsyncLifetime
{
    private const string OperatorKey = "operator-key-0123456789", Root = "/operator/v1";

    private RunningNode _node = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await RunningNode.StartAsync(settings => settings with { OperatorKey = OperatorKey });

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task<(HttpStatusCode Status, JsonNode Body)> AskAsync(string method, string path, string? json = null, string? key = OperatorKey)
    {
        using var request = new HttpRequestMessage(new(method), Root + path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var response = await _node.Admin.SendAsync(request, Stop);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!);
    }

    private async Task<JsonNode> DataAsync(string method, string path, string? json = null)
    {
        var (status, body) = await AskAsync(method, path, json);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, body.ToJsonString());
        return body["data"]!;
    }

    private async Task RefusesAsync(HttpStatusCode status, string sentence, string method, string path, string? json = null)
    {
        var (got, body) = await AskAsync(method, path, json);
        Assert.True(status == got, body.ToJsonString());
        Assert.Contains(sentence, (string?)body["errors"]![0]!["detail"], StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> CustomerAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/phone_numbers") { Headers = { Authorization = new("Bearer", key) } };
        using var answer = await _node.Api.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    [Theory]
    [InlineData("GET", "/accounts", null), InlineData("POST", "/accounts", """{"name":"thief"}"""), InlineData("GET", "/keys", null), InlineData("GET", "/balances", null)]
    [InlineData("GET", "/payment_requests", null)]
    public async Task No_key_of_an_account_and_no_guess_opens_it(string method, string path, string? json)
    {
        foreach (string? key in new[] { null, RunningNode.Key, "operator-key-0123456788" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(method, path, json, key)).Status);
        Assert.Single((await DataAsync("GET", "/accounts")).AsArray());
    }

    [Fact]
    public async Task An_account_is_made_changed_and_found_by_its_name()
    {
        var made = await DataAsync("POST", "/accounts", """{"name":"acme","channels":3,"daily_spend_micros":null}""");
        Assert.Equal(HttpStatusCode.OK, await CustomerAsync((string)made["telnyx_key"]!));
        var below = await DataAsync("POST", "/accounts", $$"""{"name":"shop & sons","parent_id":"{{made["id"]}}"}""");
        Assert.Equal(("acme", (string?)made["id"]), ((string?)below["parent"], (string?)below["parent_id"]));
        Assert.Equal("shop & sons", (string?)Assert.Single((await DataAsync("GET", "/accounts?name=shop%20%26%20sons")).AsArray())!["name"]);
        Assert.Empty((await DataAsync("GET", "/accounts?name=nobody")).AsArray());

        var now = await DataAsync("PATCH", $"/accounts/{made["id"]}", """{"request_rate":7,"webhook_retry_schedule":"long"}""");
        Assert.Equal((3, 7, "long"), ((int?)now["channels"], (int?)now["request_rate"], (string?)now["webhook_retry_schedule"]));
        Assert.Null((await DataAsync("PATCH", $"/accounts/{made["id"]}", """{"channels":null}"""))["channels"]);
        Assert.Equal("long", (string?)(await DataAsync("GET", $"/accounts/{made["id"]}"))["webhook_retry_schedule"]);

        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "no deeper than two", "POST", "/accounts", $$"""{"name":"x","parent_id":"{{below["id"]}}"}""");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "POST", "/accounts", """{"name":"x","parent_id":"acme"}""");
        await RefusesAsync(HttpStatusCode.Conflict, "already", "POST", "/accounts", """{"name":"acme"}""");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "has no field 'chanels'", "PATCH", $"/accounts/{made["id"]}", """{"chanels":3}""");
        await RefusesAsync(HttpStatusCode.NotFound, "no resource", "GET", $"/accounts/{Guid.NewGuid()}");
        foreach (string wrong in new[] { """{"channels":-1}""", """{"channels":"3"}""", """{"request_rate":0}""", """{"webhook_retry_schedule":"sometimes"}""" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync("PATCH", $"/accounts/{made["id"]}", wrong)).Status);
    }

    [Fact]
    public async Task A_key_is_made_listed_and_revoked_and_its_text_is_told_once()
    {
        string account = (string)(await DataAsync("GET", "/accounts"))[0]!["id"]!;
        var made = await DataAsync("POST", "/keys", $$"""{"account_id":"{{account}}","role":"reader","label":"wall board"}""");
        string text = (string)made["telnyx_key"]!;
        Assert.Equal(HttpStatusCode.OK, await CustomerAsync(text));
        var listed = await DataAsync("GET", $"/keys?account_id={account}");
        Assert.DoesNotContain(text, listed.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["default", "wall board"], listed.AsArray().Where(k => (string?)k!["id"] == (string?)made["id"]).SelectMany(k => new[] { (string?)k!["account"], (string?)k["label"] }));

        Assert.NotNull((await DataAsync("POST", $"/keys/{made["id"]}/actions/revoke"))["revoked_at"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await CustomerAsync(text));
        await RefusesAsync(HttpStatusCode.Conflict, "revoked already", "POST", $"/keys/{made["id"]}/actions/revoke");
        await RefusesAsync(HttpStatusCode.NotFound, "there is no key", "POST", $"/keys/{Guid.NewGuid()}/actions/revoke");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "there is no role 'king'", "POST", "/keys", $$"""{"account_id":"{{account}}","role":"king"}""");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "POST", "/keys", """{"account_id":"default"}""");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "GET", $"/keys?account_id={Guid.NewGuid()}");
    }

    [Fact]
    public async Task A_payment_a_limit_of_credit_and_a_deck_are_set_by_the_accounts_id()
    {
        string account = (string)(await DataAsync("POST", "/accounts", """{"name":"acme"}"""))["id"]!, path = $"/accounts/{account}/balance";
        var paid = await DataAsync("POST", path + "/payments", """{"amount":"25.00","currency":"EUR","note":"by bank"}""");
        Assert.Equal(("0.00", "EUR", "25.00"), ((string?)paid["credit_limit"], (string?)paid["currency"], (string?)paid["balances"]![0]!["balance"]));
        Assert.Equal("10.00", (string?)(await DataAsync("PATCH", path, """{"credit_limit":"10","currency":"EUR"}"""))["credit_limit"]);
        await DataAsync("POST", "/rate_decks", """{"name":"standard","default":true}""");
        string deck = (string)(await DataAsync("POST", "/rate_decks", """{"name":"wholesale"}"""))["id"]!;
        var priced = await DataAsync("PATCH", path, $$"""{"rate_deck_id":"{{deck}}"}""");
        Assert.Equal(("wholesale", "10.00"), ((string?)priced["deck"], (string?)priced["credit_limit"]));     // what is not named stays
        var freed = await DataAsync("PATCH", path, """{"credit_limit":null,"rate_deck_id":null}""");
        Assert.Equal(("standard", null), ((string?)freed["deck"], (string?)freed["credit_limit"]));
        Assert.Equal(["default", "acme"], (await DataAsync("GET", "/balances")).AsArray().Select(b => (string?)b!["name"]));
        Assert.Equal("25.00", (string?)(await DataAsync("GET", path))["balances"]![0]!["balance"]);

        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "is no amount", "POST", path + "/payments", """{"amount":"ten","currency":"EUR"}""");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "is no currency", "PATCH", path, """{"credit_limit":"1"}""");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no rate deck", "PATCH", path, """{"rate_deck_id":"wholesale"}""");
        await RefusesAsync(HttpStatusCode.UnprocessableEntity, "has no field 'limit'", "PATCH", path, """{"limit":"1"}""");
        await RefusesAsync(HttpStatusCode.NotFound, "account_id", "POST", $"/accounts/{Guid.NewGuid()}/balance/payments", """{"amount":"1","currency":"USD"}""");
        await RefusesAsync(HttpStatusCode.NotFound, "there is no payment request", "POST", $"/payment_requests/{Guid.NewGuid()}/actions/approve");
        Assert.Empty((await DataAsync("GET", "/payment_requests")).AsArray());
    }
}
