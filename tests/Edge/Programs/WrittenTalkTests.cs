using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Programs.Agents;
using Ringwright.Testing;

namespace Ringwright.Edge.Programs;

/// <summary>An agent in writing: what its model is told of what was before, and what becomes of a model that fails or never ends.</summary>
public sealed class WrittenTalkTests
{
    private const string Definition = """
        {"instructions": "Sell.", "telephone_note": false, "first_token_secs": 1, "greeting": "Welcome to {{shop}}.",
         "variables": {"shop": "Uno"}, "model": {"base_url": "https://one.example/v1", "name": "big"},
         "tools": [{"kind": "webhook", "name": "price", "description": "Prices", "url": "https://shop.example/"}, {"kind": "hangup"}]}
        """;

    private readonly Web _web = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_call_of_before_has_one_result_and_new_ones_have_new_ids()
    {
        _web.Answers = asked => asked.Count == 1 ? Calls("price") : Says("Ten.");
        var turn = await OpenTalk().AnswerAsync(
        [
            Kept("system", "Be brief."), Kept("tool", "whose?") with { CallId = "gone" },
            Kept("assistant", "") with { Calls = [("c00000700", "price", "{}")] }, Kept("user", "How much?"),
        ], Stop);
        Assert.Null(turn.Fault);
        Assert.Equal("Ten.", turn.Text);
        Assert.Equal(["assistant", "tool", "assistant"], turn.Messages.Select(message => message.Role));
        Assert.Equal(("c00000800", "c00000800", "ten"),
            (Assert.Single(turn.Messages[0].Calls).Id, turn.Messages[1].CallId, turn.Messages[1].Text));
        Assert.True(turn.Messages[0].At < turn.Messages[1].At);
        var told = _web.Asked[0]["messages"]!.AsArray();
        Assert.Equal(["system", "system", "assistant", "tool", "user"], told.Select(message => (string?)message!["role"]));
        Assert.Equal(("c00000700", "Not done: nothing is known of it."),
            ((string?)told[3]!["tool_call_id"], (string?)told[3]!["content"]));
        Assert.Equal("Welcome to Uno.", OpenTalk().Greeting);
    }

    [Fact]
    public async Task A_model_that_only_calls_is_ended_and_one_that_may_hang_up_ends_the_talk()
    {
        _web.Answers = _ => Calls("price");
        var turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal("its model only calls tools and writes nothing", turn.Fault);
        Assert.Equal((7, 5), (_web.Asked.Count, _web.Tools));

        _web.Asked.Clear();
        _web.Answers = asked => asked.Count == 1 ? Calls("hangup") : Says("No call?");
        turn = await OpenTalk().AnswerAsync([Kept("user", "Bye.")], Stop);
        Assert.Equal(("No call?", false), (turn.Text, turn.IsOver));
        Assert.Equal("Not done: it is not available here.", turn.Messages[1].Text);

        _web.Answers = _ => Calls("hangup");
        turn = await OpenTalk(mayHangUp: true).AnswerAsync([Kept("user", "Bye.")], Stop);
        Assert.Equal((null, true, 2), (turn.Fault, turn.IsOver, turn.Messages.Count));

        _web.Asked.Clear();
        _web.Answers = asked => asked.Count == 1 ? Calls("price") : Says("Nobody knows.");
        turn = await OpenTalk(isDry: true).AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal(("Nobody knows.", 5), (turn.Text, _web.Tools));
    }

