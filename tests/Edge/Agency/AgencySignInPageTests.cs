using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>People of an agency sign in to its pages and see their figures, for as long as their sign-in lasts.</summary>
public sealed class AgencySignInPageTests : IAsyncLifetime
{
    private const string Page = "/agency", SignIn = "/agency/session", SignOut = SignIn + "/end", Hostile = "<script>alert(1)</script>";

    private AgencyHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await AgencyHost.StartAsync(Product.Sqlite);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has the page to sign in at; what pages ask the API for has tests by itself")]
    public async Task Who_signs_in_sees_the_figures_of_his_part_until_the_sign_in_ends()
    {
        string client = await _host.ClientAsync(_host.OwnerA, Hostile), other = await _host.ClientAsync(_host.OwnerA, "Client two");
        await _host.UserAsync(_host.OwnerA, "aA", "agency_admin");
        var (viewer, _) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", client);
        using var browser = new AgencyBrowser(_host);

        var asked = await browser.GetAsync(Page + "?period=30d");
        Assert.Equal((303, SignIn + "?to=%2Fagency%3Fperiod%3D30d"), (asked.Status, asked.To));
        var form = await browser.GetAsync(asked.To!);
        Assert.Equal(200, form.Status);
        Assert.Contains("value=\"/agency?period=30d\"", form.Text, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", form.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", form.Policy, StringComparison.Ordinal);
        (string, string)[] wrong = [("email", "aA@example.com"), ("password", "wrong"), ("to", Page)];
        Assert.Equal(401, (await browser.PostAsync(SignIn, wrong)).Status);
        wrong[1] = ("password", AgencyHost.Password);
        Assert.Equal(403, (await browser.PostFromAsync("http://elsewhere.example", SignIn, wrong)).Status);
        Assert.Equal("", browser.Cookie);
        // A link that somebody made leads nowhere else.
        wrong[2] = ("to", "//elsewhere.example/");
        var signedIn = await browser.PostAsync(SignIn, wrong);
        Assert.Equal((303, Page), (signedIn.Status, signedIn.To));
        Assert.EndsWith("; Path=/agency; HttpOnly; SameSite=Lax", browser.Set, StringComparison.Ordinal);

        string page = await browser.ReadAsync(Page + "?period=30d");
        foreach (string there in new[] { "agency A", "Answer rate", "Mean length", client, other, "&lt;script&gt;alert(1)" })
            Assert.Contains(there, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, page, StringComparison.Ordinal);
        Assert.Contains("<option value=\"30d\" selected>", page, StringComparison.Ordinal);
        Assert.Equal(400, (await browser.GetAsync(Page + "?period=" + Uri.EscapeDataString("<b>"))).Status);
        // What it loads is there, and is the node's own.
        foreach (var (file, type) in new[] { ("agency.css", "text/css"), ("agency.js", "text/javascript") })
        {
            Assert.Contains($"\"/agency/{file}\"", page, StringComparison.Ordinal);
            var loaded = await browser.GetAsync($"/agency/{file}");
            Assert.Equal((200, type), (loaded.Status, loaded.Type));
        }
        await EachSeesHisAsync(client, other, viewer);

        // The cookie opens no API, and a token no page.
        string secret = browser.Cookie.Split('=', 2)[1];
        await _host.RefusedAsync(401, "unauthenticated", secret, "GET", "/me");
        using var stranger = new AgencyBrowser(_host) { Cookie = "ringwright_agency=" + _host.OwnerA };
        Assert.Equal(303, (await stranger.GetAsync(Page)).Status);

        string token = AgencyBrowser.TokenOf(page), kept = browser.Cookie;
        Assert.Equal(403, (await browser.PostAsync(SignOut)).Status);
        Assert.Equal(403, (await browser.PostAsync(SignOut, ("token", "guessed"))).Status);
        Assert.Equal(403, (await browser.PostFromAsync("http://elsewhere.example", SignOut, ("token", token))).Status);
        await browser.ReadAsync(Page);
        var ended = await browser.PostAsync(SignOut, ("token", token));
        Assert.Equal((303, SignIn), (ended.Status, ended.To));
        browser.Cookie = kept;
        Assert.Equal(303, (await browser.GetAsync(Page)).Status);
    }

    /// <summary>A client's user sees that client, and nobody once he is disabled.</summary>
    private async Task EachSeesHisAsync(string client, string other, string viewer)
    {
        using var browser = new AgencyBrowser(_host);
        Assert.Equal(303, (await browser.SignInAsync("cv1@example.com")).Status);
        string page = await browser.ReadAsync(Page);
        foreach (string hidden in new[] { other, "Client two", "name=\"client_id\"", "Cost of calls" })
            Assert.DoesNotContain(hidden, page, StringComparison.Ordinal);
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + viewer, """{"status":"disabled"}""");
        Assert.Equal(303, (await browser.GetAsync(Page)).Status);
        Assert.Equal(401, (await browser.SignInAsync("cv1@example.com")).Status);
    }

    [Fact]
    public async Task The_page_to_sign_in_at_takes_a_second_factor_and_the_first_page_leads_there()
    {
        var (id, token) = await _host.UserAsync(_host.OwnerA, "m", "agency_member");
        await _host.DoneAsync(200, token, "POST", "/me/totp", $$"""{"current_password":"{{AgencyHost.Password}}"}""");
        var database = _host.Node.Node.Database;
        var user = (await new UserTable(database).FindAsync(Guid.Parse(id), Stop))!;
        byte[] secret = Totp.SecretOf(database.Node.TokenKey.Span, user.Id, user.TotpPending!);
        // With the first of the steps around now, the one behind it is still to come.
        long step = Totp.StepOf(database.Time.GetUtcNow());
        await _host.DoneAsync(204, token, "POST", "/me/totp/confirm", $$"""{"totp":"{{Totp.CodeOf(secret, step)}}"}""");

        using var browser = new AgencyBrowser(_host);
        var asked = await browser.SignInAsync("m@example.com");
        Assert.Equal(401, asked.Status);
        Assert.Contains("second factor is needed", asked.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"m@example.com\"", asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(AgencyHost.Password, asked.Text, StringComparison.Ordinal);
        Assert.Equal(401, (await browser.SignInAsync("m@example.com", "000000x")).Status);
        Assert.Equal(303, (await browser.SignInAsync("m@example.com", Totp.CodeOf(secret, step + 1))).Status);
        Assert.Contains("agency A", await browser.ReadAsync(Page), StringComparison.Ordinal);

        // Whoever looks after all agencies is a user of none.
        var root = await PlatformAdministrator.MakeAsync(database, "root@example.com", Stop);
        var refused = await browser.PostAsync(SignIn, ("email", "root@example.com"), ("password", (string)root!["password"]!));
        Assert.Equal(403, refused.Status);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var first = await _host.Node.Api.SendAsync(request, Stop);
        Assert.Contains($"<a href=\"{Page}\">", await first.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        var listed = JsonNode.Parse(await _host.Node.Api.GetStringAsync("/", Stop))!;
        Assert.Contains(listed["more"]!.AsArray(), one => (string?)one!["path"] == Page);
    }
}
