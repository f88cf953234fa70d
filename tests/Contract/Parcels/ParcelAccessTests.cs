using System.Net;
using System.Net.Http.Headers;

namespace Ringwright.Http.Parcels;

/// <summary>Basic headers and keys in the query.</summary>
public sealed class ParcelAccessTests
{
    [Fact]
    public async Task Who_shows_nothing_is_told_what_the_contract_takes()
    {
        await using var post = await ParcelHost.StartAsync();
        using var response = await post.SendAsync(post.Request("GET", "parcels", secret: null));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("""Basic realm="parcels", charset="UTF-8" """.TrimEnd(), Assert.Single(response.Headers.WwwAuthenticate).ToString());
        Assert.Equal("""{"ok":false,"failure":{"reason":"who","text":"No key, or a key that is not valid, was given: log in."}}""",
            await response.Content.ReadAsStringAsync(ParcelHost.Stop));
    }

    [Theory]
    [InlineData("Bearer " + ParcelHost.Secret), InlineData("Basic"), InlineData("Basic ***")]
    [InlineData("Basic cGFyY2Vs"), InlineData("Digest x"), InlineData(ParcelHost.Secret)]
    public async Task A_header_that_the_contract_does_not_take_opens_nothing(string header)
    {
        await using var post = await ParcelHost.StartAsync();
        Assert.Equal(401, (await post.AskAsync("GET", "parcels", null, null, ("Authorization", header))).Status);
        // Nor does a good key beside it.
        Assert.Equal(401,
            (await post.AskAsync("GET", "parcels?secret=" + ParcelHost.Secret, null, null, ("Authorization", header))).Status);
    }

    [Fact]
    public async Task A_basic_pair_is_a_key_and_the_name_of_its_account()
    {
        await using var post = await ParcelHost.StartAsync();
        Assert.Equal(200, await StatusAsync(ParcelHost.Basic(ParcelHost.Secret)));
        Assert.Equal(401, await StatusAsync(ParcelHost.Basic(ParcelHost.Secret, ParcelHost.Other)));
        Assert.Equal(401, await StatusAsync(ParcelHost.Basic(ParcelHost.OtherSecret, ParcelHost.Office)));
        Assert.Equal(401, await StatusAsync(ParcelHost.Basic("PARCEL-nobody")));
        // A page that a browser asks from remembers passwords too.
        Assert.Equal(403,
            (await post.AskAsync("POST", "parcels", """{"colour":"red"}""", headers: ("Origin", "https://evil.example"))).Status);
        Assert.Equal(201, (await post.AskAsync("POST", "parcels", """{"colour":"red"}""", headers: ("Origin", post.Origin))).Status);

        async Task<int> StatusAsync(AuthenticationHeaderValue header) =>
            (await post.AskAsync("GET", "parcels", null, null, ("Authorization", header.ToString()))).Status;
    }

    [Fact]
    public async Task A_key_in_a_header_of_the_contracts_own_opens_whatever_stands_in_another()
    {
        await using var post = await ParcelHost.StartAsync();
        Assert.Equal(200, await StatusAsync(("parcel-key", ParcelHost.Secret)));
        // A proxy before it has credentials of its own.
        Assert.Equal(200, await StatusAsync(("Parcel-Key", ParcelHost.Secret), ("Authorization", "Bearer of-the-proxy")));
        Assert.Equal(401, await StatusAsync(("Parcel-Key", "Bearer " + ParcelHost.Secret)));
        Assert.Equal(401, await StatusAsync(("Parcel-Key", ParcelHost.Secret + "," + ParcelHost.Secret)));
        Assert.Equal(401, await StatusAsync(("Parcel-Key", ParcelHost.Secret), ("Parcel-Key", ParcelHost.Secret)));
        Assert.Equal(401, await StatusAsync(("Parcel-Key", "")));
        // Who names a wrong key means it: a good one elsewhere does not help.
        Assert.Equal(401, (await post.AskAsync("GET", "parcels", null, ParcelHost.Secret, ("Parcel-Key", "PARCEL-nobody"))).Status);
        Assert.DoesNotContain(post.Log.Lines, line => line.Contains(ParcelHost.Secret, StringComparison.Ordinal));

        async Task<int> StatusAsync(params (string, string)[] headers) =>
            (await post.AskAsync("GET", "parcels", null, null, headers)).Status;
    }

