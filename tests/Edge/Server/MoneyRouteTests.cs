using System.Text.Json.Nodes;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Server;

/// <summary>
/// Balances, credit and payment requests by the paths of the socket that earlier releases asked, which answer as they did.
/// </summary>
public sealed class MoneyRouteTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await RunningNode.StartAsync();
        await PostAsync("tenants", new() { ["name"] = "acme" });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private Task<JsonNode> PostAsync(string path, JsonObject? body = null) =>
        _node.Socket.SendAsync(HttpMethod.Post, $"node/{path}", body ?? [], Stop);

    private Task<JsonNode> GetAsync(string path) => _node.Socket.SendAsync(HttpMethod.Get, $"node/{path}", null, Stop);

    private Task<JsonNode> AddAsync(string amount, string currency = "USD", string tenant = "acme") =>
        PostAsync("balances/add", new() { ["tenant"] = tenant, ["amount"] = amount, ["currency"] = currency });

    private async Task RefusesAsync(string sentence, Func<Task> request) =>
        Assert.Contains(sentence, (await Assert.ThrowsAsync<StartRefused>(request)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_first_payment_makes_an_account_that_pays_in_advance()
    {
        Assert.Null((await GetAsync("balances?tenant=acme"))[0]!["credit_limit"]);
        var account = await AddAsync("25.00", "EUR");
        Assert.Equal(("0.00", "EUR", "25.00"),
            ((string?)account["credit_limit"], (string?)account["currency"], (string?)account["balances"]![0]!["balance"]));
        Assert.Equal("24.50", (string?)(await AddAsync("-0.5", "EUR"))["balances"]![0]!["balance"]);
        Assert.Null((await PostAsync("balances/credit", new() { ["tenant"] = "acme" }))["credit_limit"]);
        Assert.Null((await AddAsync("1.00", "EUR"))["credit_limit"]);       // the operator said so
    }

    [Fact]
    public async Task An_account_that_owes_goes_on_owing()
    {
        await AddAsync("-10.00");
        Assert.Null((await AddAsync("5.00"))["credit_limit"]);
        var limited = await PostAsync("balances/credit", new() { ["tenant"] = "acme", ["amount"] = "100.00", ["currency"] = "USD" });
        Assert.Equal(("100.00", "-5.00"), ((string?)limited["credit_limit"], (string?)limited["balances"]![0]!["balance"]));
    }

    [Fact]
    public async Task What_is_no_amount_no_account_and_no_deck_is_told_in_a_sentence()
    {
        await RefusesAsync("there is no account 'nobody'", () => AddAsync("1", tenant: "nobody"));
        foreach (string amount in new[] { "", "ten", "0.0000001", "1e3" }) await RefusesAsync("is no amount", () => AddAsync(amount));
        await RefusesAsync("is no currency", () => AddAsync("1", "dollars"));
        await RefusesAsync("0 or more",
            () => PostAsync("balances/credit", new() { ["tenant"] = "acme", ["amount"] = "-1", ["currency"] = "USD" }));
        await RefusesAsync("there is no rate deck 'x'", () => PostAsync("balances/deck", new() { ["tenant"] = "acme", ["deck"] = "x" }));
        await RefusesAsync("there is no payment request", () => PostAsync($"payments/{Guid.NewGuid()}/approve"));
    }

    [Fact]
    public async Task A_payment_that_an_account_asked_for_is_added_when_the_operator_has_it()
    {
        var tenant = (await _node.Node.Database.Tenants.FindByNameAsync("acme", Stop))!.Id;
        await _node.Node.Database.MoneyAccounts.RechargeAsync(tenant,
            prefs => prefs with { IsEnabled = true, ThresholdMicros = 5_000_000, AmountMicros = 20_000_000 },
            (_, after) => new()
            {
                Tenant = tenant, At = DateTimeOffset.UtcNow, By = default, Change = "updated",
                RecordType = "auto_recharge_pref", ResourceId = after.Id
            }, Stop);
        var request = Assert.Single((await GetAsync("payments")).AsArray())!;
        Assert.Equal(("acme", "20.00", "USD", "pending"),
            ((string?)request["tenant"], (string?)request["amount"], (string?)request["currency"], (string?)request["state"]));
        Assert.Equal("approved", (string?)(await PostAsync($"payments/{request["id"]}/approve"))["state"]);
        await RefusesAsync("decided already", () => PostAsync($"payments/{request["id"]}/reject"));
        Assert.Equal("20.00", (string?)(await GetAsync("balances?tenant=acme"))[0]!["balances"]![0]!["balance"]);
        Assert.Equal(MoneyKind.Payment, Assert.Single(await _node.Node.Database.Money.ListAsync(tenant, new(), Stop)).Kind);
    }

    [Fact]
    public async Task Prices_that_serve_was_started_with_are_a_deck_until_it_is_started_without()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "+1,0.01,60,60\n+49,0.02,1,1\n", Stop);
            var database = _node.Node.Database;
            for (int start = 0; start < 2; start++) await RateFile.ApplyAsync(database, file, Stop);
            Assert.Equal((2, RateFile.DeckName),
                (database.Routing.Current.Rates.Standard!.Count, database.Routing.Current.Rates.Standard.Name));
            await File.WriteAllTextAsync(file, "+1,0.01,60,60\n", Stop);
            await RateFile.ApplyAsync(database, file, Stop);
            Assert.Equal(1, database.Routing.Current.Rates.Standard!.Count);
            await RateFile.ApplyAsync(database, null, Stop);
            Assert.Null(database.Routing.Current.Rates.Standard);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
