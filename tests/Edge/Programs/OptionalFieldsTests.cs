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

    /// <summary>Of Gemini, for what servers of MCP and tools of .NET, Python and JavaScript write of what may be left out.</summary>
    [Theory]
    [InlineData("""
        {"properties": {"query_model": {"$ref": "#/$defs/Query", "description": "what"}}, "required": ["query_model"], "type": "object",
         "$defs": {"Query": {"type": "object", "title": "Query", "properties": {"limit": {"type": "integer", "default": 20},
          "next": {"anyOf": [{"$ref": "#/$defs/Query"}, {"type": "null"}], "default": null}}}}}
        """, """
        {"properties": {"query_model": {"description": "what", "type": "object", "properties": {"limit": {"type": "integer"},
         "next": {"nullable": true, "type": "object"}}}}, "required": ["query_model"], "type": "object"}
        """, "Unknown name \\\"$defs\\\" at 'tools[0].function_declarations[0].parameters': Cannot find field.")]
    [InlineData("""
        {"type": "object", "properties": {
         "skip": {"type": ["number", "null"]}, "place": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
         "size": {"allOf": [{"$ref": "#/definitions/Size"}]}, "away": {"$ref": "https://example.org/a"}},
         "definitions": {"Size": {"enum": ["S", "L", null], "type": ["string", "null"]}}}
        """, """
        {"type": "object", "properties": {"skip": {"type": "number", "nullable": true},
         "place": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "size": {"enum": ["S", "L"], "type": "string", "nullable": true},
         "away": {"type": "object"}}}
        """, "Unknown name \\\"type\\\" at 'tools[0].function_declarations[3].parameters.properties[3].value': Proto field is not…")]
    [InlineData("""{"type": "object", "properties": {"level": {"type": "integer", "enum": [0, 1, 2]}}}""",
        """{"type": "object", "properties": {"level": {"type": "integer"}}}""",
        "Invalid value at 'request.tools[0].function_declarations[17].parameters.properties[5].value.enum[0]' (TYPE_STRING), 0")]
    [InlineData("""
        {"type": "object", "properties": {"order": {"allOf": [{"$ref": "#/$defs/Order"},
         {"properties": {"kind": {"const": "pizza"}, "id": {"type": "integer"}}, "required": ["id", "kind"]}]}},
         "$defs": {"Order": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}}}
        """, """
        {"type": "object", "properties": {"order": {"type": "object", "properties": {"id": {"type": "string"},
         "kind": {"type": "string", "enum": ["pizza"]}}, "required": ["id", "kind"]}}}
        """, "Unknown name \\\"allOf\\\" at 'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field.")]
    // Parts that join others themselves, and conditions, of which it knows nothing.
    [InlineData("""
        {"type": "object", "allOf": [{"allOf": [{"properties": {"a": {"type": "string"}}}, {"required": ["a"]}]},
         {"allOf": [{"properties": {"b": {"type": "string"}}}, {"required": ["b"]}]},
         {"if": {"required": ["b"]}, "then": {"required": ["c"]}}, {"not": {"required": ["d"]}}]}
        """, """
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a", "b"]}
        """, "Unknown name \\\"allOf\\\" at 'tools[0].function_declarations[0].parameters': Cannot find field.")]
    public void A_server_with_types_of_its_own_is_told_of_tools_in_those(string schema, string plain, string refusal)
    {
        byte[] asked = Encoding.UTF8.GetBytes($$$"""
            {"model": "m", "tools": [{"type": "function", "function": {"name": "a", "parameters": {{{schema}}} }}], "messages": []}
            """);
        byte[] refused = Encoding.UTF8.GetBytes($$$"""[{"error": {"code": 400, "message": "{{{refusal}}}"}}]""");
        string? field = OptionalFields.RefusedBy(new(400, null, refused), asked);
        Assert.NotNull(field);
        var mended = OptionalFields.Without(field, asked);
        var function = JsonNode.Parse(mended.Span)!["tools"]![0]!["function"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(plain), function["parameters"]), function.ToJsonString());
        // Nothing is left to be done, so that it is not asked for ever.
        Assert.Null(OptionalFields.RefusedBy(new(400, null, refused), mended));
    }

    [Fact]
    public void A_schema_that_refers_to_itself_everywhere_stays_small()
    {
        string many = string.Join(", ", Enumerable.Range(0, 40).Select(i => $$$$"""
            "a{{{{i}}}}": {"type": "object", "properties":
             {"x": {"$ref": "#/$defs/a{{{{(i + 1) % 40}}}}"}, "y": {"$ref": "#/$defs/a{{{{(i + 7) % 40}}}}"}}}
            """));
        byte[] asked = Encoding.UTF8.GetBytes($$$$"""
            {"tools": [{"function": {"parameters": {"properties": {"a": {"$ref": "#/$defs/a0"}}, "$defs": {{{{{many}}}}} }}}]}
            """);
        string? field = OptionalFields.RefusedBy(new(400, null, "Unknown name \"$defs\" at 'tools[0]'"u8.ToArray()), asked);
        Assert.NotNull(field);
        string plain = Encoding.UTF8.GetString(OptionalFields.Without(field, asked).Span);
        Assert.InRange(plain.Length, 100, 20_000);
        Assert.DoesNotContain("$ref", plain, StringComparison.Ordinal);
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
