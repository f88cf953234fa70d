using System.Text;
using Ringwright.Core;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>How much a server of the Model Context Protocol can have a node keep.</summary>
public sealed class McpListTests
{
    [Fact]
    public async Task A_list_without_end_is_read_up_to_what_is_kept()
    {
        var web = new Web();
        var (list, fault) = await McpLister.ListAsync("https://93.184.216.34/mcp", new Dictionary<string, string>(), web,
            new TenantId(Guid.NewGuid()), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Null(fault);
        // Of each page the first tool alone is too long.
        Assert.Equal([.. Enumerable.Range(1, 10).Select(i => $"1.{i}"), .. Enumerable.Range(1, 7).Select(i => $"2.{i}")],
            list!.Tools.Select(tool => (string)tool["name"]!));
        Assert.InRange(list.Tools.Sum(tool => tool.ToJsonString().Length), 470_000, 512 * 1024);
        Assert.Equal(2, web.Asked);
    }

    private sealed class Web : IAgentWeb
    {
        public int Asked { get; private set; }

        public ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
        {
            Asked++;
            var tools = Enumerable.Range(0, 11).Select(i =>
                $$"""{"name":"{{Asked}}.{{i}}","description":"{{new string('x', i == 0 ? 64 * 1024 : 30_000)}}"}""");
            string result = $$"""{"tools":[{{string.Join(',', tools)}}],"nextCursor":"more"}""";
            string answer = $$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""";
            return new(new WebAnswer(200, null, Encoding.UTF8.GetBytes(answer)));
        }
    }
}
