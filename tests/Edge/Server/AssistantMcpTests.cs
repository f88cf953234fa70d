using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;

namespace Ringwright.Edge.Server;

/// <summary>
/// Servers of the Model Context Protocol whose tools an assistant has. They are real ones on loopback; the model is the lab's, which
/// answers by rules.
/// </summary>
public sealed class AssistantMcpTests
{
    private const string Assistants = "/v2/ai/assistants", Conversations = "/v2/ai/conversations", Servers = "/v2/ai/mcp_servers",
        Secret = "token-of-the-shop-5678";

    private const string Rules = """
        WHEN price CALL price_of {"size": "large"}
        WHEN euros SAY It is {{said}}.
        """;

    private const string Tools = """
        {"tools":[{"name":"price.of","description":"Prices for {{telnyx_end_user_target}}","inputSchema":{"type":"object",
          "properties":{"size":{"type":"string"}},"required":["size"]}},{"name":"wipe","inputSchema":{"type":"object"}}]}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(true), InlineData(false)]
    public async Task It_has_the_tools_of_a_server_which_is_asked_with_its_key(bool hasSessions)
    {
        var asked = new ConcurrentQueue<string>();
        var ended = Channel.CreateUnbounded<string>();
        await using var shop = await TestServer.StartAsync(async c =>
        {
            // Nobody waits for it, so that it has no place among the others.
            if (c.Request.Method is "DELETE")
                await ended.Writer.WriteAsync($"{c.Request.Headers["Mcp-Session-Id"]} {c.Request.Headers.Authorization}", Stop);
            else await ServeAsync(c, hasSessions, asked);
        });
        await using var rig = await ModelRig.ByRulesAsync(Rules);
        await rig.SendAsync(HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "shop", ["type"] = "bearer", ["token"] = Secret });
        string server = await rig.MakeAsync(Servers, new()
        {
            ["name"] = "Shop", ["type"] = "streamable_http", ["url"] = $"{shop.Url}/mcp", ["api_key_ref"] = "shop",
        });
        string assistant = await rig.MakeAsync(Assistants, new()
        {
            ["name"] = "orders", ["model"] = "some/model", ["instructions"] = "Be brief.",
            ["mcp_servers"] = new JsonArray(new JsonObject { ["id"] = server, ["allowed_tools"] = new JsonArray("price.of") }),
        });
        string talk = await rig.MakeAsync(Conversations, []);
        Assert.Equal("It is ten euros for large.", await ChatAsync(rig, assistant, talk, "What is the price?"));

        var told = rig.Asked[0]["tools"]!.AsArray().Select(tool => tool!["function"]!).ToList();
        // What a server writes is told as it is: it gets none of the call's variables.
        Assert.Equal(["price_of: Prices for { {telnyx_end_user_target}}"], told.Select(one => $"{one["name"]}: {one["description"]}"));
        string[] methods = hasSessions ? ["tools/list", "initialize", "notifications/initialized s1", "tools/list s1",
            "initialize", "notifications/initialized s1", "tools/call s1"] : ["tools/list", "tools/call"];
        Assert.Equal(methods.Select(method => $"{method} Bearer {Secret}"), asked);
        // The one of the list, and the one of the talk.
        for (int i = 0; hasSessions && i < 2; i++) Assert.Equal($"s1 Bearer {Secret}", await ended.Reader.ReadAsync(Stop));
        // Within a minute it is not asked again.
        await ChatAsync(rig, assistant, talk, "Hello");
        Assert.Equal(methods.Length, asked.Count);

        var kept = await rig.SendAsync(HttpMethod.Get, $"{Conversations}/{talk}/messages");
        Assert.DoesNotContain(Secret, kept.ToJsonString(), StringComparison.Ordinal);
        string version = (string)(await rig.SendAsync(HttpMethod.Get, $"{Assistants}/{assistant}"))["version_id"]!;
        var shown = await rig.SendAsync(HttpMethod.Get, $"{Assistants}/{assistant}/versions/{version}?include_mcp_servers=true");
        Assert.Equal(("Shop", server), ((string?)shown["mcp_servers"]![0]!["name"], (string?)shown["mcp_servers"]![0]!["id"]));
    }

    [Fact]
    public async Task Without_a_server_that_does_not_answer_it_talks_and_its_model_knows()
    {
        await using var rig = await ModelRig.ByRulesAsync("WHEN hello SAY Hello.");
        string server = await rig.MakeAsync(Servers, new() { ["name"] = "Shop", ["type"] = "http", ["url"] = "http://127.0.0.1:9/mcp" });
        string assistant = await rig.MakeAsync(Assistants, new()
        {
            ["name"] = "orders", ["model"] = "some/model", ["instructions"] = "Be brief.",
            ["mcp_servers"] = new JsonArray(new JsonObject { ["id"] = server }),
        });
        string talk = await rig.MakeAsync(Conversations, []);
        Assert.Equal("Hello.", await ChatAsync(rig, assistant, talk, "hello"));
        Assert.Contains("no tools of Shop now", (string?)rig.Asked[0]["messages"]![0]!["content"], StringComparison.Ordinal);
        Assert.Null(rig.Asked[0]["tools"]);
        // It stays in the assistant, which can be changed all the same.
        using (var gone = await rig.Api.DeleteAsync($"{Servers}/{server}", Stop)) Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}", new() { ["greeting"] = "Hi" });
        Assert.Equal("Hello.", await ChatAsync(rig, assistant, talk, "hello again"));
    }

    [Fact]
    public async Task A_server_is_listed_and_changed_and_what_cannot_be_is_refused()
    {
        await using var rig = await ModelRig.ByRulesAsync(Rules);
        var made = await rig.SendAsync(HttpMethod.Post, Servers, new()
        {
            ["name"] = "Shop", ["type"] = "http", ["url"] = "https://93.184.216.34/mcp", ["allowed_tools"] = new JsonArray("a"),
        });
        string path = $"{Servers}/{made["id"]}";
        Assert.Equal(("Shop", "a"), ((string?)made["name"], (string?)made["allowed_tools"]![0]));
        var changed = await rig.SendAsync(HttpMethod.Put, path, new() { ["name"] = "Store", ["allowed_tools"] = null });
        Assert.Equal(("Store", "https://93.184.216.34/mcp", null),
            ((string?)changed["name"], (string?)changed["url"], changed["allowed_tools"]));
        Assert.Equal("Store", (string?)Assert.Single((await rig.SendAsync(HttpMethod.Get, $"{Servers}?type=http")).AsArray())!["name"]);
        Assert.Empty((await rig.SendAsync(HttpMethod.Get, $"{Servers}?type=sse")).AsArray());
        foreach (var (change, says) in new[]
        {
            ("""{"type":"sse"}""", "/type"), ("""{"url":"http://169.254.169.254/mcp"}""", "/url"),
            ("""{"url":"https://me@93.184.216.34/"}""", "/url"), ("""{"api_key_ref":"nobody"}""", "/api_key_ref"),
            ("""{"name":" "}""", "/name"), ("""{"allowed_tools":[""]}""", "/allowed_tools"),
        })
            Refused(says, await rig.AskAsync(HttpMethod.Put, path, JsonNode.Parse(change)!.AsObject()));
        foreach (var (servers, says) in new[]
        {
            ("""[{"id":"nobody"}]""", "/mcp_servers/0/id"), ("1", "/mcp_servers"),
            ($$"""[{"id":"{{made["id"]}}","allowed_tools":1}]""", "/mcp_servers/0/allowed_tools"),
        })
            Refused(says, await rig.PostAsync(Assistants, new()
            {
                ["name"] = "a", ["model"] = "some/model", ["instructions"] = "x", ["mcp_servers"] = JsonNode.Parse(servers),
            }));

        static void Refused(string says, (HttpStatusCode Status, string Text) answer) =>
            Assert.True((int)answer.Status is 422 && answer.Text.Contains(says, StringComparison.Ordinal), answer.Text);
    }

    [Fact]
    public async Task An_account_has_so_many_servers_and_no_more()
    {
        await using var rig = await ModelRig.ByRulesAsync(Rules);
        JsonObject Server() => new() { ["name"] = "Shop", ["type"] = "http", ["url"] = "https://93.184.216.34/mcp" };
        string id = "";
        for (int i = 0; i < 200; i++) id = await rig.MakeAsync(Servers, Server());
        var (status, text) = await rig.PostAsync(Servers, Server());
        Assert.True((int)status is 422 && text.Contains("200 servers at most", StringComparison.Ordinal), text);
        await rig.AskAsync(HttpMethod.Delete, $"{Servers}/{id}");
        await rig.MakeAsync(Servers, Server());
    }

    /// <summary>With sessions as servers of revision 2025-11-25 are, whose answers may be events; else as those of 2026-07-28.</summary>
    private static async Task ServeAsync(HttpContext c, bool hasSessions, ConcurrentQueue<string> asked)
    {
        using var reader = new StreamReader(c.Request.Body);
        var message = JsonNode.Parse(await reader.ReadToEndAsync(Stop))!;
        string method = (string)message["method"]!, session = c.Request.Headers["Mcp-Session-Id"].ToString();
        asked.Enqueue($"{method} {session}".TrimEnd() + $" {c.Request.Headers.Authorization}");
        bool isOpening = method is "initialize" or "notifications/initialized";
        if (hasSessions && session.Length == 0 && method is not "initialize"
            || !hasSessions && (isOpening || c.Request.Headers["Mcp-Method"] != method
                || (string?)message["params"]!["_meta"]!["io.modelcontextprotocol/protocolVersion"] is not "2026-07-28"))
        {
            c.Response.StatusCode = 400;
            await c.Response.WriteAsync("""{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request"}}""", Stop);
            return;
        }
        if (message["id"] is null)
        {
            c.Response.StatusCode = 202;
            return;
        }
        if (method is "initialize") c.Response.Headers["Mcp-Session-Id"] = "s1";
        string result = method switch
        {
            "initialize" => """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"shop","version":"1"}}""",
            "tools/list" => Tools.ReplaceLineEndings(""),
            _ => $$"""{"content":[{"type":"text","text":"ten euros for {{message["params"]!["arguments"]!["size"]}}"}]}""",
        };
        string answer = $$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""";
        c.Response.ContentType = hasSessions ? "text/event-stream" : "application/json";
        await c.Response.WriteAsync(hasSessions ? $"event: message\ndata: {answer}\n\n" : answer, Stop);
    }

    private static async Task<string> ChatAsync(ModelRig rig, string assistant, string conversation, string text) =>
        (string)(await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}/chat",
            new() { ["content"] = text, ["conversation_id"] = conversation }))["content"]!;
}
