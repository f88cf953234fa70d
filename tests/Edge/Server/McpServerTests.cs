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
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("1999-01-01", "2025-11-25")]
    [InlineData("2026-07-28", "2025-11-25")]
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
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover"}""", -32601)]
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

    /// <summary>Revision 2026-07-28 has no beginning: each request says what it is.</summary>
    [Fact]
    public async Task A_client_that_begins_with_nothing_is_told_what_is_here_and_each_answer_is_whole()
    {
        var answers = (await AskAsync([Tool("a")], Modern(0, "server/discover"), Modern(1, "tools/list"),
            Modern(2, "tools/call", ""","name":"a","arguments":{}"""), Modern(3, "resources/list"),
            Modern(4, "tools/list", version: "2031-01-01"),
            Modern(5, "tools/list").Replace("clientCapabilities", "clientInfo", StringComparison.Ordinal)))
            .OrderBy(answer => (int)answer["id"]!).ToList();
        var discovered = answers[0]["result"]!;
        Assert.Equal(("2026-07-28", "complete"), ((string?)discovered["supportedVersions"]![0], (string?)discovered["resultType"]));
        Assert.Equal(("ringwright", "Be brief."), ((string?)discovered["serverInfo"]!["name"], (string?)discovered["instructions"]));
        Assert.NotNull(discovered["capabilities"]!["tools"]);
        foreach (var kept in answers.Take(2).Select(answer => answer["result"]!))
            Assert.Equal(("private", true), ((string?)kept["cacheScope"], (int)kept["ttlMs"]! > 0));
        foreach (var result in answers.Take(3).Select(answer => answer["result"]!))
            Assert.Equal(("complete", ProgramVersion.Text), ((string?)result["resultType"],
                (string?)result["_meta"]!["io.modelcontextprotocol/serverInfo"]!["version"]));
        Assert.Equal([-32601, -32022, -32602], answers.Skip(3).Select(answer => (int)answer["error"]!["code"]!));
        var refused = answers[4]["error"]!["data"]!;
        Assert.Equal("2031-01-01", (string?)refused["requested"]);
        Assert.Contains(refused["supported"]!.AsArray(), one => (string?)one is "2026-07-28");

        static string Modern(int id, string method, string more = "", string version = "2026-07-28")
        {
            const string of = "io.modelcontextprotocol/";
            string meta = $$$"""{"{{{of}}}protocolVersion":"{{{version}}}","{{{of}}}clientCapabilities":{} }""";
            return $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"{{{method}}}","params":{"_meta":{{{meta}}}{{{more}}} }}""";
        }
    }

    /// <summary>As revision 2025-03-26 has it.</summary>
    [Fact]
    public async Task Several_messages_in_one_line_are_answered_in_one_line()
    {
        var output = new StringWriter();
        await new McpServer([Tool("a")], "").RunAsync(new StringReader(
            """[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},7]""" + "\n"
            + """[{"jsonrpc":"2.0","method":"notifications/initialized"}]"""), output, Stop);
        var answers = JsonNode.Parse(Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)))!.AsArray();
        Assert.Equal(2, answers.Count);
        Assert.Equal("{}", answers[0]!["result"]!.ToJsonString());
        Assert.Equal(-32600, (int)answers[1]!["error"]!["code"]!);
    }

    [Fact]
    public async Task Arguments_that_a_client_hands_on_as_a_text_of_JSON_are_read()
    {
        var answers = await AskAsync([Tool("a")],
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":"{\"x\":1}"}}""",
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"a","arguments":"{\"x\":1,\"x\":2}"}}""",
            """{"jsonrpc":"2.0","id":3,"method":"tools/list","params":{"cursor":""}}""");
        var sorted = answers.OrderBy(answer => (int)answer["id"]!).ToList();
        Assert.Equal("""{"x":1}""", (string?)sorted[0]["result"]!["content"]![0]!["text"]);
        Assert.Equal(-32602, (int)sorted[1]["error"]!["code"]!);
        Assert.Single(sorted[2]["result"]!["tools"]!.AsArray());
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
