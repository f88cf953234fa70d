using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>A model is asked about a text: again where it was cut short or does not fit, and not where it knows nobody.</summary>
public sealed class ModelAskTests
{
    private static readonly JsonObject Schema = JsonNode.Parse("""
        {"type":"object","properties":{"topic":{"type":["string","null"]}},"required":["topic"],"additionalProperties":false}
        """)!.AsObject();

    private static async Task<(ModelAnswer Said, Web Web)> AskAsync(int? most, params WebAnswer[] answers)
    {
        var web = new Web(answers);
        var said = await new ModelAsk(web, "http://127.0.0.1/v1", keyFile: null) { MostTokens = most }.AskAsync("m", "Find the topic.",
            new Dictionary<string, string>(), Schema, "[]", TestContext.Current.CancellationToken);
        return (said, web);
    }

    private static WebAnswer Says(string content, string finish = "stop", double? cost = null) =>
        new(200, null, Encoding.UTF8.GetBytes(new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content }, ["finish_reason"] = finish,
            }),
            ["usage"] = new JsonObject { ["total_tokens"] = 7, ["cost"] = cost },
        }.ToJsonString()));

    private static WebAnswer Refuses(int status) => new(status, null, ReadOnlyMemory<byte>.Empty);

    [Fact]
    public async Task An_answer_that_was_cut_short_is_asked_for_once_more_with_twice_as_many_tokens()
    {
        // Case T09.
        var (said, web) = await AskAsync(1_200, Says("""{"topic":"pi""", "length"), Says("""{"topic":"pizza"}"""));
        Assert.Equal("""{"topic":"pizza"}""", said.Answer);
        Assert.Equal([1_200, 2_400], web.Asked.Select(asked => (int?)asked["max_tokens"]));

        (said, web) = await AskAsync(1_200, Says("""{"topic":"pi""", "length"), Says("""{"topic":"pi""", "length"));
        Assert.Equal((null, "its answer is too long", false), (said.Answer, said.Fault, said.IsRefused));
        Assert.Equal(2, web.Asked.Count);

        (said, web) = await AskAsync(most: null, Says("""{"topic":"pi""", "length"));
        Assert.Null(said.Answer);
        Assert.Null(Assert.Single(web.Asked)["max_tokens"]);
    }

    [Theory, InlineData(401, true), InlineData(402, true), InlineData(403, true), InlineData(429, false), InlineData(500, false)]
    public async Task A_server_that_does_not_know_the_key_is_not_asked_again(int status, bool isRefused)
    {
        // Case T14.
        var (said, web) = await AskAsync(1_200, Refuses(status));
        Assert.Equal((null, $"its server answered {status}", isRefused), (said.Answer, said.Fault, said.IsRefused));
        Assert.Single(web.Asked);
    }

    [Fact]
    public async Task What_may_be_nothing_fits_as_nothing_and_is_asked_for_once_more_where_it_is_something_else()
    {
        var (said, _) = await AskAsync(null, Says("""{"topic":null}"""));
        Assert.Equal("""{"topic":null}""", said.Answer);
        (said, var web) = await AskAsync(null, Says("""{"topic":3}"""), Says("""{"topic":"three"}"""));
        Assert.Equal("""{"topic":"three"}""", said.Answer);
        Assert.Contains("one of the types", (string?)web.Asked[1]["messages"]!.AsArray()[^1]!["content"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_all_tries_have_cost_is_told_with_the_last_one()
    {
        var (said, _) = await AskAsync(1_200, Says("""{"topic":"pi""", "length", 0.002), Says("""{"topic":3}""", cost: 0.001),
            Says("""{"topic":"pizza"}"""));
        Assert.Equal("""{"topic":"pizza"}""", said.Answer);
        Assert.Equal((long?)3_000, said.CostMicros);
        (said, _) = await AskAsync(1_200, Says("""{"topic":3}""", cost: 0.001), Says("""{"topic":3}""", cost: 0.001));
        Assert.Equal((null, "its answer does not fit the schema", 2_000L), (said.Answer, said.Fault, said.CostMicros));
        (said, _) = await AskAsync(1_200, Says("""{"topic":"pizza"}"""));
        Assert.Null(said.CostMicros);
    }

    private sealed class Web(IReadOnlyList<WebAnswer> answers) : IAgentWeb
    {
        public List<JsonNode> Asked { get; } = [];

        public ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
        {
            Asked.Add(JsonNode.Parse(ask.Body.Span)!);
            return new(answers[Asked.Count - 1]);
        }
    }
}
