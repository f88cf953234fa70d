using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx.OAuth;

/// <summary>RFC 7662, RFC 7009, and what programs read first.</summary>
public sealed class IntrospectionTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly OAuthHost _oauth = new(host);

    private Task<Answer> LookAsync(Program? program, string token, bool inBody = false) =>
        _oauth.FormAsync("/v2/oauth/introspect", program, inBody, ("token", token));

    [Fact]
    public async Task A_program_looks_at_its_tokens()
    {
        var program = await _oauth.ProgramAsync();
        var (access, refresh) = await _oauth.TokensAsync(program, "read write");
        foreach (bool inBody in new[] { false, true })
        {
            var seen = await LookAsync(program, access, inBody);
            Assert.Equal((true, program.Id, "read write", OAuthHost.Issuer),
                ((bool)seen.Body["active"]!, (string?)seen.Body["client_id"], (string?)seen.Body["scope"], (string?)seen.Body["iss"]));
            Assert.Equal(3600, (long)seen.Body["exp"]! - (long)seen.Body["iat"]!);
        }
        Assert.True((bool)(await LookAsync(program, refresh!)).Body["active"]!);
        await _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", refresh!));
        Assert.False((bool)(await LookAsync(program, refresh!)).Body["active"]!);

        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("""{"active":false}""", (await LookAsync(program, access)).Text);
    }

    [Fact]
    public async Task Tokens_of_others_and_nonsense_are_not_active()
    {
        var program = await _oauth.ProgramAsync();
        var stranger = await _oauth.ProgramAsync(key: TelnyxHost.OtherTenantKey);
        string own = await _oauth.OwnTokenAsync(program), others = await _oauth.OwnTokenAsync(stranger);
        foreach (string token in new[] { others, "nonsense", "a.b.c", "eyJ.eyJ.x", own + "x" })
            Assert.Equal("""{"active":false}""", (await LookAsync(program, token)).Text);
    }

    [Fact]
    public async Task An_account_looks_at_its_tokens_with_a_key()
    {
        string own = await _oauth.OwnTokenAsync(await _oauth.ProgramAsync());
        string body = new JsonObject { ["token"] = own }.ToJsonString();
        Assert.True((bool)(await host.SendAsync("POST", "/v2/oauth/introspect", body)).Body["active"]!);
        Assert.False((bool)(await host.SendAsync("POST", "/v2/oauth/introspect", body, TelnyxHost.OtherTenantKey)).Body["active"]!);
        (await host.SendAsync("POST", "/v2/oauth/introspect", body, "KEYwrong")).Says(401, "invalid_client");
        (await host.SendAsync("POST", "/v2/oauth/introspect", body, key: null)).Says(401, "invalid_client");
        (await host.SendAsync("POST", "/v2/oauth/introspect", "{}")).Says(400, "invalid_request");
    }

    [Fact]
    public async Task A_program_without_a_secret_cannot_look()
    {
        var open = await _oauth.ProgramAsync("public");
        (await LookAsync(open, "x")).Says(401, "invalid_client");
    }

    [Fact]
    public async Task Revoking_either_token_ends_both()
    {
        foreach (bool isRefresh in new[] { false, true })
        {
            var program = await _oauth.ProgramAsync(isRefresh ? "public" : "confidential");
            var other = await _oauth.ProgramAsync();
            var (access, refresh) = await _oauth.TokensAsync(program);
            string token = isRefresh ? refresh! : access;
            (await _oauth.FormAsync("/v2/oauth/revoke", other, false, ("token", token))).Says(400, "unauthorized_client");
            Assert.Equal((200, null), await _oauth.ReadWithAsync(access));

            var done = await _oauth.FormAsync("/v2/oauth/revoke", program, false, ("token", token), ("token_type_hint", "access_token"));
            Assert.Equal((200, ""), (done.Status, done.Text));
            Assert.Equal((401, "10009"), await _oauth.ReadWithAsync(access));
            (await _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", refresh!))).Says(400, "invalid_grant");
            Assert.Equal(200, (await _oauth.FormAsync("/v2/oauth/revoke", program, false, ("token", token))).Status);
        }
    }

    [Fact]
    public async Task Revoking_takes_credentials_and_a_token()
    {
        var program = await _oauth.ProgramAsync();
        (await _oauth.FormAsync("/v2/oauth/revoke", null, false, ("token", "x"))).Says(401, "invalid_client");
        (await _oauth.FormAsync("/v2/oauth/revoke", program, false)).Says(400, "invalid_request");
        string own = await _oauth.OwnTokenAsync(program);
        Assert.Equal(400, (await host.SendAsync("POST", "/v2/oauth/revoke", new JsonObject { ["token"] = own }.ToJsonString(),
            TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(200, (await host.SendAsync("POST", "/v2/oauth/revoke", new JsonObject { ["token"] = own }.ToJsonString())).Status);
        Assert.Equal((401, "10009"), await _oauth.ReadWithAsync(own));
    }

    [Fact]
    public async Task The_servers_metadata_name_what_is_there()
    {
        var server = (await host.SendAsync("GET", "/.well-known/oauth-authorization-server", key: null)).Body;
        Assert.Equal(OAuthHost.Issuer, (string?)server["issuer"]);
        foreach (var (name, path) in new[]
        {
            ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("introspection_endpoint", "introspect"),
            ("revocation_endpoint", "revoke"), ("registration_endpoint", "register"), ("jwks_uri", "jwks")
        })
            Assert.Equal($"{OAuthHost.Issuer}/v2/oauth/{path}", (string?)server[name]);
        Assert.Equal(["S256"], server["code_challenge_methods_supported"]!.AsArray().Select(m => (string?)m));
        Assert.Equal(["read", "write", "admin"], server["scopes_supported"]!.AsArray().Select(m => (string?)m));

        var resource = (await host.SendAsync("GET", "/.well-known/oauth-protected-resource", key: null)).Body;
        Assert.Equal((OAuthHost.Issuer, OAuthHost.Issuer), ((string?)resource["resource"], (string?)resource["authorization_servers"]![0]));
    }
}
