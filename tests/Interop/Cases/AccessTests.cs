using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Accounts say where their keys may be used from.</summary>
public sealed class AccessTests(RunningNode shared)
{
    [Fact]
    public async Task Keys_open_only_from_listed_addresses_and_the_operator_has_the_way_back()
    {
        await using var node = new RunningNode("--trusted-proxies", "127.0.0.1");
        await node.InitializeAsync();
        Task<Answer> AskAsync(string? from, HttpMethod? method = null, string path = "phone_numbers", JsonObject? body = null) =>
            SendAsync(node, node.Key, from, method, path, body);

        var shutOut = await AskAsync("203.0.113.7", HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "203.0.113.9" });
        shutOut.Refuses(422, "10015");
        Assert.Contains("203.0.113.7", shutOut.Text, StringComparison.Ordinal);
        (await AskAsync("203.0.113.8")).Succeeds();
        var office = (await AskAsync("203.0.113.7", HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "203.0.113.7" }))
            .Succeeds().Body;
        (await AskAsync("203.0.113.7")).Succeeds();
        var refused = await AskAsync("203.0.113.8");
        refused.Refuses(403, "10010");
        Assert.Contains("203.0.113.8", refused.Text, StringComparison.Ordinal);
        // What a client writes itself stands before what the proxy adds.
        (await AskAsync("203.0.113.7, 203.0.113.8")).Refuses(403, "10010");
        // The proxy's machine is not on the list; neither is what the proxy does not say, or says in vain.
        foreach (string? nobody in new[] { null, "garbage", "203.0.113.7, unknown", "127.0.0.1" })
            (await AskAsync(nobody)).Refuses(403, "10010");

        (await AskAsync("203.0.113.7", HttpMethod.Post, "access_ip_ranges", new() { ["cidr_block"] = "2001:db8::/32" })).Succeeds();
        (await AskAsync("2001:db8::9")).Succeeds();
        (await AskAsync("2001:db9::9")).Refuses(403, "10010");
        (await AskAsync("203.0.113.7", HttpMethod.Delete, $"access_ip_address/{office["id"]}")).Refuses(422, "10021");
        (await AskAsync("2001:db8::9", HttpMethod.Delete, $"access_ip_address/{office["id"]}")).Succeeds();
        (await AskAsync("203.0.113.7")).Refuses(403, "10010");

        // It outlives the program, and the operator undoes it.
        await node.StopAsync();
        await node.StartAgainAsync();
        (await AskAsync("203.0.113.7")).Refuses(403, "10010");
        Assert.Contains("2001:db8::/32", await node.RunAsync("access", "list"), StringComparison.Ordinal);
        Assert.Contains("1 removed", await node.RunAsync("access", "remove", "--all"), StringComparison.Ordinal);
        (await AskAsync("203.0.113.8")).Succeeds();
    }

    [Fact]
    public async Task Nobodys_word_is_taken_on_where_a_request_came_from_unless_the_operator_trusts_it()
    {
        string name = $"listed {Guid.NewGuid():N}";
        string key = (string)(await shared.NewTenantAsync(name))["telnyx_key"]!;
        Task<Answer> AskAsync(string? from, HttpMethod? method = null, string path = "phone_numbers", JsonObject? body = null) =>
            SendAsync(shared, key, from, method, path, body);

        // Behind a proxy that says nothing all the world comes from this machine: it is let in where the list names it, and not before.
        var open = await AskAsync(null, HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "203.0.113.7" });
        open.Refuses(422, "10015");
        (await AskAsync(null, HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "127.0.0.1" })).Succeeds();
        (await AskAsync(null, HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "203.0.113.7" })).Succeeds();
        (await AskAsync(null)).Succeeds();
        // A proxy on this machine that nobody named: its requests are not this machine's own, and what it says is not believed.
        (await AskAsync("203.0.113.7")).Refuses(403, "10010");
        (await AskAsync("198.51.100.1")).Refuses(403, "10010");
        (await AskAsync("127.0.0.1")).Refuses(403, "10010");
    }

    [Fact, Depth("AccountTests in Edge end keys on open connections; the gate has keys of listed addresses")]
    public async Task Listening_ends_when_the_account_lists_the_address_no_longer_and_tokens_are_given_to_listed_addresses_alone()
    {
        await using var node = new RunningNode("--trusted-proxies", "127.0.0.1");
        await node.InitializeAsync();
        Task<Answer> AskAsync(string? from, HttpMethod? method = null, string path = "phone_numbers", JsonObject? body = null) =>
            SendAsync(node, node.Key, from, method, path, body);
        foreach (string address in new[] { "203.0.113.7", "203.0.113.8" })
            (await AskAsync("203.0.113.7", HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = address })).Succeeds();
        var program = (await AskAsync("203.0.113.7", HttpMethod.Post, "oauth_clients", new()
        {
            ["name"] = "Diary", ["client_type"] = "confidential",
            ["allowed_grant_types"] = new JsonArray("client_credentials"), ["allowed_scopes"] = new JsonArray("read"),
        })).Succeeds(201).Data;
        JsonObject Proof() => new()
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = (string)program["client_id"]!, ["client_secret"] = (string)program["client_secret"]!
        };
        var elsewhere = await SendAsync(node, null, "203.0.113.9", HttpMethod.Post, "oauth/token", Proof());
        Assert.Equal((400, "unauthorized_client"), (elsewhere.Status, (string?)elsewhere.Body["error"]));
        string token = (string)(await SendAsync(node, null, "203.0.113.7", HttpMethod.Post, "oauth/token", Proof()))
            .Succeeds().Body["access_token"]!;
        (await SendAsync(node, token, "203.0.113.9", null, "phone_numbers", null)).Refuses(403, "10010");

        using var http = new HttpClient
        {
            BaseAddress = node.Api, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", node.Key) }
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "events/stream") { Headers = { { "X-Forwarded-For", "203.0.113.8" } } };
        using var listening = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        Assert.True(listening.IsSuccessStatusCode);
        var said = listening.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var listed = (await AskAsync("203.0.113.7", path: "access_ip_address?filter[ip_address]=203.0.113.8")).Succeeds().Data.AsArray();
        Assert.False(said.IsCompleted);
        (await AskAsync("203.0.113.7", HttpMethod.Delete, $"access_ip_address/{listed[0]!["id"]}")).Succeeds();
        Assert.Contains("listening", await said.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private static async Task<Answer> SendAsync(RunningNode node, string? key, string? from, HttpMethod? method,
        string path, JsonObject? body)
    {
        using var http = new HttpClient { BaseAddress = node.Api };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (from is not null) request.Headers.Add("X-Forwarded-For", from);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Headers, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
