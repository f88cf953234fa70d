using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Customers that a customer's administrator makes.</summary>
public sealed class CustomerAccountTests
{
    [Fact]
    public async Task An_administrator_makes_customers_who_are_customers_like_others_and_nobody_elses()
    {
        await using var host = await DialerHost.StartAsync();
        Assert.Empty((await host.DoneAsync("GET", "/customers"))["result"]!.AsArray());
        foreach (string body in new[] { "{}", """{"name":"  "}""", """{"name":"a\u0007b"}""", $$"""{"name":"{{new string('n', 201)}}"}""" })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await host.AskAsync("POST", "/customers", body));
        var first = await host.DoneAsync("POST", "/customers", """{"name":"branch","detail":"in the north"}""");
        var second = await host.DoneAsync("POST", "/customers", """{"name":"branch"}""");        // two may have one name
        Assert.Equal(("branch", "in the north", "", "POST", null), ((string?)first["name"], (string?)first["detail"],
            (string?)first["webhook_uri"], (string?)first["webhook_method"], (string?)first["tm_update"]));
        Assert.NotEqual((string?)first["id"], (string?)second["id"]);

        // The newest first, page by page, and never with a key.
        var page = await host.DoneAsync("GET", "/customers?page_size=1");
        string token = Uri.EscapeDataString((string)page["next_page_token"]!);
        var next = await host.DoneAsync("GET", "/customers?page_size=1&page_token=" + token);
        Assert.Equal([(string?)second["id"], (string?)first["id"]],
            new[] { page, next }.Select(part => (string?)Assert.Single(part["result"]!.AsArray())!["id"]));
        Assert.DoesNotContain("accesskey", page.ToJsonString(), StringComparison.Ordinal);

        // Its accesskey is its own: it acts for the new customer and for nobody else.
        string key = (string)first["accesskey"]!;
        var own = await host.DoneAsync("GET", "/customer", null, key);
        Assert.Equal(((string?)first["id"], "branch", "in the north"), ((string?)own["id"], (string?)own["name"], (string?)own["detail"]));
        await host.DoneAsync("POST", "/tags", """{"name":"theirs"}""", key);
        Assert.Empty((await host.DoneAsync("GET", "/tags"))["result"]!.AsArray());
        await host.DoneAsync("PUT", "/customer", """{"name":"renamed"}""", key);
        var renamed = Listed(await host.DoneAsync("GET", "/customers"), first);
        Assert.Equal("renamed", (string?)renamed["name"]);
        Assert.NotNull(renamed["tm_update"]);
        DialerHost.Refuses(403, "PERMISSION_DENIED", await host.AskAsync("POST", "/customers", """{"name":"deeper"}""", key));

        // Another customer has none of them, and who is no administrator asks in vain.
        Assert.Empty((await host.DoneAsync("GET", "/customers", null, host.Second))["result"]!.AsArray());
        var (_, manager) = await host.AgentAsync("manager", 64);
        DialerHost.Refuses(403, "PERMISSION_DENIED", await host.AsAgentAsync(manager, "GET", "/customers"));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await host.AsAgentAsync(manager, "POST", "/customers", """{"name":"x"}"""));
    }

    [Fact]
    public async Task A_customer_is_told_from_the_first_event_on_where_it_was_made_with_an_address()
    {
        await using var host = await DialerHost.StartAsync();
        await using var hook = await Sink.StartAsync();
        foreach (string wrong in new[] { "http://169.254.169.254/x", "ftp://example.com" })
            DialerHost.Refuses(400, "INVALID_ARGUMENT",
                await host.AskAsync("POST", "/customers", $$"""{"name":"branch","webhook_uri":"{{wrong}}"}"""));
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await host.AskAsync("POST", "/customers", """{"name":"branch","webhook_method":"PATCH"}"""));
        Assert.Empty((await host.DoneAsync("GET", "/customers"))["result"]!.AsArray());

        var made = await host.DoneAsync("POST", "/customers",
            $$"""{"name":"branch","webhook_uri":"{{hook.Url}}/hook","webhook_method":"POST","signing_secret":"a secret"}""");
        Assert.Equal(($"{hook.Url}/hook", "POST"), ((string?)made["webhook_uri"], (string?)made["webhook_method"]));
        Assert.DoesNotContain("a secret", made.ToJsonString(), StringComparison.Ordinal);
        await host.DoneAsync("POST", "/tags", """{"name":"theirs"}""", (string)made["accesskey"]!);
        await Eventually.TrueAsync(() => hook.All.Count >= 1, "the first event");
        Assert.Equal("tag_created", (string?)JsonNode.Parse(hook.All[0].Text)!["type"]);
        Assert.True(hook.All[0].Headers.ContainsKey("x-voipbin-signature"));
        var asked = await host.DoneAsync("POST", "/customers",
            $$"""{"name":"other","webhook_uri":"{{hook.Url}}","webhook_method":"GET"}""");
        Assert.Equal("GET", (string?)Listed(await host.DoneAsync("GET", "/customers"), asked)["webhook_method"]);
    }

    private static JsonObject Listed(JsonObject page, JsonObject customer) =>
        page["result"]!.AsArray().Single(one => (string?)one!["id"] == (string?)customer["id"])!.AsObject();
}
