using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>How a model's server is asked that has refused to be asked otherwise.</summary>
public sealed class OptionalFieldsTests
{
    private static readonly JsonObject Asked = (JsonObject)JsonNode.Parse("""
        {"model": "m", "temperature": 0.5, "extra_metadata": {"a": "b"}, "tools": [{"type": "function"}],
         "messages": [{"role": "user", "content": "Hi.", "name": "Ann"}]}
        """)!;

    [Theory]
    [InlineData("""
        {"error": {"message": "Function tools with reasoning_effort are not supported for gpt-5.6-luna in /v1/chat/completions. To use
         function tools, use /v1/responses or set reasoning_effort to 'none'.", "type": "invalid_request_error"}}
        """, "reasoning_effort", "\"none\"")]
    [InlineData("""
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "extra_metadata"], "msg": "Extra inputs are not permitted"}]}
        """, "extra_metadata", null)]
    [InlineData("""{"error": {"message": "Unsupported value: 'temperature' does not support 0.5 with this model."}}""", "temperature", null)]
    public void A_server_gets_no_more_than_it_takes(string refusal, string member, string? value)
    {
        byte[] asked = Encoding.UTF8.GetBytes(Asked.ToJsonString());
        string? field = OptionalFields.RefusedBy(new(400, null, Encoding.UTF8.GetBytes(refusal)), asked);
        Assert.NotNull(field);
        var mended = (JsonObject)JsonNode.Parse(OptionalFields.Without(field, asked).Span)!;
        Assert.Equal(value, mended[member]?.ToJsonString());
        var before = (JsonObject)Asked.DeepClone();
        before.Remove(member);
        mended.Remove(member);
        Assert.True(JsonNode.DeepEquals(before, mended));
    }

    [Theory]
    [InlineData("A conversation must start with a user message. Try again with a conversation that starts with a user message.")]
    [InlineData("messages: first message must use the \"user\" role"), InlineData("First message in chat history should not be Assistant.")]
    public void A_model_that_wants_the_user_first_is_told_of_the_greeting_behind_him(string refusal)
    {
        byte[] asked = """
            {"messages": [{"role": "system", "content": "Sell."}, {"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Hi."}]}
            """u8.ToArray();
        string? field = OptionalFields.RefusedBy(new(400, null, Encoding.UTF8.GetBytes(refusal)), asked);
        Assert.NotNull(field);
        var messages = JsonNode.Parse(OptionalFields.Without(field, asked).Span)!["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "user"], messages.Select(message => (string?)message!["role"]));
    }

    [Fact]
    public void A_model_that_takes_no_words_behind_a_tools_result_has_an_answer_between_them()
    {
        byte[] asked = """
            {"messages": [{"role": "user", "content": "How much?"},
             {"role": "assistant", "content": "", "tool_calls": [{"id": "c", "function": {"name": "a", "arguments": "{}"}}]},
             {"role": "tool", "tool_call_id": "c", "content": "ten"}, {"role": "user", "content": "Wait."}]}
            """u8.ToArray();
        const string refusal = "messages.7.content: Conversation blocks and tool use blocks cannot be provided in the same turn.";
        string? field = OptionalFields.RefusedBy(new(400, null, Encoding.UTF8.GetBytes(refusal)), asked);
        Assert.NotNull(field);
        var messages = JsonNode.Parse(OptionalFields.Without(field, asked).Span)!["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "tool", "assistant", "user"], messages.Select(message => (string?)message!["role"]));
    }

    [Theory, InlineData("Your organization must be verified to stream this model."), InlineData("Cannot use tools with stream")]
    [InlineData("Tool and function calls do not currently support streaming")]
    public void A_server_that_streams_nothing_is_asked_for_an_answer_in_one_piece(string refusal)
    {
        byte[] asked = """{"stream": true, "stream_options": {"include_usage": true}, "tools": []}"""u8.ToArray();
        var refused = new WebAnswer(400, null, Encoding.UTF8.GetBytes(refusal));
        string? field = OptionalFields.RefusedBy(refused, asked);
        Assert.NotNull(field);
        var whole = OptionalFields.Without(field, asked);
        Assert.Equal("""{"stream":false,"tools":[]}""", Encoding.UTF8.GetString(whole.Span));
        Assert.Null(OptionalFields.RefusedBy(refused, whole));
    }

    [Fact]
    public void What_was_left_out_already_is_refused_for_good()
    {
        var plain = (JsonObject)Asked.DeepClone();
        plain["reasoning_effort"] = "none";
        byte[] asked = Encoding.UTF8.GetBytes(plain.ToJsonString());
        Assert.Null(OptionalFields.RefusedBy(new(400, null, "set reasoning_effort to 'none'"u8.ToArray()), asked));
    }
}
