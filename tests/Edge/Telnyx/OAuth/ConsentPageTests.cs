using System.Net;

namespace Ringwright.Edge.Telnyx.OAuth;

/// <summary>The page on which a person says yes or no.</summary>
public sealed class ConsentPageTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly OAuthHost _oauth = new(host);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<string> PathAsync(Program program)
    {
        using var asked = await _oauth.AskAsync(program);
        return "/oauth/consent/" + OAuthHost.ConsentOf(asked);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string decision, string? key = null, string? origin = null)
    {
        var fields = new Dictionary<string, string> { ["decision"] = decision };
        if (key is not null) fields["key"] = key;
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return host.SendAsync(request);
    }

    [Fact]
    public async Task It_says_who_asks_for_what_and_loads_nothing()
    {
        var made = await host.SendAsync("POST", "/v2/oauth/register",
            $$"""{"client_name":"<b>Bank</b> & \"friends\"","redirect_uris":["{{OAuthHost.RedirectUri}}"],"policy_uri":"https://program.example/a?b=\"c","logo_uri":"https://program.example/logo.png"}""",
            key: null);
        Assert.True(made.Status == 201, made.Text);
        using var page = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get,
            await PathAsync(new((string)made.Body["client_id"]!, null))));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        string text = await page.Content.ReadAsStringAsync(Stop);
        Assert.Contains("&lt;b&gt;Bank&lt;/b&gt; &amp; &quot;friends&quot;", text);
        Assert.Contains("registered itself", text);
        Assert.Contains("https://program.example</code>", text);
        Assert.Contains("See calls", text);
        foreach (string loads in new[] { "<script", "<img", "<b>Bank", "src=", "logo.png", "b=\"c" }) Assert.DoesNotContain(loads, text);

        string policy = page.Headers.GetValues("content-security-policy").Single();
        Assert.StartsWith("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.EndsWith("form-action 'self' https://program.example", policy);
        Assert.Equal("DENY", page.Headers.GetValues("x-frame-options").Single());
        Assert.True(page.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task With_an_owners_key_the_browser_goes_on_with_a_code()
    {
        var program = await _oauth.ProgramAsync();
        string path = await PathAsync(program);
        using var done = await PostAsync(path, "allow", TelnyxHost.Key);
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        var heard = OAuthHost.Heard(done.Headers.Location!.OriginalString);
        Assert.Equal("s-1", heard["state"]);
        Assert.Equal(200, (await _oauth.ExchangeAsync(program, heard["code"])).Status);

        using var again = await PostAsync(path, "allow", TelnyxHost.Key);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.Null(again.Headers.Location);
    }

    [Fact]
    public async Task A_no_needs_no_key()
    {
        using var done = await PostAsync(await PathAsync(await _oauth.ProgramAsync()), "deny");
        Assert.Equal("access_denied", OAuthHost.Heard(done.Headers.Location!.OriginalString)["error"]);
    }

    [Fact]
    public async Task Other_credentials_than_an_owners_key_are_refused_on_the_page()
    {
        host.Time.Advance(TimeSpan.FromMinutes(1));         // what others guessed is forgotten
        var program = await _oauth.ProgramAsync(scopes: "read,admin");
        string member = "KEY0000000000000002_member";
        await host.Store.ApiKeys.CreateAsync(host.Tenant, member, Ringwright.Store.Tables.KeyRole.Member, "test", Stop);
        string path = await PathAsync(program), token = await _oauth.OwnTokenAsync(program, "admin");
        foreach (var (key, status) in new[] { ("", 401), ("KEYwrong", 401), (token, 401), (member, 403) })
        {
            using var refused = await PostAsync(path, "allow", key);
            Assert.Equal(status, (int)refused.StatusCode);
            Assert.Contains("role=\"alert\"", await refused.Content.ReadAsStringAsync(Stop));
        }
        using var done = await PostAsync(path, "allow", TelnyxHost.Key);
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
    }

    [Fact]
    public async Task Who_guesses_keys_has_to_wait_and_a_person_at_the_same_address_has_not()
    {
        host.Time.Advance(TimeSpan.FromMinutes(1));
        string path = await PathAsync(await _oauth.ProgramAsync());
        for (int i = 0; i < 10; i++) (await PostAsync(path, "allow", $"KEYguess{i}")).Dispose();
        using var shut = await PostAsync(path, "allow", "KEYguess");
        Assert.Equal(HttpStatusCode.TooManyRequests, shut.StatusCode);
        using var open = await PostAsync(path, "allow", TelnyxHost.Key);
        Assert.Equal(HttpStatusCode.SeeOther, open.StatusCode);
    }

    [Fact]
    public async Task A_form_from_another_page_is_refused()
    {
        string path = await PathAsync(await _oauth.ProgramAsync());
        foreach (string origin in new[] { "https://evil.example", "null" })
        {
            using var refused = await PostAsync(path, "allow", TelnyxHost.Key, origin);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var done = await PostAsync(path, "allow", TelnyxHost.Key, "https://calls.example.com");
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
    }

    [Fact]
    public async Task A_key_that_may_not_be_used_from_there_says_no_yes()
    {
        string path = await PathAsync(await _oauth.ProgramAsync());
        foreach (string address in new[] { "127.0.0.1", "203.0.113.7" })
        {
            var made = await host.SendAsync("POST", "/v2/access_ip_address", $$"""{"ip_address":"{{address}}"}""",
                TelnyxHost.OtherTenantKey);
            Assert.True(made.Status == 200, made.Text);
        }
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([new("decision", "allow"), new("key", TelnyxHost.OtherTenantKey)])
        };
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var refused = await host.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("may not be used from", await refused.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task An_account_that_is_switched_off_allows_nothing_and_its_programs_get_nothing()
    {
        var account = (await host.SendAsync("POST", "/v2/managed_accounts", """{"business_name":"Below"}""")).Data;
        string key = (string)account["api_key"]!;
        var program = await _oauth.ProgramAsync(key: key);
        var (access, refresh) = await _oauth.TokensAsync(program, key: key);
        string path = await PathAsync(program), code = await _oauth.CodeAsync(program, key: key);
        Assert.Equal(200, (await host.SendAsync("POST", $"/v2/managed_accounts/{account["id"]}/actions/disable")).Status);

        using var refused = await PostAsync(path, "allow", key);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(403, (await _oauth.ReadWithAsync(access)).Status);
        (await _oauth.TokenAsync(program, ("grant_type", "client_credentials"))).Says(400, "unauthorized_client");
        (await _oauth.TokenAsync(program, ("grant_type", "refresh_token"), ("refresh_token", refresh!))).Says(400, "invalid_grant");
        (await _oauth.ExchangeAsync(program, code)).Says(400, "invalid_grant");
        Assert.Equal("""{"active":false}""", (await _oauth.FormAsync("/v2/oauth/introspect", program, false, ("token", access))).Text);
        Assert.Equal(200, (await host.SendAsync("POST", $"/v2/managed_accounts/{account["id"]}/actions/enable")).Status);
        Assert.Equal((200, null), await _oauth.ReadWithAsync(access));
    }

    [Fact]
    public async Task A_question_that_is_over_has_a_page_that_says_so()
    {
        string path = await PathAsync(await _oauth.ProgramAsync());
        host.Time.Advance(TimeSpan.FromMinutes(10));
        foreach (string which in new[] { path, "/oauth/consent/nonsense" })
        {
            using var over = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, which));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, over.StatusCode);
            Assert.Contains("over", await over.Content.ReadAsStringAsync(Stop));
        }
    }
}
