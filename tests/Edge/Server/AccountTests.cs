using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Server;

namespace Ringwright.Edge.Server;

/// <summary>Accounts and keys by the paths of the socket that earlier releases asked, which answer as they did.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await RunningNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private Task<JsonNode> PostAsync(string path, JsonObject? body = null) =>
        _node.Socket.SendAsync(HttpMethod.Post, $"node/{path}", body ?? [], Stop);

    private async Task<JsonArray> GetAsync(string path) =>
        (await _node.Socket.SendAsync(HttpMethod.Get, $"node/{path}", null, Stop)).AsArray();

    private async Task RefusesAsync(string sentence, string path, JsonObject? body = null)
    {
        var refused = await Assert.ThrowsAsync<StartRefused>(() => PostAsync(path, body));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> AskAsync(string key, string method = "GET", string path = "/v2/phone_numbers")
    {
        using var request =
            new HttpRequestMessage(new(method), path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        return await _node.Api.SendAsync(request, Stop);
    }

    private async Task<HttpStatusCode> StatusAsync(string key, string method = "GET", string path = "/v2/phone_numbers")
    {
        using var answer = await AskAsync(key, method, path);
        return answer.StatusCode;
    }

    [Fact]
    public async Task A_new_account_has_a_key_and_a_webhook_secret_and_may_have_accounts_below_it_but_no_deeper()
    {
        var root = await PostAsync("tenants", new() { ["name"] = "agency", ["channels"] = 5 });
        var child = await PostAsync("tenants", new() { ["name"] = "client", ["parent"] = "agency" });
        Assert.Equal("agency", (string?)child["parent"]);
        foreach (var made in new[] { root, child })
        {
            Assert.StartsWith("whsec_", (string?)made["webhook_secret"]);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync((string)made["telnyx_key"]!));
        }
        Assert.NotEqual((string?)root["webhook_secret"], (string?)child["webhook_secret"]);

        await RefusesAsync("no deeper than two", "tenants", new() { ["name"] = "grandchild", ["parent"] = "client" });
        await RefusesAsync("there is no account 'nobody'", "tenants", new() { ["name"] = "x", ["parent"] = "nobody" });
        await RefusesAsync("there is an account 'client' already", "tenants", new() { ["name"] = " client " });
        foreach (string name in new[] { "", "  ", "a\nb", new('x', 201) })
            await RefusesAsync("an account needs a name", "tenants", new() { ["name"] = name });

        var listed = await GetAsync("tenants");
        Assert.Equal(["default", "agency", "client"], listed.Select(t => (string?)t!["name"]));
        Assert.Equal((5, null, "agency"), ((int?)listed[1]!["channels"], (string?)listed[1]!["parent"], (string?)listed[2]!["parent"]));
    }

    [Fact]
    public async Task A_new_account_begins_with_careful_limits_and_the_first_one_without()
    {
        var first = (await GetAsync("tenants"))[0]!;
        Assert.Equal("null null null null null", Limits(first));
        var made = await PostAsync("tenants", new() { ["name"] = "careful" });
        Assert.Equal("10 25000000 50 1000000000 20", Limits(made));
        Assert.Equal("3 null 50 7 20", Limits(await PostAsync("tenants",
            new() { ["name"] = "chosen", ["channels"] = 3, ["daily_spend_micros"] = null, ["media_bytes"] = 7 })));
        // Below an account with a limit it uses what that has; all else is its own.
        Assert.Equal("null 25000000 50 1000000000 20",
            Limits(await PostAsync("tenants", new() { ["name"] = "below", ["parent"] = "careful" })));
        Assert.Equal("10 25000000 50 1000000000 20",
            Limits(await PostAsync("tenants", new() { ["name"] = "below default", ["parent"] = "default" })));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/managed_accounts")
        {
            Content = new StringContent("""{"business_name":"managed"}""", null, "application/json")
        };
        request.Headers.Authorization = new("Bearer", (string)made["telnyx_key"]!);
        Assert.True((await _node.Api.SendAsync(request, Stop)).IsSuccessStatusCode);
        Assert.Equal("null 25000000 50 1000000000 20", Limits((await GetAsync("tenants")).Single(t => (string?)t!["name"] == "managed")!));
        using var answer = await AskAsync((string)made["telnyx_key"]!);
        Assert.Equal("50", Assert.Single(answer.Headers.GetValues("x-ratelimit-limit")));

        static string Limits(JsonNode account) => string.Join(' ', new[]
        {
            "channels", "daily_spend_micros", "request_rate", "media_bytes", "live_audio"
        }.Select(name => account[name]?.ToJsonString() ?? "null"));
    }

    [Fact]
    public async Task A_revoked_key_stops_at_once_also_on_an_open_connection()
    {
        var made = await PostAsync("keys", new() { ["role"] = "member", ["label"] = "for the shop" });
        string key = (string)made["telnyx_key"]!;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key));        // remembered from here on, on a connection that stays open
        await PostAsync($"keys/{made["id"]}/revoke");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(key));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(RunningNode.Key));

        await RefusesAsync("is revoked already", $"keys/{made["id"]}/revoke");
        await RefusesAsync("there is no key", $"keys/{Guid.NewGuid()}/revoke");
        await RefusesAsync("there is no key", "keys/the-shops/revoke");
        var row = (await GetAsync("keys")).Single(k => (string?)k!["id"] == (string?)made["id"])!;
        Assert.Equal(("default", "member", "for the shop"), ((string?)row["tenant"], (string?)row["role"], (string?)row["label"]));
        Assert.NotNull(row["revoked_at"]);
        Assert.DoesNotContain(key, row.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_reads_and_a_member_does_all_but_what_is_the_owners()
    {
        string reader = await KeyAsync("reader"), member = await KeyAsync("member"), owner = await KeyAsync("owner");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(reader));
        using var refused = await AskAsync(reader, "POST", "/v2/call_control_applications");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("10010", (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Stop))!["errors"]![0]!["code"]);
        Assert.NotEqual(HttpStatusCode.Forbidden, await StatusAsync(member, "POST", "/v2/call_control_applications"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(member, "GET", "/v2/managed_accounts"));
        Assert.NotEqual(HttpStatusCode.Forbidden, await StatusAsync(owner, "GET", "/v2/managed_accounts"));

        await RefusesAsync("there is no role 'king'", "keys", new() { ["role"] = "king" });
        await RefusesAsync("there is no role '2'", "keys", new() { ["role"] = "2" });
        await RefusesAsync("there is no account 'nobody'", "keys", new() { ["role"] = "owner", ["tenant"] = "nobody" });
        await RefusesAsync("a label has at most", "keys", new() { ["role"] = "owner", ["label"] = new string('x', 201) });
    }

    [Fact]
    public async Task Limits_change_one_by_one_and_hold_at_once()
    {
        await PostAsync("tenants/limits", new() { ["name"] = "default", ["request_rate"] = 3, ["channels"] = 7 });
        using var answer = await AskAsync(RunningNode.Key);
        Assert.Equal("3", Assert.Single(answer.Headers.GetValues("x-ratelimit-limit")));
        var limits = await PostAsync("tenants/limits", new() { ["name"] = "default", ["request_rate"] = null });
        Assert.Equal((null, 7), ((int?)limits["request_rate"], (int?)limits["channels"]));
        await RefusesAsync("there is no account 'nobody'", "tenants/limits", new() { ["name"] = "nobody", ["channels"] = 1 });
    }

    private async Task<string> KeyAsync(string role) => (string)(await PostAsync("keys", new() { ["role"] = role }))["telnyx_key"]!;
}
