using System.Text.Json.Nodes;

namespace Ringwright.Http.Parcels;

/// <summary>A session's cookie, which a browser sends whoever asks it to.</summary>
public sealed class ParcelSessionTests
{
    private const string Red = """{"colour":"red"}""";

    [Fact]
    public async Task A_login_sets_a_cookie_that_no_script_and_no_other_site_has()
    {
        await using var post = await ParcelHost.StartAsync();
        using var response =
            await post.SendAsync(post.Request("POST", "session", $$"""{"secret":"{{ParcelHost.Secret}}"}""", secret: null));
        Assert.Matches(
            "^parcels=[A-Za-z0-9_-]{43}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict$",
            Assert.Single(response.Headers.GetValues("Set-Cookie")));
        string text = await response.Content.ReadAsStringAsync(ParcelHost.Stop);
        string secret = response.Headers.GetValues("Set-Cookie").Single()[8..51];
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain(post.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal)
            || line.Contains(ParcelHost.Secret, StringComparison.Ordinal));
        Assert.Equal(401, (await post.AskAsync("POST", "session", """{"secret":"PARCEL-nobody"}""", secret: null)).Status);
    }

    [Fact]
    public async Task What_changes_something_needs_the_sessions_token_and_an_origin_of_ours()
    {
        await using var post = await ParcelHost.StartAsync();
        var (cookie, token) = await post.LoginAsync();
        var (_, stranger) = await post.LoginAsync(ParcelHost.OtherSecret);
        string own = post.Origin, key = (string)(await post.ResultAsync(201, "POST", "parcels", Red))["result"]!["key"]!;

        Assert.Equal(200, (await post.AskAsync("GET", "parcels", null, null, ("Cookie", cookie))).Status);
        (string Method, string Path, string? Body, int Good)[] changes =
            [("POST", "parcels", Red, 201), ("PATCH", $"parcels/{key}", Red, 200), ("DELETE", $"parcels/{key}", null, 204)];
        (string? Origin, string? Shown)[] bad =
        [
            (own, null), (own, ""), (own, stranger), (own, token + "x"),
            (null, token), ("https://evil.example", token), ("null", token), (own + ".evil.example", token),
        ];
        foreach (var (method, path, body, good) in changes)
        {
            foreach (var (origin, shown) in bad)
            {
                var (status, text) = await SendAsync(method, path, body, origin, shown);
                Assert.True(status == 403, $"{method} {origin} {shown}: {status} {text}");
                Assert.Equal("no", (string?)JsonNode.Parse(text)!["failure"]!["reason"]);
            }
            Assert.Equal(good, (await SendAsync(method, path, body, method is "PATCH" ? "https://desk.example.com" : own, token)).Status);
        }
        // The first one's parcel is dropped, and one was made: the refused requests did nothing.
        Assert.Equal(1, (int)(await post.ResultAsync(200, "GET", "parcels"))["count"]!);

        Task<(int Status, string Text)> SendAsync(string method, string path, string? body, string? origin, string? shown)
        {
            var headers = new List<(string, string)> { ("Cookie", cookie) };
            if (origin is not null) headers.Add(("Origin", origin));
            if (shown is not null) headers.Add(("parcel-token", shown));
            return post.AskAsync(method, path, body, null, [.. headers]);
        }
    }

    [Fact]
    public async Task No_other_site_logs_its_visitor_in()
    {
        await using var post = await ParcelHost.StartAsync();
        string login = $$"""{"secret":"{{ParcelHost.Secret}}"}""";
        Assert.Equal(403, (await post.AskAsync("POST", "session", login, null, ("Origin", "https://evil.example"))).Status);
        Assert.Equal(200, (await post.AskAsync("POST", "session", login, null, ("Origin", post.Origin))).Status);
        // A cookie that opens nothing does not stand in the way.
        Assert.Equal(200, (await post.AskAsync("POST", "session", login, null, ("Origin", post.Origin), ("Cookie", "parcels=old"))).Status);
    }

    [Fact]
    public async Task A_session_ends_by_logout_and_by_time()
    {
        await using var post = await ParcelHost.StartAsync();
        var (cookie, token) = await post.LoginAsync();
        var (second, _) = await post.LoginAsync();
        var shown = await post.AskAsync("GET", "session", null, null, ("Cookie", cookie));
        Assert.Equal(token, (string?)JsonNode.Parse(shown.Text)!["result"]!["token"]);
        using (var request = post.Request("DELETE", "session", null, null, ("Cookie", cookie), ("Origin", post.Origin),
                ("parcel-token", token)))
        using (var response = await post.SendAsync(request))
            Assert.Equal("parcels=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict", Assert.Single(response.Headers.GetValues("Set-Cookie")));
        Assert.Equal(401, await StatusAsync(cookie));
        post.Time.Advance(Sessions.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(200, await StatusAsync(second));
        post.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, await StatusAsync(second));

        async Task<int> StatusAsync(string other) => (await post.AskAsync("GET", "parcels", null, null, ("Cookie", other))).Status;
    }

    [Fact]
    public async Task An_account_has_so_many_sessions_and_its_own_oldest_makes_room()
    {
        await using var post = await ParcelHost.StartAsync();
        var (other, _) = await post.LoginAsync(ParcelHost.OtherSecret);
        var (oldest, _) = await post.LoginAsync();
        var (second, _) = await post.LoginAsync();
        for (int i = 2; i < Limits.SessionsOfAccount; i++) await post.LoginAsync();
        Assert.Equal(200, await StatusAsync(oldest));
        await post.LoginAsync();
        Assert.Equal((401, 200, 200), (await StatusAsync(oldest), await StatusAsync(second), await StatusAsync(other)));

        async Task<int> StatusAsync(string shown) => (await post.AskAsync("GET", "session", null, null, ("Cookie", shown))).Status;
    }
}
