using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;

namespace Ringwright.Pure.Conversations;

/// <summary>One question to a model: how it is asked for JSON, and what is read of what it says.</summary>
public sealed class ModelQuestionTests
{
    private static readonly JsonObject Schema = JsonNode.Parse("""{"type":"object","properties":{"topic":{"type":"string"}}}""")!.AsObject();

    private static JsonNode Ask(JsonObject? schema, AnswerForm form, (string, string)? repairs = null) =>
        JsonNode.Parse(ModelQuestion.Write("m", "Find the topic.", "[]", schema, form, repairs).Span)!;

    private static (string? Words, string? Fault, bool IsCut) Read(string body) => ModelQuestion.Read(Encoding.UTF8.GetBytes(body));

    private static string Whole(string content, string finish = "stop") => new JsonObject
    {
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content }, ["finish_reason"] = finish,
        }),
    }.ToJsonString();

    [Fact]
    public void A_schema_is_in_the_words_and_in_the_form_that_the_server_takes()
    {
        var strict = Ask(Schema, AnswerForm.Schema);
        Assert.Equal(("json_schema", true, false), ((string?)strict["response_format"]!["type"],
            (bool)strict["response_format"]!["json_schema"]!["strict"]!, (bool)strict["stream"]!));
        Assert.True(JsonNode.DeepEquals(Schema, strict["response_format"]!["json_schema"]!["schema"]));
        Assert.Equal("""{"type":"json_object"}""", Ask(Schema, AnswerForm.Object)["response_format"]!.ToJsonString());
        Assert.Null(Ask(Schema, AnswerForm.Words)["response_format"]);
        foreach (var form in Enum.GetValues<AnswerForm>())
            Assert.Contains(Schema.ToJsonString(), (string?)Ask(Schema, form)["messages"]![0]!["content"], StringComparison.Ordinal);
        var plain = Ask(null, AnswerForm.Schema);
        Assert.Null(plain["response_format"]);
        Assert.Equal("""[{"role":"system","content":"Find the topic."},{"role":"user","content":"[]"}]""",
            plain["messages"]!.ToJsonString());
    }

    [Fact]
    public void A_repair_has_what_was_answered_and_what_is_wrong_with_it()
    {
        var messages = Ask(Schema, AnswerForm.Schema, ("It is pizza.", "the arguments are no JSON object"))["messages"]!.AsArray();
        Assert.Equal(["system", "user", "assistant", "user"], messages.Select(message => (string?)message!["role"]));
        Assert.Equal("It is pizza.", (string?)messages[2]!["content"]);
        Assert.Contains("no JSON object", (string?)messages[3]!["content"], StringComparison.Ordinal);
    }

    [Fact]
    public void Words_come_whole_or_as_a_stream_without_thoughts_and_what_is_none_is_said()
    {
        Assert.Equal("It is pizza.", Read(Whole(" It is pizza.\n")).Words);
        Assert.Equal("pizza", Read(Whole("<think>hm</think>pizza")).Words);
        // Its prompt began the thoughts.
        Assert.Equal("pizza", Read(Whole("He is hungry.\n</think>\n\npizza")).Words);
        Assert.Null(Read(Whole("He is hungry.</think>")).Words);
        // The mark of the order of bytes stands before it.
        Assert.Equal("pizza", Read($"\uFEFF{Whole("pizza")}").Words);
        const string chunk = """{"choices":[{"index":0,"delta":{"content":"pizza"},"finish_reason":"stop"}]}""";
        Assert.Equal("pizza", Read($"data: {chunk}\n\ndata: [DONE]\n\n").Words);
        foreach (string none in new[]
            { "", "<html>", "[]", """{"error":{"message":"no"}}""", Whole(""), Whole("half of", "length"), Whole("", "content_filter") })
        {
            var (words, fault, isCut) = Read(none);
            Assert.Null(words);
            Assert.False(string.IsNullOrEmpty(fault), none);
            Assert.Equal(none.Contains("length", StringComparison.Ordinal), isCut);
        }
    }

    [Theory, InlineData("""{"usage":{"prompt_tokens":194,"total_tokens":196,"cost":0.00014}}""", 140L),
        InlineData("""{"usage":{"cost":1.4e-05}}""", 14L), InlineData("""{"usage":{"cost":0.0000003}}""", 1L),
        InlineData("""{"usage":{"cost":0}}""", 0L), InlineData("""{"usage":{"cost":2}}""", 2_000_000L),
        InlineData("""{"usage":{"prompt_tokens":194}}""", null), InlineData("""{"usage":{"cost":-1}}""", null),
        InlineData("""{"usage":{"cost":1e300}}""", null), InlineData("""{"usage":{"cost":"0.1"}}""", null),
        InlineData("""{"usage":{"cost":null}}""", null), InlineData("""{"usage":null}""", null), InlineData("""{"usage":[]}""", null),
        InlineData("[]", null), InlineData("", null), InlineData("data: {\"usage\":{\"cost\":1}}\n\n", null)]
    public void What_an_answer_has_cost_is_read_where_its_server_says_so(string body, long? micros) =>
        Assert.Equal(micros, ModelQuestion.CostOf(Encoding.UTF8.GetBytes(body)));

    [Theory, InlineData("""{"a":1}""", """{"a":1}"""), InlineData("Here:\n```json\n{\"a\":{\"b\":2}}\n```", """{"a":{"b":2}}"""),
        InlineData("It is {so}.", "It is {so}."), InlineData("No.", "No.")]
    public void An_object_is_found_in_what_stands_around_it(string answer, string found) =>
        Assert.Equal(found, ModelQuestion.ObjectIn(answer));
}
