using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Http;
using Ringwright.Server.Mcp;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Edge.Server;

/// <summary><c>ringwright mcp</c>: a node's operations as tools, with a real node behind them.</summary>
public sealed partial class McpTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_gets_the_tools_that_its_role_may_ask_for()
    {
        await using var node = await RunningNode.StartAsync();
        var reader = await ToolsOfAsync(node, "reader");
        var member = await ToolsOfAsync(node, "member");
        var owner = await ToolsOfAsync(node, "owner");
        Assert.All(reader, tool => Assert.True(tool.IsReading, tool.Name));
        Assert.DoesNotContain(reader, tool => tool.Name == "DialCall");
        Assert.Contains(member, tool => tool is { Name: "DialCall", IsReading: false, IsRemoving: false });
        Assert.Contains(member, tool => tool.IsRemoving);
        Assert.DoesNotContain(member, tool => tool.Says.Contains("/v2/managed_accounts ", StringComparison.Ordinal));
        Assert.Contains(owner, tool => tool.Says.Contains("/v2/managed_accounts ", StringComparison.Ordinal));
        Assert.True(reader.Count < member.Count && member.Count < owner.Count);
        // The trace of a call is one of them.
        Assert.Contains(reader, tool => tool.Name == "RetrieveCallTrace");
        // What streams for ever is no tool.
        Assert.DoesNotContain(owner, tool => tool.Name == "StreamEvents");
        // Nor what programs sign in by, which anybody may ask for.
        Assert.DoesNotContain(owner, tool => tool.Says.StartsWith("POST /v2/oauth/token ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_tool_has_a_name_of_its_own_and_arguments_that_stand_by_themselves()
    {
        await using var node = await RunningNode.StartAsync();
        var tools = await ToolsOfAsync(node, "owner");
        Assert.Equal(tools.Count, tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count());
        foreach (var tool in tools.Concat(await OperatorToolsAsync(node, CallerRole.Owner)))
        {
            Assert.Matches("^[A-Za-z0-9_-]{1,64}$", tool.Name);
            Assert.Equal("object", (string?)tool.Arguments["type"]);
            Assert.All(tool.Arguments["properties"]!.AsObject(), field => Assert.Matches("^[A-Za-z0-9_.-]+$", field.Key));
            var defined = (tool.Arguments["$defs"] as JsonObject ?? []).Select(one => "#/$defs/" + one.Key)
                .ToHashSet(StringComparer.Ordinal);
            Assert.All(Reference().Matches(tool.Arguments.ToJsonString()), found =>
                Assert.Contains(JsonNode.Parse(found.Groups[1].Value)!.GetValue<string>(), defined));
        }
    }

    [Fact]
    public async Task What_a_tool_is_asked_the_node_is_asked_and_its_answer_comes_back()
    {
        await using var node = await RunningNode.StartAsync();
        var tools = (await ToolsOfAsync(node, "member")).ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        var made = await tools["CreateCallControlApplication"].Call(new()
        {
            ["body"] = new JsonObject { ["application_name"] = "made by a model", ["webhook_event_url"] = "http://127.0.0.1:9/" },
        }, Stop);
        Assert.False(made.IsFault, made.Text);
        string id = (string)JsonNode.Parse(made.Text)!["data"]!["id"]!;
        var read = await tools["RetrieveCallControlApplication"].Call(new() { ["id"] = id }, Stop);
        Assert.Equal("made by a model", (string?)JsonNode.Parse(read.Text)!["data"]!["application_name"]);
        var listed = await tools["ListCallControlApplications"].Call(
            new() { ["page"] = new JsonObject { ["size"] = 1, ["number"] = 1 } }, Stop);
        Assert.Equal(1, (int)JsonNode.Parse(listed.Text)!["meta"]!["page_size"]!);

        // As some clients hand on what has fields: as a text.
        var page = await tools["ListCallControlApplications"].Call(new() { ["page"] = """{"size":1,"number":1}""" }, Stop);
        Assert.Equal(1, (int)JsonNode.Parse(page.Text)!["meta"]!["page_size"]!);
        var written = await tools["CreateCallControlApplication"].Call(new()
        {
            ["body"] = """ {"application_name": "{written}", "webhook_event_url": "http://127.0.0.1:9/"} """,
        }, Stop);
        Assert.Equal("{written}", (string?)JsonNode.Parse(written.Text)!["data"]!["application_name"]);

        var refused = await tools["DialCall"].Call(new() { ["body"] = new JsonObject() }, Stop);
        Assert.True(refused.IsFault);
        Assert.Matches(@"^4\d\d \{""errors"":", refused.Text);
        Assert.Equal("The argument 'id' is missing.", (await tools["RetrieveCallControlApplication"].Call([], Stop)).Text);
        Assert.Contains("'name'", (await tools["DialCall"].Call(new() { ["name"] = "x" }, Stop)).Text, StringComparison.Ordinal);
        foreach (string other in new[] { "", ".", ".." })
            Assert.True((await tools["RetrieveCallControlApplication"].Call(new() { ["id"] = other }, Stop)).IsFault);
    }

    [Fact]
    public async Task Who_may_open_the_socket_is_given_the_explainer_and_the_trace_and_changes_nothing_unasked()
    {
        await using var node = await RunningNode.StartAsync();
        var tools = await OperatorToolsAsync(node, CallerRole.Reader);
        Assert.All(tools, tool => Assert.True(tool.IsReading && tool.Name.StartsWith("operator_", StringComparison.Ordinal), tool.Name));
        var explain = Assert.Single(tools, tool => tool.Says.StartsWith("GET /operator/v1/routes/explain ", StringComparison.Ordinal));
        var explained = await explain.Call(new() { ["from"] = "+12125550123", ["to"] = "+4930123456" }, Stop);
        Assert.NotNull(JsonNode.Parse(explained.Text)!["data"]!["outbound"]!["verdict"]);
        Assert.Single(tools, tool => tool.Says.StartsWith("GET /operator/v1/calls/{id}/trace ", StringComparison.Ordinal));
        Assert.Contains(await OperatorToolsAsync(node, CallerRole.Member), tool => !tool.IsReading);
    }

    [Fact]
    public async Task Families_choose_and_a_key_that_nobody_has_is_refused()
    {
        await using var node = await RunningNode.StartAsync();
        var some = await OperationTools.ReadAsync(node.Api, "/v2", "", _ => CallerRole.Owner, ["Call Commands"], Stop);
        Assert.NotEmpty(some);
        Assert.All(some, tool => Assert.Contains(" (Call Commands).", tool.Says, StringComparison.Ordinal));
        string data = node.Node.Settings.Data;
        CommandRun.Refuses("knows no such key", await CommandRun.RunAsync("mcp", "--data", data, "--key", "KEYnobody"));
        CommandRun.Refuses("'Nothing'", await CommandRun.RunAsync("mcp", "--data", data, "--family", "Nothing"));
    }

    private static async Task<IReadOnlyList<Tool>> ToolsOfAsync(RunningNode node, string role)
    {
        string key = (string)(await Keys.CreateAsync(node.Socket, null, role, null, Stop))["telnyx_key"]!;
        // Not disposed: tools are asked later, and the test's end takes it along.
        var http = new HttpClient { BaseAddress = node.Api.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await OperationTools.ReadAsync(http, "/v2", "", said => Enum.Parse<CallerRole>(said!, ignoreCase: true), [], Stop);
    }

    private static Task<IReadOnlyList<Tool>> OperatorToolsAsync(RunningNode node, CallerRole role)
    {
        var handler = UnixSocketHttp.Handler(() => AdminSocket.PathFor(node.Node.Settings.Data));
        var http = new HttpClient(handler) { BaseAddress = new("http://node/") };
        return OperationTools.ReadAsync(http, "/operator/v1", "operator_", _ => role, [], Stop);
    }

    [GeneratedRegex(@"""\$ref"":(""[^""]*"")")]
    private static partial Regex Reference();
}
