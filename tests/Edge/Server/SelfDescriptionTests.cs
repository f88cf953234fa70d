using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Server;
using Ringwright.Server.Operating;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What a node says of itself to who knows nothing of it, and has no key.</summary>
public sealed class SelfDescriptionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_root_says_which_version_this_is_and_what_is_in_and_each_API_describes_itself()
    {
        await using var node = await RunningNode.StartAsync();
        using var anybody = new HttpClient { BaseAddress = node.Api.BaseAddress };
        var root = JsonNode.Parse(await anybody.GetStringAsync("/", Stop))!.AsObject();
        Assert.Equal(("ringwright", ProgramVersion.Text), ((string?)root["name"], (string?)root["version"]));
        string[] roots = [.. root["apis"]!.AsArray().Select(api => (string)api!["root"]!)];
        Assert.Equal(["/2010-04-01", "/api/agency/v1", "/chakra/v1/ext", "/telefonie/v1", "/v1.0", "/v2"],
            roots.Order(StringComparer.Ordinal));
        foreach (var api in root["apis"]!.AsArray())
        {
            var document = await DescribeAsync(anybody, (string)api!["openapi"]!);
            Assert.Equal((string?)api["root"], (string?)document["servers"]![0]!["url"]);
            Assert.True((int)api["operations"]! > 0 && CountOf(document) > 0, $"{api}");
        }
        var admin = JsonNode.Parse(await node.Admin.GetStringAsync("/", Stop))!.AsObject();
        var operating = Assert.Single(admin["apis"]!.AsArray());
        var described = await DescribeAsync(node.Admin, "/operator/v1/openapi.json");
        Assert.Equal(((int)operating!["operations"]!, (int)operating["of"]!), (CountOf(described), CountOf(described)));
        // With what the contract says of them.
        Assert.StartsWith("What time it is", (string?)described["paths"]!["/clock"]!["get"]!["description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operation_that_answers_501_is_in_no_description()
    {
        await using var node = await RunningNode.StartAsync();
        var document = await DescribeAsync(node.Api, "/v2/openapi.json");
        Assert.NotNull(document["paths"]!["/calls"]!["post"]);
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            if (item!["get"] is not { } read || path.Contains('{', StringComparison.Ordinal) || read["servers"] is not null
                || path == "/events/stream") continue;
            // Of models this node has none; they are in where one is named.
            if (path.EndsWith("/models", StringComparison.Ordinal)) continue;
            using var answer = await node.Api.GetAsync("/v2" + path, Stop);
            Assert.True(answer.StatusCode is not HttpStatusCode.NotImplemented, path);
        }
    }

    [Fact]
    public async Task Who_shows_a_key_is_told_its_role_and_each_operation_says_which_one_it_needs()
    {
        await using var node = await RunningNode.StartAsync();
        string reader = (string)(await Keys.CreateAsync(node.Socket, null, "reader", null, Stop))["telnyx_key"]!;
        using var anybody = new HttpClient { BaseAddress = node.Api.BaseAddress };
        var keys = new (string? Key, string? Role)[]
        {
            (RunningNode.Key, "owner"), (reader, "reader"), ("KEYnobody", null), (null, null),
        };
        foreach (var (key, role) in keys)
        {
            using var asked = new HttpRequestMessage(HttpMethod.Head, "/v2/openapi.json");
            if (key is not null) asked.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var answer = await anybody.SendAsync(asked, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(role, answer.Headers.TryGetValues("x-role", out var said) ? said.Single() : null);
        }
        var paths = (await DescribeAsync(anybody, "/v2/openapi.json"))["paths"]!;
        Assert.Equal("member", (string?)paths["/calls"]!["post"]!["x-role"]);
        Assert.Equal("reader", (string?)paths["/phone_numbers"]!["get"]!["x-role"]);
    }

    [Fact]
    public async Task Browsers_get_a_page_and_models_a_text()
    {
        await using var node = await RunningNode.StartAsync();
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/");
        asked.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var answer = await node.Api.SendAsync(asked, Stop);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        string page = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("href=\"/v2/openapi.json\"", page, StringComparison.Ordinal);
        Assert.Contains("The agency&#39;s back office", page, StringComparison.Ordinal);

        string text = await node.Api.GetStringAsync("/llms.txt", Stop);
        Assert.StartsWith("# Ringwright\n\n> ", text, StringComparison.Ordinal);
        Assert.Contains("- [Telnyx v2](/v2/openapi.json): below /v2; ", text, StringComparison.Ordinal);
        foreach (string path in new[] { "/", "/llms.txt", "/v2/openapi.json" })
        {
            using var head = await node.Api.SendAsync(new(HttpMethod.Head, path), Stop);
            Assert.Equal((HttpStatusCode.OK, true), (head.StatusCode, head.Content.Headers.ContentLength > 0));
        }
    }

    [Fact]
    public async Task Each_API_can_be_read_on_a_page_that_loads_nothing_from_elsewhere()
    {
        await using var node = await RunningNode.StartAsync();
        using var anybody = new HttpClient { BaseAddress = node.Api.BaseAddress };
        foreach (var (http, least) in new[] { (anybody, 6), (node.Admin, 1) })
        {
            var apis = JsonNode.Parse(await http.GetStringAsync("/", Stop))!["apis"]!.AsArray();
            Assert.Equal(least, apis.Count);
            foreach (var api in apis)
            {
                using var answer = await http.GetAsync((string)api!["reference"]!, Stop);
                string page = await answer.Content.ReadAsStringAsync(Stop);
                Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
                Assert.Contains($"spec-url=\"{api["openapi"]}\"", page, StringComparison.Ordinal);
                Assert.DoesNotContain("http", page, StringComparison.Ordinal);
                Assert.Contains("script-src 'self';", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")),
                    StringComparison.Ordinal);
            }
        }
        // As its makers published it: version 2.5.1, to the byte, packed or not.
        const string published = "2d8d13e94b5a21011cc6f8260d87ca475d0f6f2faed16dd12e7394dfa3bb05b8";
        byte[] plain = await anybody.GetByteArrayAsync("/reference/redoc.js", Stop);
        Assert.Equal(published, Convert.ToHexStringLower(SHA256.HashData(plain)));
        using var browser = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip })
        {
            BaseAddress = node.Api.BaseAddress,
        };
        Assert.Equal(plain, await browser.GetByteArrayAsync("/reference/redoc.js", Stop));
        Assert.Contains("The MIT License", await anybody.GetStringAsync("/reference/redoc-licenses.txt", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_other_origins_read_nothing_unless_the_operator_names_them()
    {
        const string named = "https://console.example.com";
        await using var closed = await RunningNode.StartAsync();
        using (var answer = await AskAsync(closed, HttpMethod.Get, named))
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));

        await using var node = await RunningNode.StartAsync(s => s with { PageOrigins = [named] });
        using (var answer = await AskAsync(node, HttpMethod.Get, named))
        {
            Assert.Equal((HttpStatusCode.OK, named), (answer.StatusCode, Single(answer, "Access-Control-Allow-Origin")));
            Assert.Contains("Origin", Single(answer, "Vary"), StringComparison.Ordinal);
            // What a browser sends of its own accord is nobody's key.
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }
        // A page's own file is kept by what it depends on, all of it.
        using (var script = await node.Api.GetAsync("/reference/redoc.js", Stop))
            Assert.Equal(["Accept-Encoding", "Origin"], script.Headers.Vary.Order(StringComparer.Ordinal));
        using (var answer = await AskAsync(node, HttpMethod.Get, "https://elsewhere.example.com"))
            Assert.Equal((HttpStatusCode.OK, false), (answer.StatusCode, answer.Headers.Contains("Access-Control-Allow-Origin")));
        using (var before = await AskAsync(node, HttpMethod.Options, named, ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization,content-type")))
        {
            Assert.Equal((HttpStatusCode.NoContent, named), (before.StatusCode, Single(before, "Access-Control-Allow-Origin")));
            Assert.Contains("PATCH", Single(before, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
            Assert.Equal("authorization,content-type", Single(before, "Access-Control-Allow-Headers"));
        }
        using (var before = await AskAsync(node, HttpMethod.Options, "https://elsewhere.example.com",
            ("Access-Control-Request-Method", "POST")))
            Assert.Equal(HttpStatusCode.MethodNotAllowed, before.StatusCode);

        static string Single(HttpResponseMessage answer, string header) => Assert.Single(answer.Headers.GetValues(header));
    }

    private static async Task<HttpResponseMessage> AskAsync(RunningNode node, HttpMethod method, string origin,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/v2/phone_numbers");
        request.Headers.Add("Origin", origin);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await node.Api.SendAsync(request, Stop);
    }

    private static int CountOf(JsonObject document) => document["paths"]!.AsObject().Sum(path => path.Value!.AsObject().Count);

    private static async Task<JsonObject> DescribeAsync(HttpClient client, string path)
    {
        var document = JsonNode.Parse(await client.GetStringAsync(path, Stop))!.AsObject();
        var faults = OpenApiCheck.FaultsOf(document);
        Assert.True(faults.Count == 0, $"{path}: {string.Join('\n', faults.Take(20))}");
        return document;
    }
}
