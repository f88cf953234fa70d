using System.Text.Json.Nodes;

namespace Ringwright.Http.Parcels;

/// <summary>A contract with another envelope, other errors, pages, times, ids and names, by the engine that serves the others.</summary>
public sealed class ParcelResourceTests
{
    private const string Red = """{"colour":"red"}""";
    private static readonly long Now = new DateTimeOffset(2026, 1, 6, 15, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    [Fact]
    public async Task A_parcel_is_made_read_changed_and_dropped()
    {
        await using var post = await ParcelHost.StartAsync();
        var made = await post.ResultAsync(201, "POST", "parcels", Red);
        string key = (string)made["result"]!["key"]!;
        Assert.Matches("^pcl_[0-9a-f]+$", key);
        string expected = $$$"""{"ok":true,"result":{"key":"{{{key}}}","colour":"red","weight":1,"made":{{{Now}}},"changed":{{{Now}}}}}""";
        Assert.Equal(expected, made.ToJsonString());
        Assert.Equal((200, expected), await post.AskAsync("GET", $"parcels/{key}"));

        post.Time.Advance(TimeSpan.FromSeconds(90));
        var changed = await post.ResultAsync(200, "PATCH", $"parcels/{key}", """{"weight":7}""");
        Assert.Equal($$$"""{"ok":true,"result":{"key":"{{{key}}}","colour":"red","weight":7,"made":{{{Now}}},"changed":{{{Now + 90}}}}}""",
            changed.ToJsonString());

        Assert.Equal((204, ""), await post.AskAsync("DELETE", $"parcels/{key}"));
        Assert.Equal((404, """{"ok":false,"failure":{"reason":"lost","text":"The resource was not found."}}"""),
            await post.AskAsync("GET", $"parcels/{key}"));
    }

    [Fact]
    public async Task Another_account_finds_no_parcel_of_this_one()
    {
        await using var post = await ParcelHost.StartAsync();
        string key = (string)(await post.ResultAsync(201, "POST", "parcels", Red))["result"]!["key"]!;
        foreach (var (method, body) in new[] { ("GET", null), ("PATCH", Red), ("DELETE", null) })
            Assert.Equal(404, (await post.AskAsync(method, $"parcels/{key}", body, ParcelHost.OtherSecret)).Status);
        Assert.Equal((200, """{"ok":true,"entries":[],"count":0,"next":null}"""),
            await post.AskAsync("GET", "parcels", secret: ParcelHost.OtherSecret));
        Assert.Equal(200, (await post.AskAsync("GET", $"parcels/{key}")).Status);
    }

    [Fact]
    public async Task A_reader_sees_no_secret_of_a_parcel_alone_or_in_a_list()
    {
        await using var post = await ParcelHost.StartAsync();
        const string pin = "\"pin\":\"4711\"";
        string key = (string)(await post.ResultAsync(201, "POST", "parcels", $$"""{"colour":"red",{{pin}}}"""))["result"]!["key"]!;
        foreach (string path in new[] { "parcels", $"parcels/{key}" })
        {
            Assert.Contains(pin, (await post.AskAsync("GET", path)).Text, StringComparison.Ordinal);
            var (status, text) = await post.AskAsync("GET", path, secret: ParcelHost.ReaderSecret);
            Assert.Equal((200, true, false),
                (status, text.Contains("\"colour\":\"red\"", StringComparison.Ordinal), text.Contains("pin", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_list_is_walked_by_what_is_passed_over_and_filtered_by_a_fields_name()
    {
        await using var post = await ParcelHost.StartAsync();
        foreach (string colour in new[] { "red", "blue", "red", "green", "red" })
        {
            post.Time.Advance(TimeSpan.FromSeconds(1));
            await post.ResultAsync(201, "POST", "parcels", $$"""{"colour":"{{colour}}"}""");
        }

        Assert.Equal("red blue|5|2", await PageAsync(""));
        Assert.Equal("red green|5|4", await PageAsync("?skip=2"));
        Assert.Equal("red|5|", await PageAsync("?skip=4"));
        Assert.Equal("blue red green|5|4", await PageAsync("?skip=1&take=3"));
        Assert.Equal("|5|", await PageAsync("?skip=99"));
        Assert.Equal("red red red|3|", await PageAsync("?colour=red&take=3"));
        Assert.Equal("|0|", await PageAsync("?colour=black"));
        // The words of other contracts are none here.
        Assert.Equal("red blue|5|2", await PageAsync("?page[size]=1&page[number]=3&filter[colour]=green&sort=-made"));
        foreach (var (query, at) in new[] { ("?take=4", "take"), ("?take=0", "take"), ("?skip=-1", "skip"), ("?skip=x", "skip") })
        {
            var (status, text) = await post.AskAsync("GET", "parcels" + query);
            Assert.Equal((400, "wrong", at), (status, Failure(text).Reason, Failure(text).At));
        }

        async Task<string> PageAsync(string query)
        {
            var page = await post.ResultAsync(200, "GET", "parcels" + query);
            Assert.Equal(["count", "entries", "next", "ok"], page.Select(p => p.Key).Order(StringComparer.Ordinal));
            return $"{string.Join(' ', page["entries"]!.AsArray().Select(e => (string)e!["colour"]!))}|{page["count"]}|{page["next"]}";
        }
    }

    [Theory]
    [InlineData("{}", "colour"), InlineData("""{"colour":7}""", "colour")]
    [InlineData("""{"colour":"red","weight":0}""", "weight"), InlineData("""{"colour":"0123456789x"}""", "colour")]
    [InlineData("""{"colour":""", null)]
    public async Task A_bad_body_is_told_in_the_contracts_own_shape(string body, string? at)
    {
        await using var post = await ParcelHost.StartAsync();
        var (status, text) = await post.AskAsync("POST", "parcels", body);
        var (reason, where, shape) = Failure(text);
        Assert.Equal((400, "wrong", at), (status, reason, where));
        Assert.Equal(["ok", "failure"], shape.Select(p => p.Key));
    }

    [Theory]
    [InlineData("GET", "nowhere", 404, "lost"), InlineData("PUT", "parcels", 405, "how"), InlineData("GET", "scales", 501, "later")]
    public async Task What_is_not_there_says_so_in_the_contracts_own_shape(string method, string path, int status, string reason)
    {
        await using var post = await ParcelHost.StartAsync();
        var (found, text) = await post.AskAsync(method, path);
        Assert.Equal((status, reason), (found, Failure(text).Reason));
    }

    [Fact]
    public async Task Only_headers_that_the_contract_names_are_sent()
    {
        await using var post = await ParcelHost.StartAsync();
        foreach (string path in new[] { "parcels", "nowhere", "scales" })
        {
            using var response = await post.SendAsync(post.Request("GET", path));
            var names = response.Headers.Select(h => h.Key).Where(name => name is not ("Date" or "Server" or "Transfer-Encoding"))
                .Order(StringComparer.Ordinal);
            Assert.Equal(path is "nowhere" ? ["parcel-request"] : ["parcel-request", "parcel-rest"], names);
        }
    }

    private static (string Reason, string? At, JsonObject Shape) Failure(string text)
    {
        var shape = JsonNode.Parse(text)!.AsObject();
        Assert.False((bool)shape["ok"]!);
        Assert.NotEmpty((string)shape["failure"]!["text"]!);
        return ((string)shape["failure"]!["reason"]!, (string?)shape["failure"]!["at"], shape);
    }
}