    [Fact]
    public async Task A_model_that_says_nothing_is_given_up_and_who_stands_in_is_asked_last()
    {
        var time = new FakeTimeProvider();
        _web.Answers = _ => null;
        var (talk, fault) = WrittenTalk.Open(Definition, "", _web, time);
        Assert.Null(fault);
        var answer = talk!.AnswerAsync([Kept("user", "Hello?")], Stop);
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return answer.IsCompleted;
        }, "the end of the turn");
        var turn = await answer;
        Assert.Equal(("nothing came from its server for 1 s", 0, 2), (turn.Fault, turn.Messages.Count, _web.Asked.Count));

        _web.Answers = _ => _web.Urls[^1].StartsWith("https://two", StringComparison.Ordinal) ? Says("Here.") : "";
        (talk, _) = WrittenTalk.Open(Definition.Replace("\"tools\"", """
            "fallback": {"base_url": "https://two.example/v1", "name": "small"}, "tools"
            """, StringComparison.Ordinal), "", _web, TimeProvider.System);
        Assert.Equal("Here.", (await talk!.AnswerAsync([Kept("user", "Hello?")], Stop)).Text);
        Assert.Equal(["one", "one", "two"], _web.Urls.TakeLast(3).Select(url => url[8..11]));
        Assert.NotNull(WrittenTalk.Open("""{"greeting": "Hi"}""", "", _web, time).Fault);
    }

    [Fact]
    public async Task A_model_is_asked_without_what_its_server_does_not_know_and_once_at_that()
    {
        _web.Refuses = asked => asked.ContainsKey("stream_options")
            ? """{"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}"""
            : asked.ContainsKey("max_tokens") ? """{"error": {"message": "Use 'max_completion_tokens'.", "param": "max_tokens"}}""" : null;
        _web.Answers = asked => asked.Count == 3 ? Calls("price") : Says("Ten.");
        string definition = Definition.Replace("\"big\"", "\"big\", \"max_tokens\": 50, \"temperature\": 0.5", StringComparison.Ordinal);
        var turn = await WrittenTalk.Open(definition, "", _web, TimeProvider.System).Talk!.AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 4), (turn.Fault, turn.Text, _web.Asked.Count));
        Assert.All(_web.Asked.Skip(2), asked => Assert.Equal((50, 0.5, false),
            ((int)asked["max_completion_tokens"]!, (double)asked["temperature"]!, asked.ContainsKey("stream_options"))));

        _web.Refuses = static _ => """{"error": "temperature stream_options max_tokens"}""";
        turn = await WrittenTalk.Open(definition, "", _web, TimeProvider.System).Talk!.AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal("its server answered 400", turn.Fault);
    }

    [Fact]
    public async Task The_next_talk_does_not_wait_for_the_same_refusal()
    {
        var time = new FakeTimeProvider();
        var refused = new RefusedFields(time);
        _web.Refuses = asked => asked.ContainsKey("stream_options") ? "stream_options: Extra inputs are not permitted" : null;
        _web.Answers = _ => Says("Ten.");
        async Task<int> AskedAsync(string definition)
        {
            _web.Asked.Clear();
            var talk = WrittenTalk.Open(definition, "", _web, time, refused: refused).Talk!;
            Assert.Equal("Ten.", (await talk.AnswerAsync([Kept("user", "How much?")], Stop)).Text);
            return _web.Asked.Count;
        }
        Assert.Equal(2, await AskedAsync(Definition));
        Assert.Equal(1, await AskedAsync(Definition));
        Assert.Equal(2, await AskedAsync(Definition.Replace("\"big\"", "\"small\"", StringComparison.Ordinal)));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await AskedAsync(Definition));

        for (int i = 0; i < RefusedFields.Most; i++) refused.Add("https://one.example/v1", $"{i}", "stream_options");
        Assert.DoesNotContain("stream_options", refused.Of("https://one.example/v1", "big"));
    }

    [Fact]
    public async Task What_a_refusal_has_in_it_and_was_not_at_fault_the_next_talk_asks_with()
    {
        var refused = new RefusedFields(TimeProvider.System);
        _web.Refuses = asked => """{"detail": [{"loc": ["body", "tools"], "input": """ + asked.ToJsonString() + "}]}";
        var talk = WrittenTalk.Open(Definition, "", _web, TimeProvider.System, refused: refused).Talk!;
        Assert.Equal("its server answered 400", (await talk.AnswerAsync([Kept("user", "How much?")], Stop)).Fault);
        Assert.False(_web.Asked[1].ContainsKey("stream_options"));
        Assert.Empty(refused.Of("https://one.example/v1", "big"));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again_when_it_wants_that_and_not_where_that_is_too_late()
    {
        var time = new FakeTimeProvider();
        _web.Answers = _ => Says("Ten.");
        _web.Busy = asked => asked == 1 ? TimeSpan.FromMilliseconds(500) : null;
        var answer = WrittenTalk.Open(Definition, "", _web, time).Talk!.AnswerAsync([Kept("user", "How much?")], Stop);
        time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Single(_web.Asked);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var turn = await answer;
        Assert.Equal((null, "Ten.", 2), (turn.Fault, turn.Text, _web.Asked.Count));

        _web.Asked.Clear();
        _web.Busy = _ => TimeSpan.FromSeconds(20);
        turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal(("its server answered 429", 2), (turn.Fault, _web.Asked.Count));

        // Who stands in is there at once.
        _web.Asked.Clear();
        _web.Busy = asked => asked <= 2 ? TimeSpan.FromSeconds(1) : null;
        turn = await WrittenTalk.Open(Definition.Replace("\"tools\"", """
            "fallback": {"base_url": "https://two.example/v1", "name": "small"}, "tools"
            """, StringComparison.Ordinal), "", _web, new FakeTimeProvider()).Talk!.AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 3), (turn.Fault, turn.Text, _web.Asked.Count));
    }

    [Fact]
    public async Task A_model_whose_roles_must_alternate_is_told_all_by_turns()
    {
        static IEnumerable<string> RolesOf(JsonObject asked) => asked["messages"]!.AsArray().Select(message => (string)message!["role"]!);
        _web.Refuses = asked => RolesOf(asked).Select((role, i) => role == (i % 2 == 0 ? "user" : "assistant")).All(isTurn => isTurn) ? null
            : """{"object": "error", "message": "Conversation roles must alternate user/assistant/user/assistant/...", "code": 400}""";
        _web.Answers = _ => Says("Ten.");
        var turn = await OpenTalk().AnswerAsync(
            [Kept("assistant", "Welcome."), Kept("user", "Hi."), Kept("system", "He is a guest."), Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 2), (turn.Fault, turn.Text, _web.Asked.Count));
        var told = _web.Asked[1]["messages"]!.AsArray().Select(message => (string?)message!["content"]);
        Assert.Equal(["Sell.\n\n(The call was just answered.)", "Welcome.", "Hi.\nHe is a guest.\nHow much?"], told);
        Assert.Equal(["user", "assistant", "user"], RolesOf(_web.Asked[1]));
    }

    [Fact]
    public async Task A_server_that_knows_a_part_of_JSON_schema_alone_is_told_of_tools_in_that()
    {
        static IEnumerable<JsonObject> FunctionsOf(JsonObject asked) =>
            asked["tools"]!.AsArray().Select(tool => tool!["function"]!.AsObject());
        _web.Refuses = asked => FunctionsOf(asked).Any(function => function["parameters"]?["properties"] is JsonObject { Count: 0 })
            ? """{"error": {"message": "tools[0].function_declarations[1].parameters.properties: should be non-empty for OBJECT type"}}"""
            : asked["tools"]!.ToJsonString().Contains("additionalProperties", StringComparison.Ordinal)
                ? """[{"error": {"message": "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0]'"}}]""" : null;
        _web.Answers = _ => Says("Ten.");
        string definition = Definition.Replace("\"url\"", """
            "parameters": {"type": "object", "additionalProperties": false, "required": ["title"], "properties": {
              "title": {"type": "string", "default": "x"}, "sizes": {"type": "array", "items": {"type": "integer", "title": "Size"}}}},
            "url"
            """, StringComparison.Ordinal);
        var talk = WrittenTalk.Open(definition, "", _web, TimeProvider.System).Talk!;
        var turn = await talk.AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 3), (turn.Fault, turn.Text, _web.Asked.Count));
        var functions = FunctionsOf(_web.Asked[2]).ToDictionary(function => (string)function["name"]!);
        Assert.Null(functions["hangup"]["parameters"]);
        var known = functions["price"]["parameters"]!;
        Assert.Equal(["type", "required", "properties"], known.AsObject().Select(member => member.Key));
        Assert.Equal("""{"title":{"type":"string"},"sizes":{"type":"array","items":{"type":"integer"}}}""",
            known["properties"]!.ToJsonString());
    }

    /// <summary>Of LM Studio, of Ollama, of OpenAI's older schema and of what checks it.</summary>
    [Theory]
    [InlineData("""{"error": "Invalid 'content': 'content' field must be a string or an array of objects."}""")]
    [InlineData("""{"error": {"message": "invalid message content type: \u003cnil\u003e", "type": "invalid_request_error"}}""")]
    [InlineData("""{"error": {"message": "Invalid value for 'content': expected a string, got null.", "param": "messages.[2].content"}}""")]
    [InlineData("""{"detail": [{"loc": ["body", "messages", 2, "content"], "msg": "Input should be a valid string", "input": null}]}""")]
    public async Task A_server_that_wants_a_content_beside_calls_gets_an_empty_one(string refusal)
    {
        _web.Refuses = asked => asked["messages"]!.AsArray().Any(message => message!["content"] is null) ? refusal : null;
        _web.Answers = asked => asked.Count == 1 ? Calls("price") : Says("Ten.");
        var turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 3), (turn.Fault, turn.Text, _web.Asked.Count));
        var told = _web.Asked[2]["messages"]!.AsArray().Single(message => message!["tool_calls"] is not null)!;
        Assert.Equal("", (string?)told["content"]);
    }

    /// <summary>Of Mistral and of Groq.</summary>
    [Theory]
    [InlineData("""
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "messages", 1, "user", "name"], "msg": "Extra inputs are not permitted"}]}
        """)]
    [InlineData("""{"error": {"message": "'messages.1' : for 'role:user' the property 'name' is unsupported, did you mean 'role'?"}}""")]
    public async Task A_server_that_knows_no_names_of_who_writes_gets_none(string refusal)
    {
        _web.Refuses = asked => asked["messages"]!.AsArray().Any(message => message!["name"] is not null) ? refusal : null;
        _web.Answers = _ => Says("Ten.");
        var turn = await OpenTalk().AnswerAsync([Kept("user", "How much?") with { Name = "Ann" }], Stop);
        Assert.Equal((null, "Ten.", 2), (turn.Fault, turn.Text, _web.Asked.Count));
        Assert.Equal("Ann", (string?)_web.Asked[0]["messages"]![1]!["name"]);
        Assert.Equal("price", (string?)_web.Asked[1]["tools"]![0]!["function"]!["name"]);
    }

    /// <summary>As Groq tells it of Llama, and of gpt-oss where the arguments are not as the schema has them.</summary>
    [Theory]
    [InlineData("""<function=price{"size": "large"}</function>"""), InlineData("<function=price>{\"size\": 5}</function>")]
    [InlineData("""{"name": "price", "arguments": {"size": "large"}}""")]
    public async Task A_call_that_a_server_refuses_to_read_is_read(string generated)
    {
        var error = new JsonObject
        {
            ["message"] = "Failed to call a function. See 'failed_generation' for more details.", ["code"] = "tool_use_failed",
            ["failed_generation"] = generated,
        };
        string refusal = new JsonObject { ["error"] = error }.ToJsonString();
        _web.Refuses = _ => _web.Asked.Count == 1 ? refusal : null;
        _web.Answers = _ => Says("Ten.");
        var turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 2, 1), (turn.Fault, turn.Text, _web.Asked.Count, _web.Tools));

        // In the midst of an answer it is an event.
        _web.Asked.Clear();
        _web.Refuses = static _ => null;
        _web.Answers = asked => asked.Count == 1 ? $"event: error\ndata: {refusal}\n\n" : Says("Eleven.");
        turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Eleven.", 2, 2), (turn.Fault, turn.Text, _web.Asked.Count, _web.Tools));
    }

    [Theory]
    [InlineData("""{"error": {"message": "registry.ollama.ai/library/gemma:2b does not support tools"}}""",
        "it takes no tools with this model")]
    [InlineData("""{"message": "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"}""",
        "it takes no tools with this model")]
    [InlineData("""{"error": {"message": "the request exceeds the available context size", "type": "exceed_context_size_error"}}""",
        "it is asked for more than the model takes in: context_tokens says how much that is")]
    public async Task A_refusal_that_the_operator_can_do_something_about_is_told_and_not_in_the_servers_words(string refusal, string means)
    {
        _web.Refuses = _ => refusal;
        var turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal($"its server answered 400: {means}", turn.Fault);
    }

    [Fact]
    public async Task A_server_that_refuses_the_roles_in_its_answer_is_asked_once_more_as_it_wants_it()
    {
        _web.Answers = asked => asked.Count > 1 ? Says("Ten.") : """
            event: error
            data: {"error": {"code": "server_error", "message": "Jinja Exception: conversation roles must alternate user and assistant"}}

            data: [DONE]


            """;
        var turn = await OpenTalk().AnswerAsync([Kept("assistant", "Welcome."), Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 2), (turn.Fault, turn.Text, _web.Asked.Count));
        Assert.Equal(["user", "assistant", "user"], _web.Asked[1]["messages"]!.AsArray().Select(message => (string?)message!["role"]));

        // An answer that only has such a member, and words of its own, is one.
        _web.Asked.Clear();
        _web.Answers = _ => """{"error": null, "choices": [{"message": {"content": "The temperature must alternate."}}]}""";
        turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, 1), (turn.Fault, _web.Asked.Count));
    }

    [Theory]
    [InlineData("""{"object": "error", "message": "Unexpected role 'user' after role 'tool'", "code": "3230"}""")]
    [InlineData("""{"error": {"message": "System message must be at the beginning.", "type": "BadRequestError", "code": 400}}""")]
    [InlineData("""{"error": {"message": "messages.3: role 'system' must precede an 'assistant' message or end the array"}}""")]
    [InlineData("""{"error": {"message": "No user query found in messages."}}""")]
    [InlineData("""{"object": "error", "message": "Expected last role User or Tool (or Assistant with prefix True) but got system"}""")]
    [InlineData("""
        {"error": {"message": "This model does not support assistant message prefill. The conversation must end with a user message."}}
        """)]
    [InlineData("""{"error": {"message": "Only user and assistant roles are supported!"}}""")]
    [InlineData("""{"error": {"message": "user or tool message(s) should alternate with assistant message(s)."}}""")]
    public async Task A_template_that_refuses_an_order_of_roles_gets_one_that_it_knows(string refusal)
    {
        _web.Refuses = _ => _web.Asked.Count == 1 ? refusal : null;
        _web.Answers = _ => Says("Ten.");
        var turn = await OpenTalk().AnswerAsync(
        [
            Kept("user", "How much?"), Kept("assistant", "") with { Calls = [("c00000700", "price", "{}")] },
            Kept("tool", "ten") with { CallId = "c00000700" }, Kept("system", "He is a guest."), Kept("user", "Wait."),
        ], Stop);
        Assert.Equal((null, "Ten.", 2), (turn.Fault, turn.Text, _web.Asked.Count));
        var told = _web.Asked[1]["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "tool", "assistant", "user"], told.Select(message => (string?)message!["role"]));
        Assert.Equal(("(Nothing was said: the caller went on.)", "He is a guest.\nWait."),
            ((string?)told[3]!["content"], (string?)told[4]!["content"]));
    }

    [Theory]
    [InlineData("""
        {"error": {"message": "The response was filtered due to the prompt.", "type": null, "param": "prompt", "code": "content_filter",
         "status": 400, "innererror": {"code": "ResponsibleAIPolicyViolation"}}}
        """)]
    [InlineData("""{"error": {"message": "litellm.ContentPolicyViolationError: AzureException - It was filtered", "code": "400"}}""")]
    [InlineData("""{"error": {"message": "Invalid prompt: access is limited for safety reasons.", "code": "invalid_prompt"}}""")]
    public async Task A_question_that_a_filter_of_contents_refuses_is_answered_as_a_filtered_answer_is(string refusal)
    {
        _web.Refuses = _ => refusal;
        var (talk, _) = WrittenTalk.Open(Definition.Replace("\"greeting\"", "\"refusal\": \"Not that.\", \"greeting\"",
            StringComparison.Ordinal), "", _web, TimeProvider.System);
        var turn = await talk!.AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Not that.", 1), (turn.Fault, turn.Text, _web.Asked.Count));
    }

    [Fact]
    public async Task A_server_that_misses_thoughts_at_calls_of_before_gets_them_and_one_that_knows_none_does_not()
    {
        KeptMessage[] before =
        [
            Kept("user", "How much?"), Kept("assistant", "") with { Calls = [("c00000700", "price", "{}")] },
            Kept("tool", "ten") with { CallId = "c00000700" }, Kept("user", "And two?"),
        ];
        _web.Refuses = asked => asked["messages"]!.AsArray().Any(message => message!["tool_calls"] is not null
            && message["reasoning_content"] is null)
            ? """{"error": {"message": "Missing `reasoning_content` field in the assistant message at message index 2."}}""" : null;
        _web.Answers = _ => Says("Twenty.");
        var turn = await OpenTalk().AnswerAsync(before, Stop);
        Assert.Equal((null, "Twenty.", 2), (turn.Fault, turn.Text, _web.Asked.Count));

        _web.Asked.Clear();
        _web.Refuses = asked => asked["messages"]!.AsArray().Any(message => message!["reasoning_content"] is not null)
            ? """{"error": {"message": "property 'reasoning_content' is unsupported"}}""" : null;
        _web.Answers = asked => asked.Count == 1 ? Whole(new()
        {
            ["reasoning_content"] = "Prices.",
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = "x", ["function"] = new JsonObject { ["name"] = "price", ["arguments"] = "{}" },
            }),
        }) : Says("Ten.");
        turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal((null, "Ten.", 3), (turn.Fault, turn.Text, _web.Asked.Count));
        Assert.Equal("Prices.", (string?)_web.Asked[1]["messages"]![2]!["reasoning_content"]);

        // One that neither takes them nor goes without is not asked for ever: three times for each of the two tries.
        _web.Asked.Clear();
        _web.Refuses = asked => asked["messages"]!.AsArray().Any(message => message!["reasoning_content"] is not null)
            ? "property 'reasoning_content' is unsupported" : "Missing `reasoning_content` field";
        turn = await OpenTalk().AnswerAsync(before, Stop);
        Assert.Equal(("its server answered 400", 6), (turn.Fault, _web.Asked.Count));
    }

    [Fact]
    public async Task What_a_tool_answers_fills_variables_by_its_place()
    {
        string definition = Definition.Replace("Sell.", "Sell at {{price}} {{unit}}{{line}}.", StringComparison.Ordinal)
            .Replace("\"url\"", """
                "stores": {"price": "order.price", "unit": "order.lines.1", "line": "order.lines.7.x"},
                "url"
                """, StringComparison.Ordinal);
        var (talk, fault) = WrittenTalk.Open(definition, "", _web, TimeProvider.System);
        Assert.Null(fault);
        _web.ToolAnswer = """{"order": {"price": 12.5, "lines": ["cent", "euros"]}}""";
        _web.Answers = asked => asked.Count == 1 ? Calls("price") : Says("Good.");
        await talk!.AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal(["Sell at  .", "Sell at 12.5 euros."], _web.Asked.Select(asked => (string?)asked["messages"]![0]!["content"]));
        foreach (string nonsense in new[] { "", "[]", "{\"order\": 5}", "{\"order\": {\"price\": \"\\ud800\"}}" })
        {
            _web.Asked.Clear();
            _web.ToolAnswer = nonsense;
            Assert.Null((await talk.AnswerAsync([Kept("user", "How much?")], Stop)).Fault);
        }
        Assert.Equal("Sell at 12.5 euros.", (string?)_web.Asked[^1]["messages"]![0]!["content"]);

        // The mark of the order of bytes stands before it.
        _web.Asked.Clear();
        _web.ToolAnswer = "\uFEFF{\"order\": {\"price\": 7}}";
        var turn = await talk.AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal("""{"order": {"price": 7}}""", turn.Messages[1].Text);
        Assert.Equal("Sell at 7 euros.", (string?)_web.Asked[^1]["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task A_tool_that_answers_with_a_picture_has_answered_and_its_bytes_are_told_to_no_model()
    {
        _web.ToolAnswer = "\u0089PNG\r\n\0\0\rIHDR";
        _web.Answers = asked => asked.Count == 1 ? Calls("price") : Says("Good.");
        var turn = await OpenTalk().AnswerAsync([Kept("user", "How much?")], Stop);
        Assert.Equal("Done. What its server answered is no text.", turn.Messages[1].Text);
    }

    [Fact]
    public async Task A_tool_in_the_background_is_submitted_and_one_that_is_quick_has_its_answer()
    {
        string definition = Definition.Replace("\"url\"", "\"background_ms\": 50, \"url\"", StringComparison.Ordinal);
        var talk = WrittenTalk.Open(definition, "", _web, TimeProvider.System).Talk!;
        _web.Answers = asked => asked.Count == 1 ? Calls("price") : Says("Good.");
        Assert.Equal("ten", (await talk.AnswerAsync([Kept("user", "How much?")], Stop)).Messages[1].Text);
        var late = new TaskCompletionSource();
        _web.Late = late.Task;
        _web.Asked.Clear();
        var turn = await talk.AnswerAsync([Kept("user", "How much?")], Stop);
        late.SetResult();
        Assert.Equal(("Submitted.", "Good."), (turn.Messages[1].Text, turn.Text));
    }

    private WrittenTalk OpenTalk(bool mayHangUp = false, bool isDry = false) =>
        WrittenTalk.Open(Definition, "", _web, TimeProvider.System, mayHangUp, isDry).Talk!;

    private static KeptMessage Kept(string role, string text) => new(role, text, DateTimeOffset.UnixEpoch);

    private static string Says(string text) => Whole(new() { ["content"] = text });

    private static string Calls(string tool) => Whole(new()
    {
        ["tool_calls"] = new JsonArray(new JsonObject
        {
            ["index"] = 0, ["id"] = "x", ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = "{}" },
        }),
    });

    private static string Whole(JsonObject message) => new JsonObject
    {
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = "stop" }),
    }.ToJsonString();

    private sealed class Web : IAgentWeb
    {
        /// <summary>What the model's server answers when it was asked so often; null lets it hang.</summary>
        public Func<List<JsonObject>, string?> Answers { get; set; } = static _ => null;
        /// <summary>With what the model's server refuses a request; null where it answers.</summary>
        public Func<JsonObject, string?> Refuses { get; set; } = static _ => null;
        /// <summary>When the model's server, asked so often, wants to be asked again (429); null where it answers.</summary>
        public Func<int, TimeSpan?> Busy { get; set; } = static _ => null;
        public List<JsonObject> Asked { get; } = [];
        public List<string> Urls { get; } = [];
        public int Tools { get; private set; }
        public string ToolAnswer { get; set; } = "ten";
        /// <summary>Servers of tools answer behind it.</summary>
        public Task Late { get; set; } = Task.CompletedTask;

        public async ValueTask<WebAnswer> SendAsync(WebAsk ask, CancellationToken stop)
        {
            if (!ask.IsOperatorConfigured)
            {
                Tools++;
                await Late;
                return new(200, null, Encoding.UTF8.GetBytes(ToolAnswer));
            }
            Urls.Add(ask.Url);
            Asked.Add(JsonNode.Parse(ask.Body.Span)!.AsObject());
            if (Busy(Asked.Count) is { } rest) return new(429, null, default) { RetryAfter = rest };
            if (Refuses(Asked[^1]) is { } refusal) return new(400, null, Encoding.UTF8.GetBytes(refusal));
            if (Answers(Asked) is not { } answer)
            {
                await Task.Delay(Timeout.Infinite, stop);
                throw new OperationCanceledException(stop);
            }
            ask.Arrives!(Encoding.UTF8.GetBytes(answer));       // answers of models are told as they come
            return new(200, null, default);
        }
    }
}
