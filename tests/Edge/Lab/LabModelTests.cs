using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Lab.Models;

namespace Ringwright.Edge.Lab;

/// <summary>What stands in for a model answers by what it was asked, and says that it is none.</summary>
public sealed class LabModelTests
{
    private const string Rules = """
        # a shop
        WHEN price CALL price {"size": "large"}
        WHEN "good morning" SAY Good day, you said {{said}}
        WHEN bad DO 503 ONCE
        WHEN bad SAY Better.
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_follow_from_what_was_asked()
    {
        await using var model = await StartAsync(Rules);
        Assert.Equal("Good day, you said Good morning!", await SaidAsync(model, "Good morning!"));
        Assert.Matches("^heard 1 [0-9a-f]{8}$", await SaidAsync(model, "something else"));
        Assert.NotEqual(await SaidAsync(model, "one"), await SaidAsync(model, "other"));
        Assert.Equal("No tool price is offered.", await SaidAsync(model, "the price"));
    }

    [Fact]
    public async Task A_stream_has_the_words_one_by_one_and_ends_with_what_it_took()
    {
        await using var model = await StartAsync(Rules);
        string stream = await (await PostAsync(model, Body("good morning", stream: true))).Content.ReadAsStringAsync(Stop);
        var events = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one => one["data: ".Length..]).ToList();
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(one => JsonNode.Parse(one)!).ToList();
        Assert.All(chunks, chunk => Assert.Matches("^ringwright-lab-rules-[0-9a-f]{8}$", (string?)chunk["system_fingerprint"]));
        Assert.Equal("Good day, you said good morning",
            string.Concat(chunks.SkipLast(1).Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.Equal(6, (int)chunks[^1]["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task A_tool_is_called_in_pieces_where_it_is_offered()
    {
        await using var model = await StartAsync(Rules);
        var body = Body("the price", stream: true);
        body["tools"] = JsonNode.Parse("""[{"type": "function", "function": {"name": "price"}}]""");
        string stream = await (await PostAsync(model, body)).Content.ReadAsStringAsync(Stop);
        var calls = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(one => one.Contains("tool_calls\":[", StringComparison.Ordinal))
            .Select(one => JsonNode.Parse(one["data: ".Length..])!["choices"]![0]!["delta"]!["tool_calls"]![0]!["function"]!).ToList();
        Assert.True(calls.Count > 2);
        Assert.Equal("price", (string?)calls[0]["name"]);
        Assert.Equal("{\"size\": \"large\"}", string.Concat(calls.Select(call => (string?)call["arguments"])));
    }

    [Fact]
    public async Task What_fails_once_works_the_second_time()
    {
        await using var model = await StartAsync(Rules);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync(model, Body("bad", stream: false))).StatusCode);
        Assert.Equal("Better.", await SaidAsync(model, "bad"));
    }

    [Fact]
    public async Task Without_the_key_or_a_message_there_is_no_answer()
    {
        await using var model = await StartAsync(Rules, "sk-1");
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(model, Body("one", stream: false))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(model, new(), "sk-1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(model, Body("one", stream: false), "sk-1")).StatusCode);
    }

    [Theory]
    [InlineData("PACE fast", "line 1: PACE needs milliseconds, 0 to 60000")]
    [InlineData("\nSAY hello", "line 2: must begin with WHEN, ELSE SAY or PACE")]
    [InlineData("WHEN hello", "line 1: must be WHEN word SAY, CALL or DO, and what")]
    [InlineData("WHEN hello DO harm",
        "line 1: DO knows stall, half, twice, empty, nonsense and a status from 400 to 599, and ONCE behind it")]
    public void What_is_wrong_with_rules_is_said_with_its_line(string rules, string fault) =>
        Assert.Equal(fault, ModelRules.Read(rules).Fault);

    private static async Task<LabModel> StartAsync(string rules, string? key = null)
    {
        var (read, fault) = ModelRules.Read(rules);
        Assert.Null(fault);
        return await LabModel.StartAsync(read!, new(IPAddress.Loopback, 0), key, _ => { }, Stop);
    }

    private static JsonObject Body(string said, bool stream) => new()
    {
        ["model"] = "rules", ["stream"] = stream,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = said }),
    };

    private static async Task<string?> SaidAsync(LabModel model, string said)
    {
        using var response = await PostAsync(model, Body(said, stream: false));
        var read = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
        return (string?)read["choices"]![0]!["message"]!["content"];
    }

    private static async Task<HttpResponseMessage> PostAsync(LabModel model, JsonObject body, string? key = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{model.BaseUrl}/chat/completions")
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await http.SendAsync(request, Stop);
    }
}
