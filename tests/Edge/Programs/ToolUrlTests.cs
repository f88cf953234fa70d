using System.Text.Json.Nodes;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>What a caller says, or his call brings along, leads a tool's request nowhere else.</summary>
public sealed class ToolUrlTests
{
    [Theory]
    [InlineData("7", "https://shop.example/of/7/orders/7?at=7"), InlineData("..", "https://shop.example/of//orders/?at=")]
    [InlineData(".", "https://shop.example/of//orders/?at=")]
    [InlineData("../a", "https://shop.example/of/..%2Fa/orders/..%2Fa?at=..%2Fa")]
    public async Task A_value_stays_one_step_of_the_path(string value, string asked)
    {
        var tool = new JsonObject
        {
            ["kind"] = "webhook", ["name"] = "find", ["description"] = "Finds an order.",
            ["url"] = "https://shop.example/of/{{shop}}/orders/{order}?at={{shop}}", ["in_path"] = new JsonArray("order"),
            ["parameters"] = JsonNode.Parse("""{"type":"object","properties":{"order":{"type":"string"}}}"""),
        };
        var web = new Web();
        var (_, fault) = await ToolTrial.RunAsync(tool, tool, new JsonObject { ["shop"] = value },
            new JsonObject { ["order"] = value }.ToJsonString(), web, signedFor: null, TestContext.Current.CancellationToken);
        Assert.Null(fault);
        Assert.Equal(asked, web.Asked);
    }

    private sealed class Web : IAgentWeb
    {
        public string? Asked { get; private set; }

        public ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
        {
            Asked = ask.Url;
            return new(new WebAnswer(200, null, ReadOnlyMemory<byte>.Empty));
        }
    }
}
