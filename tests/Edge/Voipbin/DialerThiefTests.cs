using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Who may what, and who may not.</summary>
public sealed class DialerThiefTests : IAsyncLifetime
{
    private DialerHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DialerHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A14_anothers_resources_are_refused_and_stay_as_they_are()
    {
        var made = new Dictionary<string, string>();
        foreach (var (path, body) in new[]
            {
                ("outplans", """{"name":"mine"}"""), ("tags", """{"name":"mine"}"""), ("flows", """{"name":"mine"}"""),
                ("queues", """{"name":"mine","routing_method":"random"}"""), ("accesskeys", """{"name":"mine"}"""),
                ("agents", """{"username":"mine@example.com","password":"correct horse","name":"mine","permission":16}"""),
            })
            made[path] = (string)(await _host.DoneAsync("POST", "/" + path, body))["id"]!;
        foreach (var (path, id) in made)
        {
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("GET", $"/{path}/{id}", null, _host.Second));
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("DELETE", $"/{path}/{id}", null, _host.Second));
            DialerHost.Refuses(403, "PERMISSION_DENIED",
                await _host.AskAsync("PUT", $"/{path}/{id}", """{"name":"theirs","routing_method":"random"}""", _host.Second));
            var now = await _host.DoneAsync("GET", $"/{path}/{id}");
            Assert.Equal(("mine", null), ((string?)now["name"], (string?)now["tm_delete"]));
            Assert.DoesNotContain((await _host.DoneAsync("GET", "/" + path, null, _host.Second))["result"]!.AsArray(),
                item => (string?)item!["id"] == id);
        }
        foreach (string part in new[] { "password", "permission", "status", "addresses", "tag_ids" })
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("PUT", $"/agents/{made["agents"]}/{part}",
                """{"password":"stolen password","permission":16,"status":"busy"}""", _host.Second));
        await _host.LoginAsync("mine@example.com", "correct horse");
    }

    [Fact]
    public async Task A15_an_agent_reads_no_plans_and_changes_only_itself()
    {
        var (agent, token) = await _host.AgentAsync("agent", 16);
        var (manager, managers) = await _host.AgentAsync("manager", 64);
        var (admin, admins) = await _host.AgentAsync("admin", 32);
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(token, "GET", "/outplans"));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(token, "GET", "/campaigns"));
        Assert.Equal(200, (await _host.AsAgentAsync(managers, "GET", "/outplans")).Status);
        Assert.Equal(200, (await _host.AsAgentAsync(admins, "GET", "/outplans")).Status);

        Assert.Equal(200, (await _host.AsAgentAsync(token, "PUT", $"/agents/{agent}/status", """{"status":"available"}""")).Status);
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _host.AsAgentAsync(token, "PUT", $"/agents/{agent}/status", """{"status":"ringing"}"""));
        foreach (string other in new[] { manager, admin })
            DialerHost.Refuses(403, "PERMISSION_DENIED",
                await _host.AsAgentAsync(token, "PUT", $"/agents/{other}/password", """{"password":"stolen password"}"""));
        // Nobody makes himself more than he is, or takes the place of who is.
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _host.AsAgentAsync(token, "PUT", $"/agents/{agent}/permission", """{"permission":32}"""));
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _host.AsAgentAsync(managers, "PUT", $"/agents/{manager}/permission", """{"permission":96}"""));
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _host.AsAgentAsync(managers, "PUT", $"/agents/{admin}/password", """{"password":"stolen password"}"""));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(managers, "DELETE", "/agents/" + admin));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(managers, "POST", "/agents",
            """{"username":"puppet@example.com","password":"correct horse","permission":32}"""));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(managers, "POST", "/accesskeys", """{"name":"x"}"""));
        foreach (int bits in new[] { 1, 15, 128, 65535 })
            DialerHost.Refuses(400, "INVALID_ARGUMENT",
                await _host.AsAgentAsync(admins, "PUT", $"/agents/{agent}/permission", $$"""{"permission":{{bits}}}"""));
        // What was taken away is gone at once, and so is who was deleted.
        Assert.Equal(200, (await _host.AsAgentAsync(admins, "PUT", $"/agents/{manager}/permission", """{"permission":16}""")).Status);
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(managers, "GET", "/outplans"));
        Assert.Equal(200, (await _host.AsAgentAsync(admins, "DELETE", "/agents/" + agent)).Status);
        DialerHost.Refuses(401, "INVALID_CREDENTIALS", await _host.AsAgentAsync(token, "GET", "/agents"));
        // Its name is free again.
        await _host.AgentAsync("agent", 16, _host.Second);
        DialerHost.Refuses(409, "AGENT_ALREADY_EXISTS", await _host.AskAsync("POST", "/agents",
            """{"username":"Agent@Example.com","password":"correct horse","permission":16}"""));
    }

    [Fact]
    public async Task A17_the_first_credential_that_is_there_decides()
    {
        var (_, token) = await _host.AgentAsync("admin", 32);
        string good = _host.First, bad = "KEYnobody";
        Assert.Equal(200, await AskAsync("?token=" + token));
        Assert.Equal(200, await AskAsync("", ("Authorization", "Bearer " + token)));
        Assert.Equal(200, await AskAsync("", ("Cookie", "token=" + token)));
        Assert.Equal(200, await AskAsync("?accesskey=" + good));
        Assert.Equal(200, await AskAsync("", ("Cookie", "accesskey=" + good)));
        Assert.Equal(401, await AskAsync("?token=bad&accesskey=" + good));
        Assert.Equal(401, await AskAsync("?accesskey=" + good, ("Authorization", "Bearer bad")));
        Assert.Equal(401, await AskAsync("?accesskey=" + good, ("Cookie", "token=bad")));
        Assert.Equal(401, await AskAsync("?token=" + token, ("Cookie", "token=bad")));
        Assert.Equal(401, await AskAsync("?accesskey=" + good, ("Cookie", "accesskey=" + bad)));
        Assert.Equal(200, await AskAsync("?accesskey=" + bad + "&token=" + token));
        Assert.Equal(200, await AskAsync("?token=&accesskey=" + good));         // an empty one is none
        Assert.Equal(401, await AskAsync($"?accesskey={good}&accesskey={good}"));
        DialerHost.Refuses(401, "AUTHENTICATION_REQUIRED", await _host.AskWithAsync("GET", "/tags", null));
        DialerHost.Refuses(401, "INVALID_CREDENTIALS", await _host.AskWithAsync("GET", "/tags", null, ("Authorization", "Bearer bad")));
        // The first account's bootstrap key opens this API too.
        Assert.Equal(200, await AskAsync("?accesskey=" + Server.RunningNode.Key));
        // A cookie goes with whatever page asks.
        Assert.Equal(403, (await _host.AskWithAsync("POST", "/tags", "{}",
            ("Cookie", "token=" + token), ("Origin", "https://evil.example"))).Status);

        async Task<int> AskAsync(string query, params (string, string)[] headers) =>
            (await _host.AskWithAsync("GET", "/tags" + query, null, headers)).Status;
    }

    [Fact, Depth("SignInLocksTests in the gate have when a name is locked, and for whom; hashes of passwords are slow by intent")]
    public async Task A_name_that_is_tried_ten_times_is_locked_for_whoever_has_not_logged_in_by_it()
    {
        await _host.DoneAsync("POST", "/agents", """{"username":"new@example.com","password":"correct horse","permission":32}""");
        for (int i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.BadRequest, await LoginAsync($"guess {i}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LoginAsync("correct horse"));
        await _host.AgentAsync("other", 16);

        async Task<HttpStatusCode> LoginAsync(string password)
        {
            string json = $$"""{"username":"New@example.com","password":"{{password}}"}""";
            using var content = new StringContent(json, null, "application/json");
            using var response = await _host.SendAsync("POST", "/auth/login", content);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_login_says_nothing_of_what_was_wrong_and_its_token_ends_with_the_password()
    {
        var (agent, token) = await _host.AgentAsync("admin", 32);
        foreach (string body in new[]
            {
                """{"username":"admin@example.com","password":"wrong"}""", """{"username":"x@example.com","password":"x"}""",
                "{}", """{"username":""", """{"username":7}"""
            })
        {
            using var wrong = new StringContent(body, null, "application/json");
            using var refused = await _host.SendAsync("POST", "/auth/login", wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal("", await refused.Content.ReadAsStringAsync(Stop));
        }
        using (var right = new StringContent("""{"username":"Admin@example.com ","password":"correct horse"}""", null, "application/json"))
        using (var response = await _host.SendAsync("POST", "/auth/login", right))
        {
            string cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            foreach (string part in new[] { "token=eyJ", "httponly", "secure", "samesite=strict", "max-age=604800" })
                Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase);
        }
        // Not what somebody else signed, or says to be unsigned.
        string[] parts = token.Split('.');
        string none = Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8);
        string other = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("\"exp\":1", "\"exp\":2", StringComparison.Ordinal)));
        Assert.NotEqual(parts[1], other);
        foreach (string forged in new[]
            {
                $"{none}.{parts[1]}.", $"{none}.{parts[1]}.{parts[2]}", $"{parts[0]}.{other}.{parts[2]}", $"{parts[0]}.{parts[1]}.",
                $"{parts[0]}.{parts[1]}", parts[0] + "."
            })
            DialerHost.Refuses(401, "INVALID_CREDENTIALS", await _host.AsAgentAsync(forged, "GET", "/tags"));
        Assert.Equal(200, (await _host.AsAgentAsync(token, "GET", "/tags")).Status);
        var changed = await _host.AsAgentAsync(token, "PUT", $"/agents/{agent}/password", """{"password":"battery staple"}""");
        Assert.Equal(200, changed.Status);
        DialerHost.Refuses(401, "INVALID_CREDENTIALS", await _host.AsAgentAsync(token, "GET", "/tags"));
        var shown = await _host.DoneAsync("GET", "/agents/" + agent);
        Assert.DoesNotContain(shown, field => field.Key.Contains("password", StringComparison.Ordinal));
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("PUT", $"/agents/{agent}/password", "{}"));
        await _host.LoginAsync("admin@example.com", "battery staple");
    }

    [Fact]
    public async Task An_accesskey_is_shown_once_and_opens_until_it_ends_or_is_deleted()
    {
        var key = await _host.DoneAsync("POST", "/accesskeys", """{"name":"k","expire":1}""");
        string text = (string)key["token"]!;
        Assert.StartsWith((string)key["token_prefix"]!, text, StringComparison.Ordinal);
        Assert.NotNull(key["tm_expire"]);
        var shown = await _host.DoneAsync("GET", "/accesskeys/" + key["id"]);
        Assert.False(shown.ContainsKey("token"));
        Assert.DoesNotContain(text, (await _host.DoneAsync("GET", "/accesskeys")).ToJsonString(), StringComparison.Ordinal);
        int opens = (await _host.AskAsync("GET", "/tags", null, text)).Status;
        // A busy machine may come too late for it.
        var end = DateTimeOffset.Parse((string)key["tm_expire"]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.True(opens == 200 || DateTimeOffset.UtcNow >= end, $"{opens} before {end:O}");
        await Eventually.SomeAsync(async () => (await _host.AskAsync("GET", "/tags", null, text)).Status == 401 ? "over" : null, "it ends");

        // One that ends later opens, however slow the machine is.
        var lasting = await _host.DoneAsync("POST", "/accesskeys", """{"name":"k1","expire":86400}""");
        Assert.Equal(200, (await _host.AskAsync("GET", "/tags", null, (string)lasting["token"]!)).Status);
        var other = await _host.DoneAsync("POST", "/accesskeys", """{"name":"k2"}""");
        text = (string)other["token"]!;
        Assert.Null(other["tm_expire"]);
        Assert.Equal("new", (string?)(await _host.DoneAsync("PUT", "/accesskeys/" + other["id"], """{"name":"new"}"""))["name"]);
        Assert.Equal(200, (await _host.AskAsync("GET", "/tags", null, text)).Status);
        Assert.NotNull((await _host.DoneAsync("DELETE", "/accesskeys/" + other["id"]))["tm_delete"]);
        DialerHost.Refuses(401, "INVALID_CREDENTIALS", await _host.AskAsync("GET", "/tags", null, text));
        DialerHost.Refuses(404, "RESOURCE_NOT_FOUND", await _host.AskAsync("DELETE", "/accesskeys/" + other["id"]));
    }
}
