using System.Text.Json.Nodes;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Edge.Telnyx;

/// <summary>A command that has an assistant gather something, in the words of agents; and what of it cannot be.</summary>
public sealed class GatherOrderTests
{
    private const string Age = """ "parameters": {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]} """;

    /// <summary>None of what is read here is a URL.</summary>
    private static VoiceBody Body(string json) => new(JsonNode.Parse($"{{{json}}}")!.AsObject(), null!);

    [Fact]
    public void It_says_what_is_gathered_for_how_long_and_what_was_said_before()
    {
        var body = Body(Age + """
            , "user_response_timeout_ms": 2500, "gather_ended_speech": "Thank you.",
            "message_history": [{"role": "user", "content": "I am Ada."}, {"role": "assistant", "content": ""}]
            """);
        Assert.Equal("""
            {"gather":{"parameters":{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]},"silence_secs":2.5,
            "last_words":"Thank you."},"history":[{"role":"user","content":"I am Ada."}]}
            """.ReplaceLineEndings(""), GatherOrder.Write(body).ToJsonString());
        Assert.Empty(body.Problems);
        Assert.Equal((false, false), (GatherOrder.TermsOf(body).TellsResults, GatherOrder.TermsOf(body).TellsMessages));
        Assert.Equal("""{"gather":{"parameters":{"properties":{"a":{}}},"silence_secs":10}}""",
            GatherOrder.Write(Body(""" "parameters": {"properties": {"a": {}}} """)).ToJsonString());
    }

    [Fact]
    public void An_assistant_is_described_by_the_command_and_need_not_be()
    {
        var plain = GatherOrder.Choose(Body(Age), Guid.Empty);
        Assert.Equal(("", null, null), (plain.Fields["greeting"]!.GetValue<string>(), plain.Assistant, plain.Fields["model"]));
        Assert.NotEqual("", (string?)plain.Fields["instructions"]);
        var said = GatherOrder.Choose(Body(Age + """
            , "assistant": {"instructions": "Be brief.", "model": "m", "tools": [{"type": "hangup"}]}, "greeting": "Hello", "language": "iw"
            """), Guid.Empty).Fields;
        Assert.Equal(("Be brief.", "m", "Hello", "he", "hangup"), ((string?)said["instructions"], (string?)said["model"],
            (string?)said["greeting"], (string?)said["transcription"]!["language"], (string?)said["tools"]![0]!["type"]));
    }

    [Theory]
    [InlineData(""" "parameters": {} """, "/parameters")]
    [InlineData(""" "parameters": {"type": "array", "properties": {"a": {}}} """, "/parameters")]
    [InlineData(""" "parameters": {"properties": {"a": true}} """, "/parameters")]
    [InlineData(""" "parameters": {"properties": {"a": {}}, "required": ["b"]} """, "/parameters/required")]
    [InlineData(Age + """, "user_response_timeout_ms": 499 """, "/user_response_timeout_ms")]
    public void What_cannot_be_gathered_is_refused_at_its_place(string json, string pointer)
    {
        var body = Body(json);
        GatherOrder.Write(body);
        Assert.Equal(pointer, Assert.Single(body.Problems).Pointer);
    }

    [Fact]
    public void What_was_said_before_is_said_where_nothing_is_gathered_too()
    {
        var body = Body("""
             "message_history": [{"role": "developer", "content": "She is Ada."}, {"role": "user", "content": "Hello."}]
            """);
        Assert.Equal("""{"history":[{"role":"developer","content":"She is Ada."},{"role":"user","content":"Hello."}]}""",
            GatherOrder.WriteHistory(body).ToJsonString());
        Assert.Empty(body.Problems);
        Assert.Empty(GatherOrder.WriteHistory(Body("")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[3]")]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "Hello."}]}]""")]
    [InlineData("""[{"role": "tool", "content": "ten euros", "tool_call_id": "a"}]""")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f"}}]}]""")]
    public void What_cannot_have_been_said_before_is_refused(string history)
    {
        var body = Body($""" "message_history": {history} """);
        GatherOrder.WriteHistory(body);
        Assert.Equal("/message_history", Assert.Single(body.Problems).Pointer);
    }

    [Fact]
    public void Each_text_has_its_limit()
    {
        string most = new('x', 3_000), one = most + "x";
        foreach (var (text, problems) in new[] { (most, 0), (one, 2) })
        {
            var body = Body($""" {Age}, "greeting": "{text}", "gather_ended_speech": "{text}" """);
            GatherOrder.Choose(body, Guid.Empty);
            GatherOrder.Write(body);
            Assert.Equal(problems, body.Problems.Count);
        }
        const string schema = """ "parameters": {"properties": {"a": {"description": "?"}}} """;
        var large = Body(schema.Replace("?", new('x', 16_000), StringComparison.Ordinal));
        GatherOrder.Write(large);
        Assert.Equal("/parameters", Assert.Single(large.Problems).Pointer);
    }
}
