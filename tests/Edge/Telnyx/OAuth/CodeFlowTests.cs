using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx.OAuth;

/// <summary>The authorization code with PKCE: what a person's browser, the program and the account see of it.</summary>
public sealed class CodeFlowTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly OAuthHost _oauth = new(host);

    [Theory, InlineData("confidential"), InlineData("public")]
    public async Task A_program_that_was_allowed_something_gets_tokens_and_works_with_them(string type)
    {
        var program = await _oauth.ProgramAsync(type, grants: "authorization_code,refresh_token");
        using var asked = await _oauth.AskAsync(program, "read write", state: "a b&c");
        string consent = OAuthHost.ConsentOf(asked);

        var shown = await host.SendAsync("GET", $"/v2/oauth/consent/{consent}");
        Assert.Equal((program.Id, "Diary", OAuthHost.RedirectUri, false), ((string?)shown.Data["client_id"], (string?)shown.Data["name"],
            (string?)shown.Data["redirect_uri"], (bool)shown.Data["verified"]!));
        Assert.Equal(["read", "write"], shown.Data["requested_scopes"]!.AsArray().Select(s => (string?)s!["id"]));

        var heard = OAuthHost.Heard((string)(await _oauth.DecideAsync(consent)).Body["redirect_uri"]!);
        Assert.Equal(("a b&c", OAuthHost.Issuer), (heard["state"], heard["iss"]));
        var given = await _oauth.ExchangeAsync(program, heard["code"]);
        Assert.True(given.Status == 200, given.Text);
        Assert.Equal("read write", (string?)given.Body["scope"]);
        Assert.Equal((200, null), await _oauth.ReadWithAsync((string)given.Body["access_token"]!));
        Assert.NotNull(given.Body["refresh_token"]);

        var grant = (await host.SendAsync("GET", "/v2/oauth_grants?page[size]=100")).List
            .Single(g => (string)g!["client_id"]! == program.Id)!.AsObject();
        Assert.Equal(["read", "write"], grant["scopes"]!.AsArray().Select(s => (string?)s));
        Assert.NotNull(grant["last_used_at"]);
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/oauth_grants/{grant["id"]}", key: TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(404, (await host.SendAsync("DELETE", $"/v2/oauth_grants/{grant["id"]}", key: TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(200, (await host.SendAsync("GET", $"/v2/oauth_grants/{grant["id"]}")).Status);
    }

    [Fact]
    public async Task Nothing_is_sent_to_an_address_that_the_program_has_not_registered()
    {
        var program = await _oauth.ProgramAsync();
        async Task PageAsync(int status, params (string, string?)[] query)
        {
            using var response = await _oauth.AuthorizeAsync(query);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
            Assert.Null(response.Headers.Location);
            Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("content-security-policy").Single());
        }
        foreach (string other in new[]
        {
            OAuthHost.RedirectUri + "/", OAuthHost.RedirectUri + "?x=1", "https://program.example.evil.example/callback",
            "https://PROGRAM.example/callback", "https://evil.example/"
        })
            await PageAsync(400, ("response_type", "code"), ("client_id", program.Id), ("redirect_uri", other));
        await PageAsync(404, ("response_type", "code"), ("client_id", Guid.NewGuid().ToString()), ("redirect_uri", OAuthHost.RedirectUri));
        await PageAsync(404, ("response_type", "code"), ("client_id", "<script>"), ("redirect_uri", OAuthHost.RedirectUri));
        await PageAsync(422, ("response_type", "code"), ("redirect_uri", OAuthHost.RedirectUri));
        await PageAsync(422, ("response_type", "code"), ("client_id", program.Id));
        await PageAsync(400, ("response_type", "code"), ("client_id", program.Id), ("redirect_uri", OAuthHost.RedirectUri),
            ("redirect_uri", "https://evil.example/"));
    }

    [Fact]
    public async Task Other_errors_go_back_to_the_program()
    {
        var program = await _oauth.ProgramAsync();
        async Task HearsAsync(string error, params (string Name, string? Value)[] other)
        {
            var query = new Dictionary<string, string?>
            {
                ["response_type"] = "code", ["client_id"] = program.Id, ["redirect_uri"] = OAuthHost.RedirectUri,
                ["state"] = "s", ["code_challenge"] = OAuthHost.Challenge(OAuthHost.Verifier), ["code_challenge_method"] = "S256",
            };
            foreach (var (name, value) in other) query[name] = value;
            using var response = await _oauth.AuthorizeAsync([.. query.Select(q => (q.Key, q.Value))]);
            Assert.Equal(302, (int)response.StatusCode);
            var heard = OAuthHost.Heard(response.Headers.Location!.OriginalString);
            Assert.Equal((error, "s", OAuthHost.Issuer), (heard["error"], heard["state"], heard["iss"]));
        }
        await HearsAsync("invalid_request", ("response_type", null));
        await HearsAsync("unsupported_response_type", ("response_type", "token"));
        await HearsAsync("invalid_scope", ("scope", "admin"));
        await HearsAsync("invalid_scope", ("scope", "read no\"thing"));
        await HearsAsync("invalid_request", ("code_challenge", null));
        await HearsAsync("invalid_request", ("code_challenge", null), ("code_challenge_method", null));
        await HearsAsync("invalid_request", ("code_challenge_method", "plain"));
        await HearsAsync("invalid_request", ("code_challenge_method", null));
        await HearsAsync("invalid_request", ("code_challenge", "short"));
        program = await _oauth.ProgramAsync(grants: "client_credentials");
        await HearsAsync("unauthorized_client");
    }

    [Fact]
    public async Task A_no_is_told_to_the_program_and_each_question_is_answered_once()
    {
        var program = await _oauth.ProgramAsync();
        using var asked = await _oauth.AskAsync(program);
        string consent = OAuthHost.ConsentOf(asked);
        Assert.Equal("access_denied",
            OAuthHost.Heard((string)(await _oauth.DecideAsync(consent, isAllowed: false)).Body["redirect_uri"]!)["error"]);
        (await _oauth.DecideAsync(consent)).Says(422, "invalid_request");

        using var again = await _oauth.AskAsync(program);
        string second = OAuthHost.ConsentOf(again);
        Assert.Equal(200, (await _oauth.DecideAsync(second)).Status);
        (await _oauth.DecideAsync(second)).Says(422, "invalid_request");
    }

    [Fact]
    public async Task A_question_that_was_changed_or_is_over_is_no_question()
    {
        var program = await _oauth.ProgramAsync();
        using var asked = await _oauth.AskAsync(program);
        string consent = OAuthHost.ConsentOf(asked);
        char last = consent[^1] is 'A' ? 'B' : 'A';
        foreach (string bad in new[] { consent[..^2], consent[..^6] + last + consent[^5..], "x", "" })
            (await _oauth.DecideAsync(bad)).Says(422, "invalid_request");
        (await host.SendAsync("GET", "/v2/oauth/consent/x")).Says(422, "invalid_request");
        host.Time.Advance(TimeSpan.FromMinutes(10));
        (await _oauth.DecideAsync(consent)).Says(422, "invalid_request");
    }

    [Fact]
    public async Task Only_an_owners_key_says_yes()
    {
        var program = await _oauth.ProgramAsync(scopes: "read,admin");
        string member = "KEY0000000000000001_member";
        await host.Store.ApiKeys.CreateAsync(host.Tenant, member, Ringwright.Store.Tables.KeyRole.Member, "test",
            TestContext.Current.CancellationToken);
        using var asked = await _oauth.AskAsync(program);
        string consent = OAuthHost.ConsentOf(asked);
        Assert.Equal(401, (await _oauth.DecideAsync(consent, key: null)).Status);
        (await _oauth.DecideAsync(consent, key: member)).Says(403, "access_denied");
        // What a program was allowed is not for it to pass on.
        string admin = await _oauth.OwnTokenAsync(program, "admin");
        (await _oauth.DecideAsync(consent, key: admin)).Says(403, "access_denied");
        (await host.SendAsync("POST", "/v2/oauth_clients",
            """{"name":"x","client_type":"confidential","allowed_grant_types":["client_credentials"],"allowed_scopes":["admin"]}""", admin))
            .Says(403, "access_denied");
        Assert.Equal(200, (await _oauth.DecideAsync(consent)).Status);
    }

    [Fact]
    public async Task A_code_is_good_for_its_program_its_address_and_its_verifier_alone()
    {
        var program = await _oauth.ProgramAsync();
        var other = await _oauth.ProgramAsync();
        string code = await _oauth.CodeAsync(program);
        (await _oauth.ExchangeAsync(other, code)).Says(400, "invalid_grant");
        (await _oauth.ExchangeAsync(program, code, redirectUri: "https://program.example/other")).Says(400, "invalid_grant");
        (await _oauth.ExchangeAsync(program, code, verifier: "another-verifier-that-is-long-enough-0123456789")).Says(400, "invalid_grant");
        (await _oauth.ExchangeAsync(program, code, verifier: null)).Says(400, "invalid_grant");
        Assert.Equal(200, (await _oauth.ExchangeAsync(program, code)).Status);

        string late = await _oauth.CodeAsync(program);
        host.Time.Advance(TimeSpan.FromSeconds(60));
        (await _oauth.ExchangeAsync(program, late)).Says(400, "invalid_grant");
    }

    [Fact]
    public async Task Without_PKCE_a_confidential_program_gets_a_code_when_it_need_not_use_it()
    {
        var program = await _oauth.ProgramAsync(pkce: false);
        string code = await _oauth.CodeAsync(program, verifier: null);
        // A verifier for such a code is a sign that somebody took the challenge out on the way.
        (await _oauth.ExchangeAsync(program, code)).Says(400, "invalid_grant");
        Assert.Equal(200, (await _oauth.ExchangeAsync(program, code, verifier: null)).Status);
    }

    [Fact]
    public async Task A_code_that_comes_twice_ends_the_tokens_that_it_gave()
    {
        var program = await _oauth.ProgramAsync();
        string code = await _oauth.CodeAsync(program);
        var given = await _oauth.ExchangeAsync(program, code);
        string access = (string)given.Body["access_token"]!;
        Assert.Equal((200, null), await _oauth.ReadWithAsync(access));
        (await _oauth.ExchangeAsync(program, code)).Says(400, "invalid_grant");
        Assert.Equal((401, "10009"), await _oauth.ReadWithAsync(access));
        (await _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", (string)given.Body["refresh_token"]!)))
            .Says(400, "invalid_grant");
    }

    [Fact]
    public async Task A_refresh_token_is_exchanged_once_and_seeing_it_again_ends_its_family()
    {
        var program = await _oauth.ProgramAsync();
        var (_, first) = await _oauth.TokensAsync(program, "read write");
        Task<Answer> RefreshAsync(string token, string? scope = null) => scope is null
            ? _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", token))
            : _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope));

        (await RefreshAsync(first!, "admin")).Says(400, "invalid_scope");
        var second = await RefreshAsync(first!, "read");
        Assert.Equal((200, "read"), (second.Status, (string?)second.Body["scope"]));
        var third = await RefreshAsync((string)second.Body["refresh_token"]!);
        Assert.Equal((200, "read write"), (third.Status, (string?)third.Body["scope"]));

        var stranger = await _oauth.ProgramAsync();
        (await _oauth.TokenAsync(stranger, ("grant_type", "refresh_token"), ("refresh_token", (string)third.Body["refresh_token"]!)))
            .Says(400, "invalid_grant");

        (await RefreshAsync(first!)).Says(400, "invalid_grant");
        (await RefreshAsync((string)third.Body["refresh_token"]!)).Says(400, "invalid_grant");
        Assert.Equal((401, "10009"), await _oauth.ReadWithAsync((string)third.Body["access_token"]!));
    }

    [Fact]
    public async Task A_second_yes_adds_to_the_grant_that_is_there()
    {
        var program = await _oauth.ProgramAsync();
        await _oauth.CodeAsync(program, "read");
        await _oauth.CodeAsync(program, "write");
        var grant = (await host.SendAsync("GET", "/v2/oauth_grants?page[size]=100")).List
            .Single(g => (string)g!["client_id"]! == program.Id)!;
        Assert.Equal(["read", "write"], grant["scopes"]!.AsArray().Select(s => (string?)s));
    }

    [Fact]
    public async Task A_yes_stands_in_the_accounts_trail()
    {
        var program = await _oauth.ProgramAsync();
        await _oauth.CodeAsync(program);
        var trail = await host.Store.Audit.ListAsync(host.Tenant, null, null, isFalling: true, 0, 100,
            TestContext.Current.CancellationToken);
        Assert.Contains(trail.Events, e => e is { Change: "approved", RecordType: "oauth_grant" });
        var made = trail.Events.First(e => e.RecordType is "oauth_client" && e.ResourceId == program.Id);
        Assert.DoesNotContain(program.Secret!, made.Changes.ToJsonString());
    }
}
