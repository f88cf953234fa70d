using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx.OAuth;

/// <summary>Access tokens over the wire: who gets one, what it opens, and when it ends.</summary>
public sealed class TokenTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly OAuthHost _oauth = new(host);

    [Fact]
    public async Task A_confidential_program_gets_a_token_for_itself_and_works_with_it()
    {
        var program = await _oauth.ProgramAsync();
        foreach (bool inBody in new[] { false, true })
        {
            using var response = await _oauth.RawAsync("/v2/oauth/token", program, inBody,
                ("grant_type", "client_credentials"), ("scope", "read"));
            Assert.Equal(200, (int)response.StatusCode);
            Assert.True(response.Headers.CacheControl!.NoStore);
            var given = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal(("Bearer", 3600, "read"), ((string)given["token_type"]!, (int)given["expires_in"]!, (string)given["scope"]!));
            Assert.Null(given["refresh_token"]);
            Assert.Equal((200, null), await _oauth.ReadWithAsync((string)given["access_token"]!));
        }
    }

    [Fact]
    public async Task The_token_endpoint_takes_JSON_too()
    {
        var program = await _oauth.ProgramAsync();
        var given = await host.SendAsync("POST", "/v2/oauth/token",
            $$"""{"grant_type":"client_credentials","client_id":"{{program.Id}}","client_secret":"{{program.Secret}}"}""", key: null);
        Assert.Equal(200, given.Status);
        Assert.Equal("read write", (string?)given.Body["scope"]);
    }

    [Fact]
    public async Task A_scope_opens_what_the_role_of_a_key_opens()
    {
        var program = await _oauth.ProgramAsync(scopes: "read,write,admin,diary.pages");
        string read = await _oauth.OwnTokenAsync(program, "read"), write = await _oauth.OwnTokenAsync(program, "write");
        string admin = await _oauth.OwnTokenAsync(program, "admin"), foreign = await _oauth.OwnTokenAsync(program, "diary.pages");

        Task<Answer> MakeAsync(string token) =>
            host.SendAsync("POST", "/v2/outbound_voice_profiles", $$"""{"name":"{{Guid.NewGuid()}}"}""", token);
        (await MakeAsync(read)).Refuses(403, "10010");
        Assert.Equal(200, (await MakeAsync(write)).Status);
        Assert.Equal(403, (await host.SendAsync("GET", "/v2/oauth_grants", key: write)).Status);
        Assert.Equal(200, (await host.SendAsync("GET", "/v2/oauth_grants", key: admin)).Status);
        Assert.Equal((403, "10010"), await _oauth.ReadWithAsync(foreign));
    }

    [Fact]
    public async Task What_a_token_may_not_do_is_said_in_the_header()
    {
        string read = await _oauth.OwnTokenAsync(await _oauth.ProgramAsync(), "read");
        using var response = await host.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v2/outbound_voice_profiles")
        {
            Headers = { Authorization = new("Bearer", read) }, Content = new StringContent("{}", Encoding.UTF8, "application/json")
        });
        var challenge = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Contains("error=\"insufficient_scope\"", challenge.Parameter);
        Assert.Contains("scope=\"write\"", challenge.Parameter);
        Assert.Contains($"resource_metadata=\"{OAuthHost.Issuer}/.well-known/oauth-protected-resource\"", challenge.Parameter);
    }

    [Fact]
    public async Task A_token_sees_the_rows_of_its_account_alone()
    {
        var program = await _oauth.ProgramAsync();
        string application = await host.ApplicationAsync($"of acme {Guid.NewGuid()}");
        string path = $"/v2/call_control_applications/{application}";
        var (own, _) = await _oauth.TokensAsync(program);
        var (others, _) = await _oauth.TokensAsync(program, key: TelnyxHost.OtherTenantKey);

        Assert.Equal(200, (await host.SendAsync("GET", path, key: own)).Status);
        Assert.Equal(404, (await host.SendAsync("GET", path, key: others)).Status);
        Assert.DoesNotContain((await host.SendAsync("GET", "/v2/call_control_applications", key: others)).List,
            a => (string)a!["id"]! == application);
    }

    [Fact]
    public async Task A_token_ends_after_an_hour_and_says_so()
    {
        string token = await _oauth.OwnTokenAsync(await _oauth.ProgramAsync());
        host.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((200, null), await _oauth.ReadWithAsync(token));
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((401, "20006"), await _oauth.ReadWithAsync(token));
    }

    [Fact]
    public async Task What_is_deleted_ends_its_tokens_at_once()
    {
        var program = await _oauth.ProgramAsync();
        var (access, refresh) = await _oauth.TokensAsync(program);
        string own = await _oauth.OwnTokenAsync(program);
        Assert.Equal((200, null), await _oauth.ReadWithAsync(access));

        var grant = (await host.SendAsync("GET", "/v2/oauth_grants?page[size]=100")).List
            .Single(g => (string)g!["client_id"]! == program.Id)!;
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/oauth_grants/{grant["id"]}")).Status);
        Assert.Equal((401, "10009"), await _oauth.ReadWithAsync(access));
        (await _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", refresh!))).Says(400, "invalid_grant");

        Assert.Equal((200, null), await _oauth.ReadWithAsync(own));
        Assert.Equal(204, (await host.SendAsync("DELETE", $"/v2/oauth_clients/{program.Id}")).Status);
        Assert.Equal((401, "10009"), await _oauth.ReadWithAsync(own));
        (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"))).Says(401, "invalid_client");
    }

    [Fact]
    public async Task A_program_that_loses_a_scope_loses_it_in_its_tokens()
    {
        var program = await _oauth.ProgramAsync();
        string token = await _oauth.OwnTokenAsync(program);
        Assert.Equal(200, (await host.SendAsync("PUT", $"/v2/oauth_clients/{program.Id}", """{"allowed_scopes":["read"]}""")).Status);
        (await host.SendAsync("POST", "/v2/outbound_voice_profiles", """{"name":"too late"}""", token)).Refuses(403, "10010");
        Assert.Equal((200, null), await _oauth.ReadWithAsync(token));
    }

    [Fact]
    public async Task Tokens_that_are_not_ours_open_nothing()
    {
        string good = await _oauth.OwnTokenAsync(await _oauth.ProgramAsync());
        var parts = good.Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!.AsObject();
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        string Signed(JsonObject head, JsonObject body)
        {
            string text = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(head.ToJsonString()))}."
                + $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(body.ToJsonString()))}";
            return $"{text}.{Base64Url.EncodeToString(stranger.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }
        JsonObject With(JsonObject source, string name, JsonNode value)
        {
            var copy = source.DeepClone().AsObject();
            copy[name] = value;
            return copy;
        }
        // The public key as an HMAC secret is the oldest trick.
        string keys = (await host.SendAsync("GET", "/v2/oauth/jwks", key: null)).Body["keys"]![0]!.ToJsonString();
        var symmetric = With(header, "alg", "HS256");
        string hmacText = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(symmetric.ToJsonString()))}.{parts[1]}";
        string hmac =
            $"{hmacText}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(keys), Encoding.ASCII.GetBytes(hmacText)))}";

        string[] bad =
        [
            $"{Base64Url.EncodeToString("""{"alg":"none","typ":"at+jwt"}"""u8)}.{parts[1]}.",
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(With(header, "alg", "none").ToJsonString()))}.{parts[1]}.",
            hmac,
            Signed(header, claims),
            Signed(With(header, "kid", "another"), claims),
            $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(With(claims, "scope", "admin").ToJsonString()))}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}",
            $"{parts[0]}.!!!.{parts[2]}",
            good + ".x",
        ];
        foreach (string token in bad) Assert.Equal((401, "10009"), await _oauth.ReadWithAsync(token));
        Assert.Equal((200, null), await _oauth.ReadWithAsync(good));
    }

    [Fact]
    public async Task A_token_for_another_issuer_or_audience_opens_nothing()
    {
        var program = await _oauth.ProgramAsync();
        await _oauth.OwnTokenAsync(program);
        // The same keys and family under another public address.
        var elsewhere = new Ringwright.Http.AccessTokens(host.Store, new(new Uri("https://elsewhere.example")), host.Time);
        var family = new Ringwright.Store.OAuth.OAuthFamily
        {
            Id = Guid.NewGuid(), Tenant = host.Tenant, Client = Guid.Parse(program.Id), Scopes = ["read"],
            CreatedAt = host.Time.GetUtcNow(), ExpiresAt = host.Time.GetUtcNow().AddHours(1),
        };
        await host.Store.OAuthTokens.OpenAsync(family, TestContext.Current.CancellationToken);
        Assert.Equal((200, null),
            await _oauth.ReadWithAsync(await host.Tokens.IssueAsync(family, ["read"], TestContext.Current.CancellationToken)));
        Assert.Equal((401, "10009"),
            await _oauth.ReadWithAsync(await elsewhere.IssueAsync(family, ["read"], TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Who_shows_no_credentials_or_wrong_ones_is_told_invalid_client()
    {
        var program = await _oauth.ProgramAsync();
        (await _oauth.TokenAsync(null, ("grant_type", "client_credentials"))).Says(401, "invalid_client");
        (await _oauth.TokenAsync(new(program.Id, null), ("grant_type", "client_credentials"))).Says(401, "invalid_client");
        (await _oauth.TokenAsync(new(Guid.NewGuid().ToString(), "x"), ("grant_type", "client_credentials"))).Says(401, "invalid_client");
        (await _oauth.TokenAsync(new("no id", "x"), ("grant_type", "client_credentials"))).Says(401, "invalid_client");

        using var wrong = await _oauth.RawAsync("/v2/oauth/token", program with { Secret = "wrong" }, inBody: false,
            ("grant_type", "client_credentials"));
        Assert.Equal(401, (int)wrong.StatusCode);
        Assert.Equal("Basic", Assert.Single(wrong.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task Who_guesses_secrets_has_to_wait_and_a_program_that_was_right_before_has_not()
    {
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var program = await _oauth.ProgramAsync();
        var other = await _oauth.ProgramAsync();
        Assert.Equal(200, (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"))).Status);
        for (int i = 0; i < 300; i++)
            (await _oauth.TokenAsync((i % 2 == 0 ? program : new(Guid.NewGuid().ToString(), "x")) with { Secret = $"guess {i}" },
                ("grant_type", "client_credentials"))).Says(401, "invalid_client");
        (await _oauth.TokenAsync(program with { Secret = "guess" }, ("grant_type", "client_credentials")))
            .Says(429, "temporarily_unavailable");
        (await _oauth.TokenAsync(other, ("grant_type", "client_credentials"))).Says(429, "temporarily_unavailable");
        Assert.Equal(200, (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"))).Status);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await _oauth.TokenAsync(other, ("grant_type", "client_credentials"))).Status);
    }

    [Fact]
    public async Task The_other_errors_of_a_token_request_have_their_words()
    {
        var program = await _oauth.ProgramAsync();
        (await _oauth.TokenAsync(program)).Says(400, "invalid_request");
        (await _oauth.TokenAsync(program, ("grant_type", "password"))).Says(400, "unsupported_grant_type");
        (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"), ("scope", "read admin"))).Says(400, "invalid_scope");
        (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"), ("scope", "\"read\""))).Says(400, "invalid_scope");
        (await _oauth.TokenAsync(program, ("grant_type", "authorization_code"))).Says(400, "invalid_request");
        (await _oauth.TokenAsync(program, ("grant_type", "refresh_token"))).Says(400, "invalid_request");
        (await _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", "never made"))).Says(400, "invalid_grant");
        (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"), ("client_secret", program.Secret!)))
            .Says(400, "invalid_request");

        var asker = await _oauth.ProgramAsync(grants: "authorization_code");
        (await _oauth.TokenAsync(asker, ("grant_type", "client_credentials"))).Says(400, "unauthorized_client");
        var open = await _oauth.ProgramAsync("public");
        (await _oauth.TokenAsync(open, ("grant_type", "client_credentials"))).Says(400, "unauthorized_client");
    }
}
