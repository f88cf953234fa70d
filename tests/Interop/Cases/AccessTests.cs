using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>Accounts say where their keys may be used from.</summary>
public sealed class AccessTests(RunningNode shared)
{
    [Fact]
    public async Task Keys_open_only_from_listed_addresses_and_the_operator_has_the_way_back()
    {
        await using var node = new RunningNode("--trusted-proxies", "127.0.0.1");
        await node.InitializeAsync();
        Task<Answer> AskAsync(string? from, HttpMethod? method = null, string path = "phone_numbers", JsonObject? body = null) => SendAsync(node, node.Key, from, method, path, body);

        var shutOut = await AskAsync("203.0.113.7", HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "203.0.113.9" });
        shutOut.Refuses(422, "10015");
        Assert.Contains("203.0.113.7", shutOut.Text, StringComparison.Ordinal);
        (await AskAsync("203.0.113.8")).Succeeds();
        var office = (await AskAsync("203.0.113.7", HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "203.0.113.7" })).Succeeds().Body;
        (await AskAsync("203.0.113.7")).Succeeds();
        var refused = await AskAsync("203.0.113.8");
        refused.Refuses(403, "10010");
        Assert.Contains("203.0.113.8", refused.Text, StringComparison.Ordinal);
        // What a client writes itself stands before what the proxy adds.
        (await AskAsync("203.0.113.7, 203.0.113.8")).Refuses(403, "10010");
        (await AskAsync(null)).Succeeds();

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
        Task<Answer> AskAsync(string? from, HttpMethod? method = null, string path = "phone_numbers", JsonObject? body = null) => SendAsync(shared, key, from, method, path, body);

        (await AskAsync(null, HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "203.0.113.7" })).Succeeds();
        (await AskAsync(null)).Succeeds();
        // A proxy on this machine that nobody named: its requests are not this machine's own, and what it says is not believed.
        (await AskAsync("203.0.113.7")).Refuses(403, "10010");
        (await AskAsync("198.51.100.1")).Refuses(403, "10010");
        // Who lists this machine means it.
        (await AskAsync(null, HttpMethod.Post, "access_ip_address", new() { ["ip_address"] = "127.0.0.1" })).Succeeds();
        (await AskAsync(null)).Succeeds();
    }

    private static async Task<Answer> SendAsync(RunningNode node, string key, string? from, HttpMethod? method, string path, JsonObject? body)
    {
        using var http = new HttpClient { BaseAddress = node.Api, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (from is not null) request.Headers.Add("X-Forwarded-For", from);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Headers, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
