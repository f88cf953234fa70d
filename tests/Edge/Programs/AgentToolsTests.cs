using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>What becomes of a call of a tool: keys that are pressed, and servers that are asked.</summary>
public sealed class AgentToolsTests
{
    private static readonly ModelAgent Agent = new()
    {
        Instructions = "", Model = new() { BaseUrl = "https://a.example", Name = "m" },
        Tools =
        [
            new ModelTool.SendDigits { Name = ToolCall.SendDigits, Description = "" }, Webhook("post", "POST"), Webhook("get", "GET"),
        ],
    };

    private static ModelTool.Webhook Webhook(string name, string method) =>
        new("https://shop.example/price", new Dictionary<string, string>(), TimeSpan.FromSeconds(5), new JsonObject { ["type"] = "object" })
        {
            Name = name, Description = "", Method = method,
        };

    [Theory]
    // FastAPI's slash, in full and by its path; a proxy that has it call itself by another scheme.
    [InlineData("post", 307, "https://shop.example/price/", "https://shop.example/price/")]
    [InlineData("post", 308, "/price/?a=b", "https://shop.example/price/?a=b")]
    [InlineData("post", 307, "http://shop.example/price/", "https://shop.example/price/")]
    [InlineData("get", 301, "/price/", "https://shop.example/price/"), InlineData("get", 302, "/v2", "https://shop.example/v2")]
    // Another host gets no key, and what the request would have changed may be done already.
    [InlineData("post", 307, "https://other.example/price", null), InlineData("post", 302, "/price/", null)]
    [InlineData("get", 301, "https://shop.example/price", null)]
    public async Task A_server_that_sends_the_same_request_on_within_itself_is_asked_there(string tool, int status, string to, string? next)
    {
        var web = new Web(status, to);
        var done = new TaskCompletionSource<string>();
        var tools = new AgentTools(Agent, new Dictionary<string, string>(), web, TimeProvider.System,
            news => done.SetResult(((ConversationInput.ToolDone)news).Result))
        {
            Note = static _ => { },
        };
        tools.Run(new("c1", tool, "{}"), TestContext.Current.CancellationToken);
        Assert.Equal(next is null ? $"Not done: the server answered {status}." : "ten", await done.Task);
        string[] asked = next is null ? ["https://shop.example/price"] : ["https://shop.example/price", next];
        Assert.Equal(asked, web.Urls);
    }

    [Theory, InlineData("1 2 3 #", "123#"), InlineData("1 (800) 555-0100", "18005550100"), InlineData("1, 2w3", "1w2w3")]
    [InlineData("*67", "*67"), InlineData("press 1", null), InlineData(" - ", null)]
    public async Task They_are_pressed_as_people_write_numbers_and_nothing_else_is(string written, string? pressed)
    {
        string? sent = null;
        var done = new TaskCompletionSource<string>();
        var tools = new AgentTools(Agent, new Dictionary<string, string>(), new Web(500, ""), TimeProvider.System,
            news => done.SetResult(((ConversationInput.ToolDone)news).Result))
        {
            Note = static _ => { },
            Press = keys =>
            {
                sent = keys;
                return new(Ack.Accepted);
            },
        };
        tools.Run(new("c1", ToolCall.SendDigits, $$"""{"digits": "{{written}}"}"""), TestContext.Current.CancellationToken);
        string result = await done.Task;
        Assert.Equal(pressed, sent);
        Assert.Equal(pressed is not null, result is "Done.");
    }

    /// <summary>Sends the first request on.</summary>
    private sealed class Web(int status, string to) : IAgentWeb
    {
        public List<string> Urls { get; } = [];

        public ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
        {
            Urls.Add(ask.Url);
            return new(Urls.Count > 1 ? new WebAnswer(200, null, "ten"u8.ToArray())
                : new WebAnswer(status, null, default) { Location = to });
        }
    }
}
