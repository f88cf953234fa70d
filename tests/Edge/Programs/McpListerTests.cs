using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>How servers of the Model Context Protocol list their tools, otherwise than they should.</summary>
public sealed class McpListerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<(string Tools, string? Fault, Web Web)> ListAsync(Func<WebAsk, JsonNode?, WebAnswer> serve,
        string url = "https://shop.example/mcp")
    {
        var web = new Web(serve);
        var (list, fault) = await McpLister.ListAsync(url, new Dictionary<string, string> { ["Authorization"] = "Bearer k" }, web,
            new TenantId(Guid.NewGuid()), TimeProvider.System, Stop);
        return (string.Join(' ', (list?.Tools ?? []).Select(tool => (string?)tool["name"])), fault, web);
    }

    private static WebAnswer Says(string result) => new(200, null, Encoding.UTF8.GetBytes(
        $$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}"""));

    private static string Page(string name, string? next) => new JsonObject
    {
        ["tools"] = new JsonArray(new JsonObject { ["name"] = name }, new JsonObject()), ["nextCursor"] = next,
    }.ToJsonString();

    [Fact]
    public async Task Pages_are_read_to_their_end_and_an_empty_cursor_is_one_of_the_newest_revision()
    {
        var (tools, fault, _) = await ListAsync((_, cursor) => Says((string?)cursor switch
        {
            null => Page("a", ""),
            "" => Page("b", "2"),
            _ => Page("c", null),
        }));
        Assert.Equal(("a b c", null), (tools, fault));
    }

    [Theory, InlineData(""), InlineData("again")]
    public async Task A_cursor_that_does_not_move_ends_the_list_and_no_tool_is_there_twice(string next)
    {
        var (tools, _, web) = await ListAsync((_, _) => Says(Page("a", next)));
        Assert.Equal(("a", 2), (tools, web.Asked.Count));
    }

    [Theory]
    [InlineData("https://shop.example/mcp", "/mcp/", "https://shop.example/mcp/")]
    [InlineData("http://shop.example/mcp", "https://shop.example/mcp", "https://shop.example/mcp")]
    // A proxy before it has it think that it is asked without TLS, and by another port.
    [InlineData("https://shop.example/mcp", "http://shop.example:8000/mcp/", "https://shop.example/mcp/")]
    [InlineData("https://shop.example/mcp", "https://shop.example//evil.example/", "https://shop.example//evil.example/")]
    public async Task A_server_may_send_its_client_on_within_its_host(string url, string to, string asked)
    {
        var (tools, fault, web) = await ListAsync((ask, _) =>
            ask.Url == url ? new(307, null, default) { Location = to } : Says(Page("a", null)), url);
        Assert.Equal(("a", null), (tools, fault));
        Assert.Equal([url, asked], web.Asked.Select(ask => ask.Url));
        Assert.Equal(2, web.Asked.Count(ask => ask.Headers.Contains(new("Authorization", "Bearer k"))));
    }

    [Theory, InlineData("https://evil.example/mcp"), InlineData("//evil.example/mcp"), InlineData("/mcp"), InlineData("file:///etc/passwd")]
    [InlineData("https://shop.example.evil.example/mcp"), InlineData("")]
    public async Task It_is_sent_to_nobody_else_and_not_round_and_round(string to)
    {
        var (_, fault, web) = await ListAsync((_, _) => new(308, null, default) { Location = to });
        Assert.Equal("its server answered 308", fault);
        Assert.All(web.Asked, ask => Assert.Equal("https://shop.example/mcp", ask.Url));
    }

    [Fact]
    public async Task A_stream_that_stays_open_behind_the_answer_is_left_there()
    {
        var (_, _, web) = await ListAsync((_, _) => Says(Page("a", null)));
        var isEnough = Assert.Single(web.Asked).IsEnough!;
        Assert.False(isEnough("event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n"u8.ToArray()));
        Assert.False(isEnough(": ping\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,"u8.ToArray()));
        Assert.True(isEnough("\"result\":{\"tools\":[]}}\n\n"u8.ToArray()));
    }

    private sealed class Web(Func<WebAsk, JsonNode?, WebAnswer> serve) : IAgentWeb
    {
        public List<WebAsk> Asked { get; } = [];

        public ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
        {
            Asked.Add(ask);
            return new(serve(ask, JsonNode.Parse(ask.Body.Span)?["params"]?["cursor"]));
        }
    }
}
