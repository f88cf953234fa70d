using System.Text.Json.Nodes;
using Ringwright.Server;
using Ringwright.Server.Mcp;

namespace Ringwright.Edge.Server;

/// <summary>The protocol's messages, line by line.</summary>
public sealed class McpServerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Tool Tool(string name, Func<JsonObject, CancellationToken, Task<ToolAnswer>>? call = null) => new()
    {
        Name = name,
        Says = $"It is {name}.",
        Arguments = new() { ["type"] = "object" },
        IsReading = true,
        Call = call ?? ((given, _) => Task.FromResult(new ToolAnswer(given.ToJsonString(), IsFault: given.ContainsKey("wrong")))),
    };

    /// <returns>What was answered, in any order.</returns>
    private static async Task<IReadOnlyList<JsonObject>> AskAsync(IReadOnlyList<Tool> tools, params string[] lines)
    {
        var output = new StringWriter();
        await new McpServer(tools, "Be brief.").RunAsync(new StringReader(string.Join('\n', lines)), output, Stop);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    [Theory]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("1999-01-01", "2025-06-18")]
    public async Task A_client_is_told_the_version_that_both_speak(string asked, string told)
    {
        var answers = await AskAsync([Tool("a")],
            $$$"""{"jsonrpc":"2.0","id":"one","method":"initialize","params":{"capabilities":{},"protocolVersion":"{{{asked}}}"}}""",
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""", "",
            """{"jsonrpc":"2.0","id":2,"method":"ping"}""");
        Assert.Equal(2, answers.Count);
        var begun = Assert.Single(answers, answer => answer["id"]!.ToJsonString() == "\"one\"")["result"]!;
        Assert.Equal((told, ProgramVersion.Text), ((string?)begun["protocolVersion"], (string?)begun["serverInfo"]!["version"]));
        Assert.NotNull(begun["capabilities"]!["tools"]);
        Assert.Equal("{}", Assert.Single(answers, answer => answer["id"]!.ToJsonString() == "2")["result"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","method":"ping"}""", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"resources/list"}""", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"b"}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":[]}}""", -32602)]
    public async Task What_is_wrong_with_a_message_is_said_by_its_code_and_the_next_one_is_answered(string line, int code)
    {
        var answers = await AskAsync([Tool("a")], line, """{"jsonrpc":"2.0","id":"next","method":"ping"}""");
        Assert.Equal(2, answers.Count);
        Assert.Equal(code, (int)Assert.Single(answers, answer => answer["error"] is not null)["error"]!["code"]!);
    }

    [Fact]
    public async Task Tools_are_listed_page_by_page_and_called_by_name()
    {
        var tools = Enumerable.Range(0, McpServer.PageSize + 1).Select(number => Tool($"t{number}")).ToList();
        var answers = await AskAsync(tools,
            """{"jsonrpc":"2.0","id":0,"method":"tools/list"}""",
            $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"{{{McpServer.PageSize}}}"}}""",
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"t7","arguments":{"x":1}}}""",
            """{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"t7","arguments":{"wrong":true}}}""");
        var results = answers.OrderBy(answer => (int)answer["id"]!).Select(answer => answer["result"]!).ToList();
        Assert.Equal((McpServer.PageSize, $"{McpServer.PageSize}"),
            (results[0]["tools"]!.AsArray().Count, (string?)results[0]["nextCursor"]));
        Assert.Equal($"t{McpServer.PageSize}", (string?)Assert.Single(results[1]["tools"]!.AsArray())!["name"]);
        Assert.Null(results[1]["nextCursor"]);
        Assert.True((bool)results[0]["tools"]![0]!["annotations"]!["readOnlyHint"]!);
        Assert.Equal(("""{"x":1}""", false), ((string?)results[2]["content"]![0]!["text"], (bool)results[2]["isError"]!));
        Assert.True((bool)results[3]["isError"]!);
    }

    [Fact]
    public async Task A_request_that_is_withdrawn_ends_without_an_answer_and_holds_nobody_up()
    {
        bool isWithdrawn = false;
        var slow = Tool("slow", async (_, stop) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            finally
            {
                isWithdrawn = true;
            }
            return new("never", IsFault: false);
        });
        var answers = await AskAsync([slow], """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow"}}""",
            """{"jsonrpc":"2.0","id":2,"method":"ping"}""",
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""");
        Assert.Equal("2", Assert.Single(answers)["id"]!.ToJsonString());
        Assert.True(isWithdrawn);
    }

    [Fact]
    public async Task What_waits_for_its_turn_is_withdrawn_as_well()
    {
        var slow = Tool("slow", async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return new("never", IsFault: false);
        });
        // More than are asked at the same time.
        int[] ids = [.. Enumerable.Range(1, 40)];
        Assert.Empty(await AskAsync([slow],
        [
            .. ids.Select(id => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"slow"}}"""),
            .. ids.Select(id => $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId": {{{id}}} }}"""),
        ]));
    }
}
