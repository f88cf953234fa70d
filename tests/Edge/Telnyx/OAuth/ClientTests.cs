using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx.OAuth;

/// <summary>Programs: made by an account, or by themselves.</summary>
public sealed class ClientTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly OAuthHost _oauth = new(host);

    private static string Body(string more = "") =>
        $$"""{"name":"Diary","client_type":"confidential","allowed_grant_types":["client_credentials"],"allowed_scopes":["read"]{{more}}}""";

    [Fact]
    public async Task A_secret_is_shown_once_and_stored_sealed()
    {
        var made = await host.SendAsync("POST", "/v2/oauth_clients", Body());
        Assert.Equal(201, made.Status);
        string id = (string)made.Data["client_id"]!, secret = (string)made.Data["client_secret"]!;
        Assert.Equal(43, secret.Length);
        Assert.Equal((host.Tenant.ToString(), host.Tenant.ToString()), ((string?)made.Data["org_id"], (string?)made.Data["user_id"]));

        Assert.Null((await host.SendAsync("GET", $"/v2/oauth_clients/{id}")).Data["client_secret"]);
        Assert.Null((await host.SendAsync("PUT", $"/v2/oauth_clients/{id}", "{}")).Data["client_secret"]);
        Assert.DoesNotContain(secret, (await host.SendAsync("GET", $"/v2/oauth_clients?filter[client_id]={id}")).Text);
        Assert.Equal(secret, (await host.Store.OAuthClients.FindAsync(Guid.Parse(id), TestContext.Current.CancellationToken))!.Secret);
        Assert.Null((await host.SendAsync("POST", "/v2/oauth_clients", Body().Replace("confidential", "public"))).Data["client_secret"]);
    }

    [Fact]
    public async Task A_program_is_read_changed_in_part_and_deleted_by_its_account_alone()
    {
        var made = await host.SendAsync("POST", "/v2/oauth_clients",
            Body(""","redirect_uris":["com.example.diary:/done"],"logo_uri":"https://program.example/logo.png" """));
        string path = $"/v2/oauth_clients/{made.Data["client_id"]}";
        foreach (var (method, body) in new[] { ("GET", (string?)null), ("PUT", "{}"), ("DELETE", null) })
            Assert.Equal(404, (await host.SendAsync(method, path, body, TelnyxHost.OtherTenantKey)).Status);

        var changed = await host.SendAsync("PUT", path, """{"name":"Journal","require_pkce":true}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(("Journal", true, "confidential"),
            ((string?)changed.Data["name"], (bool)changed.Data["require_pkce"]!, (string?)changed.Data["client_type"]));
        Assert.Equal("com.example.diary:/done", (string?)changed.Data["redirect_uris"]![0]);
        Assert.Equal("https://program.example/logo.png", (string?)changed.Data["logo_uri"]);
        Assert.Equal(204, (await host.SendAsync("DELETE", path)).Status);
        Assert.Equal(404, (await host.SendAsync("GET", path)).Status);
    }

    [Fact]
    public async Task Programs_are_found_by_their_fields()
    {
        string name = $"Finder {Guid.NewGuid():N}";
        var made = await host.SendAsync("POST", "/v2/oauth_clients", Body().Replace("Diary", name));
        string id = (string)made.Data["client_id"]!;
        foreach (string filter in new[] { $"[client_id]={id}", $"[name]={Uri.EscapeDataString(name)}", $"[name][contains]={name[7..20]}" })
            Assert.Equal([id], (await host.SendAsync("GET", $"/v2/oauth_clients?filter{filter}")).List
                .Select(c => (string?)c!["client_id"]));
        foreach (var (filter, isFound) in new[]
        {
            ("[client_type]=confidential", true), ("[client_type]=public", false), ("[allowed_grant_types][contains]=client_credentials",
                true), ("[allowed_grant_types][contains]=refresh_token", false), ("[verified]=false", true), ("[verified]=true", false)
        })
            Assert.Equal(isFound,
                (await host.SendAsync("GET", $"/v2/oauth_clients?filter[client_id]={id}&filter{filter}")).List.Count == 1);
        Assert.Empty((await host.SendAsync("GET", $"/v2/oauth_clients?filter[client_id]={id}", key: TelnyxHost.OtherTenantKey)).List);
    }

    [Theory]
    [InlineData("http://program.example/callback")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://program.example/callback#part")]
    [InlineData("https://user@program.example/callback")]
    public async Task A_redirect_uri_that_could_carry_a_code_astray_is_refused(string uri)
    {
        var made = await host.SendAsync("POST", "/v2/oauth_clients",
            Body($$""","redirect_uris":["https://program.example/good","{{uri}}"]"""));
        made.Says(422, "invalid_redirect_uri");
        Assert.Equal("/redirect_uris/1", made.Pointer);
        var registered = await host.SendAsync("POST", "/v2/oauth/register", $$"""{"redirect_uris":["{{uri}}"]}""", key: null);
        registered.Says(400, "invalid_redirect_uri");
        Assert.Equal("/redirect_uris/0", registered.Pointer);
    }

    [Theory]
    [InlineData(""","redirect_uris":["http://127.0.0.1:9999/callback","http://localhost/callback","http://[::1]:80/x"]""")]
    [InlineData(""","redirect_uris":["com.example.diary:/done"]""")]
    public async Task A_redirect_uri_on_the_persons_own_machine_is_fine(string more) =>
        Assert.Equal(201, (await host.SendAsync("POST", "/v2/oauth_clients", Body(more))).Status);

    [Fact]
    public async Task What_does_not_fit_is_told_with_its_place()
    {
        Assert.Equal("/name", (await host.SendAsync("POST", "/v2/oauth_clients", Body().Replace("Diary", " "))).Pointer);
        Assert.Equal("/allowed_scopes/0",
            (await host.SendAsync("POST", "/v2/oauth_clients", Body().Replace("\"read\"", "\"two words\""))).Pointer);
        Assert.Equal("/tos_uri",
            (await host.SendAsync("POST", "/v2/oauth_clients", Body(""","tos_uri":"javascript:alert(1)" """))).Pointer);
        var unnamed = await host.SendAsync("POST", "/v2/oauth_clients", Body().Replace("\"name\":\"Diary\",", ""));
        unnamed.Says(422, "invalid_request");
        Assert.Equal("/name", unnamed.Pointer);
    }

    [Fact]
    public async Task A_program_registers_itself_and_gets_nothing_before_somebody_allows_it_something()
    {
        var made = await host.SendAsync("POST", "/v2/oauth/register",
            $$"""{"client_name":"Visitor","redirect_uris":["{{OAuthHost.RedirectUri}}"],"grant_types":["authorization_code","refresh_token","client_credentials"],"scope":"read","client_uri":"https://unknown.field.example"}""",
            key: null);
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(["authorization_code", "refresh_token"], made.Body["grant_types"]!.AsArray().Select(g => (string?)g));
        Assert.Equal(("client_secret_basic", "read", 0),
            ((string?)made.Body["token_endpoint_auth_method"], (string?)made.Body["scope"], (int)made.Body["client_secret_expires_at"]!));

        var program = new Program((string)made.Body["client_id"]!, (string)made.Body["client_secret"]!);
        (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"))).Says(400, "unauthorized_client");
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/oauth_clients/{program.Id}")).Status);
        var (access, _) = await _oauth.TokensAsync(program, key: TelnyxHost.OtherTenantKey);
        Assert.Equal((200, null), await _oauth.ReadWithAsync(access));
    }

    [Fact]
    public async Task A_program_without_a_secret_registers_itself_and_has_to_use_PKCE()
    {
        var made = await host.SendAsync("POST", "/v2/oauth/register",
            $$"""{"redirect_uris":["{{OAuthHost.RedirectUri}}"],"token_endpoint_auth_method":"none"}""", key: null);
        Assert.Equal(201, made.Status);
        Assert.False(made.Body.ContainsKey("client_secret"));
        var program = new Program((string)made.Body["client_id"]!, null);
        using var bare = await _oauth.AskAsync(program, verifier: null);
        Assert.Equal("invalid_request", OAuthHost.Heard(bare.Headers.Location!.OriginalString)["error"]);
        await _oauth.TokensAsync(program);
    }

    [Fact]
    public async Task With_an_owners_key_a_registered_program_is_the_accounts_own()
    {
        var made = await host.SendAsync("POST", "/v2/oauth/register", """{"client_name":"Own","grant_types":["client_credentials"]}""");
        Assert.Equal(201, made.Status);
        var program = new Program((string)made.Body["client_id"]!, (string)made.Body["client_secret"]!);
        Assert.Equal(200, (await host.SendAsync("GET", $"/v2/oauth_clients/{program.Id}")).Status);
        await _oauth.OwnTokenAsync(program);
        (await host.SendAsync("POST", "/v2/oauth/register", """{"grant_types":["client_credentials"]}""", key: null))
            .Says(400, "invalid_client_metadata");
    }

    [Fact]
    public async Task Bad_metadata_has_the_words_of_registration()
    {
        (await host.SendAsync("POST", "/v2/oauth/register", """{"token_endpoint_auth_method":"private_key_jwt"}""", key: null))
            .Says(400, "invalid_client_metadata");
        (await host.SendAsync("POST", "/v2/oauth/register", """{"redirect_uris":"https://program.example"}""", key: null))
            .Says(400, "invalid_redirect_uri");
        (await host.SendAsync("POST", "/v2/oauth/register", """{"redirect_uris":["no uri"]}""", key: null))
            .Says(400, "invalid_redirect_uri");
        (await host.SendAsync("POST", "/v2/oauth/register", """{"scope":"\"quoted\""}""", key: null)).Says(400, "invalid_client_metadata");
        (await host.SendAsync("POST", "/v2/oauth/register", "{", key: null)).Says(400, "invalid_request");
    }

    [Fact]
    public async Task So_many_programs_register_themselves_from_one_address_in_an_hour_and_an_owner_makes_more()
    {
        const string body =
            """{"client_name":"Diary","redirect_uris":["https://program.example/callback"],"token_endpoint_auth_method":"none"}""";
        host.Time.Advance(TimeSpan.FromHours(1));
        for (int i = 0; i < 100; i++) Assert.Equal(201, (await host.SendAsync("POST", "/v2/oauth/register", body, key: null)).Status);
        var refused = await host.SendAsync("POST", "/v2/oauth/register", body, key: null);
        refused.Refuses(429, "10011");
        Assert.Contains("owner's key", (string?)refused.Error["detail"], StringComparison.Ordinal);
        Assert.Equal(201, (await host.SendAsync("POST", "/v2/oauth/register", body)).Status);
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(201, (await host.SendAsync("POST", "/v2/oauth/register", body, key: null)).Status);
    }
}