    [Fact]
    public async Task A_key_in_the_query_opens_and_is_in_no_log_and_no_reply()
    {
        await using var post = await ParcelHost.StartAsync();
        const string query = "?secret=" + ParcelHost.Secret;
        await post.ResultAsync(201, "POST", "parcels", """{"colour":"red"}""");
        var all = await post.AskAsync("GET", "parcels" + query + "&colour=red", secret: null);
        Assert.Equal(200, all.Status);
        Assert.Contains("\"count\":1", all.Text);
        Assert.Contains("\"count\":0",
            (await post.AskAsync("GET", "parcels?colour=blue&sec%72et=" + ParcelHost.Secret, secret: null)).Text);
        // A handler is not told of it.
        Assert.Equal("""{"ok":true,"result":{"token":null,"asked":"[a, 1]&[b, ]"}}""",
            (await post.AskAsync("GET", "session" + query + "&a=1&b", secret: null)).Text);
        // Where it is wrong, twice, and where the request fails for other reasons.
        var replies = new List<(int Status, string Text)>
        {
            await post.AskAsync("GET", "parcels" + query + "x", secret: null),
            await post.AskAsync("GET", "parcels" + query + "&secret=" + ParcelHost.Secret, secret: null),
            await post.AskAsync("GET", "parcels" + query + "&take=9", secret: null),
            await post.AskAsync("GET", "nowhere" + query, secret: null),
            await post.AskAsync("POST", "parcels" + query, "{", secret: null),
            await post.AskAsync("GET", "scales" + query, secret: null),
        };
        Assert.Equal([401, 401, 400, 404, 400, 501], replies.Select(r => r.Status));
        Assert.All(replies, reply => Assert.DoesNotContain(ParcelHost.Secret, reply.Text, StringComparison.Ordinal));
        Assert.NotEmpty(post.Log.Lines);
        Assert.Contains(post.Log.Lines, line => line.Contains("ListParcels", StringComparison.Ordinal));
        Assert.DoesNotContain(post.Log.Lines, line => line.Contains(ParcelHost.Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("basic"), InlineData("header"), InlineData("query"), InlineData("session")]
    public async Task Who_guesses_is_stopped_and_who_knows_is_not(string form)
    {
        await using var post = await ParcelHost.StartAsync();
        var (cookie, _) = await post.LoginAsync();
        string good = form switch { "session" => cookie, _ => ParcelHost.Secret };
        Assert.Equal(200, await TryAsync(good));
        for (int i = 0; i < Limits.UnknownKeys; i++) Assert.Equal(401, await TryAsync($"parcels=guess-{i}"));
        Assert.Equal(429, await TryAsync("parcels=another"));
        Assert.Equal(200, await TryAsync(good));
        post.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(401, await TryAsync("parcels=another"));

        async Task<int> TryAsync(string secret) => form switch
        {
            "basic" => (await post.AskAsync("GET", "parcels", null, secret)).Status,
            "header" => (await post.AskAsync("GET", "parcels", null, null, ("Parcel-Key", secret))).Status,
            "query" => (await post.AskAsync("GET", "parcels?secret=" + secret, null, null)).Status,
            _ => (await post.AskAsync("GET", "parcels", null, null, ("Cookie", secret))).Status,
        };
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_in_any_form()
    {
        await using var post = await ParcelHost.StartAsync();
        var (cookie, _) = await post.LoginAsync();
        Assert.Equal((200, 200, 200, 200), await AllAsync());
        post.Revoke(ParcelHost.Secret);
        Assert.Equal((401, 401, 401, 401), await AllAsync());

        async Task<(int, int, int, int)> AllAsync() => ((await post.AskAsync("GET", "parcels")).Status,
            (await post.AskAsync("GET", "parcels", null, null, ("Parcel-Key", ParcelHost.Secret))).Status,
            (await post.AskAsync("GET", "parcels?secret=" + ParcelHost.Secret, null, null)).Status,
            (await post.AskAsync("GET", "parcels", null, null, ("Cookie", cookie))).Status);
    }
}
