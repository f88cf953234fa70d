using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Pure.Conversations;

/// <summary>A conversation whose brain asks a model: what it is sent, and what becomes of it when the model fails.</summary>
public sealed class ModelBrainTests
{
    private const string Definition = """
        {
          "instructions": "You take orders for {{shop}}.{{nobody}}", "variables": {"shop": "Pizza Uno"}, "greeting": "Welcome to {{shop}}.",
          "model": {"base_url": "https://one.example/v1/", "name": "big", "temperature": 0.5, "max_tokens": 90},
          "fallback": {"base_url": "https://two.example/v1", "name": "small"},
          "tools": [
            {"kind": "webhook", "name": "price", "description": "Prices", "url": "https://shop.example/price/{{from}}",
             "parameters": {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]}},
            {"kind": "transfer", "targets": {"desk": "+15550100002"}}
          ]
        }
        """;

    private readonly Server _server = new();

    private static ModelAgent Read(string json)
    {
        var (definition, fault) = AgentDefinition.Read(json);
        Assert.Null(fault);
        return Assert.IsType<ModelAgent>(definition);
    }

    private Talk Begin(string json = Definition)
    {
        var agent = Read(json);
        var variables = agent.VariablesOf(new Dictionary<string, string> { ["from"] = "+15550100001" });
        return new(agent.TermsOf(variables), new ModelBrain(agent, variables, _server));
    }

    [Fact]
    public void A_model_that_transfers_writes_what_whoever_answers_is_told()
    {
        var schema = Read(Definition.Replace("\"targets\"", "\"summary\": \"Who calls and why.\", \"targets\"", StringComparison.Ordinal))
            .Tools.Single(tool => tool.Name == ToolCall.Transfer).Parameters;
        Assert.Equal("Who calls and why.", (string?)schema["properties"]![ToolCall.Summary]!["description"]);
        Assert.Equal(["target", "summary"], schema["required"]!.AsArray().Select(name => (string?)name));
    }

    [Fact]
    public void A_server_of_an_accounts_own_is_told_the_variables_where_it_is_to_be()
    {
        _server.Answers = _ => Server.Says("A large one?");
        var talk = Begin(Definition.Replace("\"name\": \"big\"", "\"name\": \"big\", \"of_account\": true, \"tells_variables\": true",
            StringComparison.Ordinal));
        talk.Pass(4);
        talk.Say("A pizza, please.", silence: 0.6);
        talk.Pass(3);
        var (to, body) = Assert.Single(_server.Asked);
        Assert.True(to.IsOfAccount);
        Assert.Equal("""{"from":"\u002B15550100001","shop":"Pizza Uno"}""", body["extra_metadata"]!.ToJsonString());
    }

    [Fact]
    public void One_that_callers_are_left_to_may_be_asked_of_another_server()
    {
        var agent = Read("""
            {
              "instructions": "x", "model": {"base_url": "https://one.example/v1", "name": "big", "key": "a"},
              "tools": [{"kind": "handoff", "targets": {"one": "1", "two": "2"}}],
              "others": {
                "1": {"instructions": "y", "model": {"base_url": "https://two.example/v1", "name": "own", "of_account": true}},
                "2": {"instructions": "z", "model_name": "small"}
              }
            }
            """);
        var (one, two) = (agent.Others["1"].Model, agent.Others["2"].Model);
        Assert.Equal(("https://two.example/v1", "own", (string?)null, true), (one.BaseUrl, one.Name, one.Key, one.IsOfAccount));
        Assert.Equal(("https://one.example/v1", "small", (string?)null, false), (two.BaseUrl, two.Name, two.Key, two.IsOfAccount));
    }

    [Fact]
    public void A_model_is_told_who_it_is_what_it_may_do_and_what_was_heard()
    {
        _server.Answers = _ => Server.Says("A large one?");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("A pizza, please.", silence: 0.6);
        talk.Pass(3);

        Assert.Equal(["Welcome to Pizza Uno.", "A large one?"], talk.Heard.Select(heard => heard.Text));
        var (to, body) = Assert.Single(_server.Asked);
        Assert.Equal("https://one.example/v1", to.BaseUrl);
        Assert.Equal(("big", true, 0.5, 90, true), ((string?)body["model"], (bool)body["stream"]!, (double)body["temperature"]!,
            (int)body["max_tokens"]!, (bool)body["stream_options"]!["include_usage"]!));
        Assert.StartsWith("You take orders for Pizza Uno.\n", (string?)body["messages"]![0]!["content"], StringComparison.Ordinal);
        Assert.Equal(["system", "assistant: Welcome to Pizza Uno.", "user: A pizza, please."], Messages(body));
        Assert.Equal(["price", "transfer"], body["tools"]!.AsArray().Select(tool => (string?)tool!["function"]!["name"]));
        Assert.Equal(["desk"], body["tools"]![1]!["function"]!["parameters"]!["properties"]!["target"]!["enum"]!.AsArray()
            .Select(name => (string?)name));
        Assert.DoesNotContain("{{", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_to_be_said_before_all_else_is_heard_before_the_first_words_of_a_model_and_not_again()
    {
        const string Notice = "\"greeting\": \"Welcome to {{shop}}.\"", Both = Notice + ", \"notice\": \"Recorded.\"";
        _server.Answers = body => Server.Says(Messages(body).Count > 2 ? "A large one?" : "Hello there.");
        var talk = Begin(Definition.Replace(Notice, "\"notice\": \"{{shop}} records this.\"", StringComparison.Ordinal));
        talk.Pass(6);
        talk.Say("A pizza, please.", silence: 0.6);
        talk.Pass(3);
        Assert.Equal("Pizza Uno records this. Hello there. A large one?", string.Join(' ', talk.Heard.Select(heard => heard.Text)));

        Assert.Equal("notice: has no place beside a greeting, which it may begin",
            AgentDefinition.Read(Definition.Replace(Notice, Both, StringComparison.Ordinal)).Fault);
    }

    [Fact]
    public void Of_what_was_interrupted_the_model_is_told_what_was_heard()
    {
        _server.Answers = body => Server.Says(Messages(body).Count > 3 ? "Fine." : "We have very many pizzas, and I name all of them now.");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("What is there?", silence: 0.6);
        talk.Pass(1.5);
        talk.Say("Stop it now.", silence: 0.6);
        talk.Pass(3);
        var messages = Messages(_server.Asked[^1].Body);
        Assert.Equal(5, messages.Count);
        Assert.StartsWith("assistant: We have", messages[3], StringComparison.Ordinal);
        Assert.DoesNotContain("now", messages[3], StringComparison.Ordinal);
        Assert.Equal("user: Stop it now.", messages[4]);
    }

    [Fact]
    public void A_call_and_its_one_result_come_back_to_the_model_with_the_same_id()
    {
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? Server.Says("It is ten.")
            : Server.Calls("price", "{\"size\":\"large\"}");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("How much is it?", silence: 0.6);
        var run = Assert.Single(talk.Of<ConversationOutput.Run>());
        talk.Do(new ConversationInput.ToolDone(run.Call.Id, "10 euros", false));
        talk.Pass(3);
        Assert.Equal("It is ten.", talk.Heard[^1].Text);
        var sent = _server.Asked[^1].Body["messages"]!.AsArray();
        Assert.Equal((run.Call.Id, "price", "{\"size\":\"large\"}"), ((string?)sent[^2]!["tool_calls"]![0]!["id"],
            (string?)sent[^2]!["tool_calls"]![0]!["function"]!["name"], (string?)sent[^2]!["tool_calls"]![0]!["function"]!["arguments"]));
        Assert.Equal((run.Call.Id, "10 euros"), ((string?)sent[^1]!["tool_call_id"], (string?)sent[^1]!["content"]));
    }

    [Fact]
    public void What_came_along_with_a_call_goes_back_to_the_model_that_sent_it_and_to_no_other()
    {
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? "" : new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0, ["finish_reason"] = "tool_calls",
                ["message"] = new JsonObject
                {
                    ["reasoning_content"] = "Prices.",
                    ["tool_calls"] = new JsonArray(new JsonObject
                    {
                        ["id"] = "a", ["function"] = new JsonObject { ["name"] = "price", ["arguments"] = "{\"size\":\"large\"}" },
                        ["extra_content"] = new JsonObject { ["google"] = new JsonObject { ["thought_signature"] = "s+/==" } },
                    }),
                },
            }),
        }.ToJsonString();
        var talk = Begin();
        talk.Pass(4);
        talk.Say("How much is it?", silence: 0.6);
        talk.Do(new ConversationInput.ToolDone(Assert.Single(talk.Of<ConversationOutput.Run>()).Call.Id, "10 euros", false));
        talk.Pass(3);
        // The model answers nothing twice, and then who stands in is asked.
        Assert.Equal(["big", "big", "big", "small"], _server.Asked.Select(asked => asked.To.Name));
        var called = _server.Asked[1].Body["messages"]!.AsArray()[^2]!;
        Assert.Equal("Prices.", (string?)called["reasoning_content"]);
        Assert.Equal("s+/==", (string?)called["tool_calls"]![0]!["extra_content"]!["google"]!["thought_signature"]);
        var other = _server.Asked[3].Body["messages"]!.AsArray()[^2]!;
        Assert.Equal("price", (string?)other["tool_calls"]![0]!["function"]!["name"]);
        Assert.Null(other["reasoning_content"]);
        Assert.Null(other["tool_calls"]![0]!["extra_content"]);
    }

    [Fact]
    public void Case_9_while_a_number_is_missing_of_what_is_gathered_whoever_says_it_may_pause()
    {
        string known = "{}";
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? Server.Says("And where?")
            : known is "{}" ? Server.Says("How old are you?") : Server.Calls(ToolCall.Gather, known);
        var talk = Begin("""
            {
              "instructions": "Ask.", "greeting": "", "model": {"base_url": "https://one.example/v1", "name": "big"}, "asks_ahead": false,
              "gather": {"parameters": {"type": "object", "properties": {"age": {"type": "integer"}, "city": {"type": "string"}}}}
            }
            """);
        talk.Say("Hello.", silence: 0.6);
        talk.Pass(3);
        known = """{"age": 42}""";
        talk.Say("Forty two.", silence: 1.2);
        Assert.Single(_server.Asked);
        talk.Pass(0.5);
        Assert.Equal(2, _server.Asked.Count);
        talk.Do(new ConversationInput.ToolDone(Assert.Single(talk.Of<ConversationOutput.Run>()).Call.Id, "Written down.", false));
        talk.Pass(3);
        talk.Say("At number nine.", silence: 0.6);
        Assert.Equal(4, _server.Asked.Count);
    }

    [Fact]
    public void Arguments_that_are_none_are_not_sent_back_as_they_came()
    {
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? Server.Says("Sorry.")
            : Server.Calls("price", "{\"size\":");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("How much is it?", silence: 0.6);
        var run = Assert.Single(talk.Of<ConversationOutput.Run>());
        Assert.Equal("the arguments are no JSON object", ArgumentSchema.FaultOf(new(), run.Call.Arguments));
        talk.Do(new ConversationInput.ToolDone(run.Call.Id, "Not done.", false));
        Assert.Equal("{}", (string?)_server.Asked[^1].Body["messages"]!.AsArray()[^2]!["tool_calls"]![0]!["function"]!["arguments"]);
    }

    [Fact]
    public void A_model_that_fails_is_asked_once_more_then_who_stands_in_then_the_caller_hears_a_sorry()
    {
        bool works = false;
        _server.Answers = body => works ? Server.Says("Hello.") : ": nothing comes\n\n";
        _server.IsStalled = () => !works;
        var talk = Begin();
        talk.Pass(4);
        talk.Say("Hello?", silence: 0.6);
        talk.Pass(13);
        Assert.Equal(["big", "big", "small"], _server.Asked.Select(asked => asked.To.Name));
        Assert.Equal(_server.Asked[0].Body["messages"]!.ToJsonString(), _server.Asked[2].Body["messages"]!.ToJsonString());
        Assert.Equal(3, talk.Of<ConversationOutput.Cancel>().Count());
        Assert.StartsWith("Sorry, I did not get that.", talk.Heard[^1].Text, StringComparison.Ordinal);
        talk.Pass(6);
        works = true;
        talk.Say("Are you there?", silence: 0.6);
        Assert.DoesNotContain("Sorry", string.Join('\n', Messages(_server.Asked[^1].Body)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_thinks_for_ever_has_failed_as_one_that_says_nothing()
    {
        var talk = new Talk(new() { Greeting = "", BetweenParts = TimeSpan.FromSeconds(10) });
        talk.Say("Hello?");
        for (int second = 0; second < 27; second++) Think();
        Assert.Single(talk.Asked);
        for (int second = 0; second < 5; second++) Think();
        Assert.Equal(2, talk.Asked.Count);
        Assert.Equal(1, talk.Asked[^1].Try);

        void Think()
        {
            talk.Answer(new BrainPart.Progress());
            talk.Pass(1);
        }
    }

    [Fact]
    public void An_answer_that_stalls_within_its_words_ends_and_what_was_said_stays()
    {
        _server.Answers = _ => Server.Words("This is the first sentence. And here it", " stops");
        _server.IsStalled = () => true;
        var talk = Begin();
        talk.Pass(4);
        talk.Say("Hello?", silence: 0.6);
        talk.Pass(15);
        Assert.Single(_server.Asked);
        Assert.Contains("This is the first sentence.", talk.Heard.Select(heard => heard.Text));
        Assert.Null(talk.Conversation.Ended);
        talk.Say("And?", silence: 0.6);
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public void What_was_not_said_of_an_answer_that_broke_off_is_not_said_before_the_next_one()
    {
        _server.Answers = _ => _server.Asked.Count == 1 ? Server.Words("Hel") : Server.Says("Hello there.");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("Hello?", silence: 0.6);
        talk.Pass(2);
        Assert.Equal("Hello there.", talk.Heard[^1].Text);
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public void A_model_that_fails_behind_a_tool_leaves_nobody_in_silence()
    {
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? ""
            : Server.Words("One moment.") + Server.Calls("price", "{\"size\":\"large\"}");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("How much is it?", silence: 0.6);
        talk.Do(new ConversationInput.ToolDone(Assert.Single(talk.Of<ConversationOutput.Run>()).Call.Id, "10 euros", false));
        talk.Pass(4);
        Assert.Equal(4, _server.Asked.Count);
        Assert.Equal(["One moment.", "Sorry, I did not get that."], talk.Heard.Skip(1).Take(2).Select(heard => heard.Text));

        // It is in the record, and the model is not told that it said so.
        talk.Pass(3);
        Assert.Contains(talk.Of<ConversationOutput.Told>(), told => told.Message.Text.StartsWith("Sorry", StringComparison.Ordinal));
        talk.Say("How much?", silence: 0.6);
        talk.Pass(1);
        Assert.DoesNotContain(Messages(_server.Asked[^1].Body), message => message.Contains("Sorry", StringComparison.Ordinal));
    }

    /// <summary>As models answer that go through a menu: the key is all that there is to say.</summary>
    [Theory, InlineData("Done.", "stop", 2), InlineData("Done.", "end_turn", 2), InlineData("Refused: no_call.", "stop", 4)]
    public void A_model_that_has_sent_keys_and_says_nothing_waits_for_what_comes_of_them(string result, string end, int asked)
    {
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? Server.End(end)
            : Server.Calls("send_dtmf", "{\"digits\":\"1\"}");
        var talk = Begin(Definition.Replace("\"tools\": [", "\"tools\": [{\"kind\": \"send_dtmf\"},", StringComparison.Ordinal));
        talk.Pass(4);
        talk.Say("Press one for sales.", silence: 0.6);
        talk.Do(new ConversationInput.ToolDone(Assert.Single(talk.Of<ConversationOutput.Run>()).Call.Id, result, false));
        talk.Pass(4);
        Assert.Equal(asked, _server.Asked.Count);
        Assert.Equal(asked == 2, talk.Heard.Count == 1);
        Assert.Null(talk.Conversation.Ended);
    }

    [Fact]
    public void An_apology_that_somebody_speaks_over_is_in_the_record_as_far_as_it_was_heard()
    {
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? ""
            : Server.Words("One moment.") + Server.Calls("price", "{\"size\":\"large\"}");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("How much is it?", silence: 0.6);
        talk.Do(new ConversationInput.ToolDone(Assert.Single(talk.Of<ConversationOutput.Run>()).Call.Id, "10 euros", false));
        for (int tenths = 0; tenths < 100 && talk.Heard.Count < 3; tenths++) talk.Pass(0.1);
        Assert.Equal("Sorry, I did not get that.", talk.Heard[2].Text);
        talk.Pass(0.5);
        talk.Say("Never mind.", silence: 0.6);
        var said = Assert.Single(talk.Told, message => message.Text.StartsWith("Sorry", StringComparison.Ordinal));
        Assert.True(said.IsInterrupted);
        Assert.True(said.Text.Length < "Sorry, I did not get that.".Length, said.Text);
    }

    [Fact]
    public void The_last_sentence_of_an_answer_that_was_cut_is_not_said()
    {
        _server.Answers = _ => Server.Words("There is a pizza. There is a sal") + Server.End("length");
        var talk = Begin();
        talk.Pass(4);
        talk.Say("What is there?", silence: 0.6);
        talk.Pass(5);
        Assert.Equal("There is a pizza.", talk.Heard[^1].Text);
    }

    [Fact]
    public void A_model_that_hangs_up_without_being_allowed_to_does_not()
    {
        _server.Answers = body => Messages(body)[^1].StartsWith("tool", StringComparison.Ordinal) ? Server.Says("Well.")
            : Server.Calls("hangup", "{}");
        // Nor is another tool run in its place, whatever its name.
        var talk = Begin(Definition.Replace("\"name\": \"price\"", "\"name\": \"unknown\"", StringComparison.Ordinal));
        talk.Pass(4);
        talk.Say("Goodbye.", silence: 0.6);
        talk.Pass(1);
        Assert.Null(talk.Conversation.Ended);
        Assert.Equal("unknown_", Assert.Single(talk.Of<ConversationOutput.Run>()).Call.Name);
    }

    [Fact]
    public void What_does_not_fit_is_left_out_from_its_beginning_and_a_result_never_without_its_call()
    {
        var agent = Read(Definition.Replace("\"name\": \"big\"", "\"name\": \"big\", \"context_tokens\": 1000", StringComparison.Ordinal));
        var call = new ToolCall("c1", "price", "{}");
        Message[] history =
        [
            new(MessageRole.User, new string('a', 900), default), new(MessageRole.Assistant, "", default) { Calls = [call] },
            new(MessageRole.Tool, new string('b', 2_000), default) { CallId = "c1" }, new(MessageRole.User, "now", default),
        ];
        var body = JsonNode.Parse(ChatRequest.Write(agent, agent.Model, agent.Variables,
            new(1, BrainOccasion.Turn) { History = history }).Span)!.AsObject();
        Assert.Equal(["system", "user: now"], Messages(body));
    }

    [Fact]
    public void A_message_that_says_nothing_is_not_sent()
    {
        var agent = Read("""
            {"instructions": "", "telephone_note": false, "model": {"base_url": "https://one.example/v1", "name": "big"},
             "history": [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": ""}, {"role": "system", "content": " "}]}
            """);
        var body = JsonNode.Parse(ChatRequest.Write(agent, agent.Model, agent.Variables,
            new(1, BrainOccasion.Turn) { History = [new(MessageRole.User, "now", default)] }).Span)!.AsObject();
        Assert.Equal(["user: Hi.", "user: now"], Messages(body));
    }

    [Theory]
    [InlineData("\"instructions\": \"x\"", "model.base_url: must be there", """{"model": {"name": "m"}, X}""")]
    [InlineData("\"instructions\": \"x\"", "model.base_url: must be an http or https URL without user, query or fragment",
        """{"model": {"name": "m", "base_url": "https://user:key@a.example/"}, X}""")]
    [InlineData("\"steps\": {}, \"instructions\": \"x\"", "steps: is not known",
        """{"model": {"name": "m", "base_url": "http://a/v1"}, X}""")]
    [InlineData("""
        "instructions": "x", "tools": [{"kind": "webhook", "name": "a", "description": "b", "url": "https://{{to}}/"}]
        """,
        "tools[0].url: must be an http or https URL, with variables only behind its host",
        """{"model": {"name": "m", "base_url": "http://a/v1"}, X}""")]
    [InlineData("""
        "instructions": "x", "tools": [{"kind": "webhook", "name": "a", "description": "b", "url": "https://a/{c}", "method": "HEAD"}]
        """,
        "tools[0].method: must be one of GET, POST, PUT, DELETE, PATCH", """{"model": {"name": "m", "base_url": "http://a/v1"}, X}""")]
    [InlineData("\"instructions\": \"x\", \"tools\": [{\"kind\": \"hangup\"}, {\"kind\": \"hangup\"}]",
        "tools[1].name: there is a tool hangup already", """{"model": {"name": "m", "base_url": "http://a/v1"}, X}""")]
    public void What_is_wrong_with_a_definition_is_said_with_its_place(string members, string fault, string json) =>
        Assert.Equal(fault, AgentDefinition.Read(json.Replace("X", members, StringComparison.Ordinal)).Fault);

    [Theory]
    [InlineData("{\"size\":\"large\"}", null)]
    [InlineData("{}", "size must be there")]
    [InlineData("{\"size\":7}", "size must be of type string")]
    [InlineData("{\"size\":\"a\",\"count\":1.5}", "count must be of type integer")]
    [InlineData("{\"size\":\"a\",\"kind\":\"x\"}", "kind must be one of [\"thin\",\"thick\"]")]
    [InlineData("[]", "the arguments are no JSON object")]
    [InlineData("{\"size\":\"a\",\"size\":\"b\"}", "the arguments are no JSON object")]
    [InlineData("{\"size\":\"\\ud800\"}", "the arguments have a text that is none")]
    public void Arguments_are_checked_against_the_schema(string arguments, string? fault)
    {
        var schema = (JsonObject)JsonNode.Parse("""
            {"type": "object", "required": ["size"], "properties": {
              "size": {"type": "string"}, "count": {"type": "integer"}, "kind": {"enum": ["thin", "thick"]}}}
            """)!;
        Assert.Equal(fault, ArgumentSchema.FaultOf(schema, arguments));
    }

    /// <summary>Role and text of each; the system's without its text.</summary>
    private static List<string> Messages(JsonObject body) =>
    [
        .. body["messages"]!.AsArray().Select(message => (string?)message!["role"])
            .Zip(body["messages"]!.AsArray(), (role, message) => role is "system" ? role : $"{role}: {message!["content"]}"),
    ];

    /// <summary>Answers each request at once, by what is in it.</summary>
    private sealed class Server : IModelServer
    {
        public Func<JsonObject, string> Answers { get; set; } = _ => "";
        /// <summary>Nothing comes behind the answer, nor its end.</summary>
        public Func<bool> IsStalled { get; set; } = () => false;
        public List<(ModelEndpoint To, JsonObject Body)> Asked { get; } = [];

        public void Post(int request, ModelEndpoint to, ReadOnlyMemory<byte> body, Action<ModelNews> tell)
        {
            var read = JsonNode.Parse(body.Span)!.AsObject();
            Asked.Add((to, read));
            tell(new ModelNews.Bytes(Encoding.UTF8.GetBytes(Answers(read))));
            if (!IsStalled()) tell(new ModelNews.Ended());
        }

        public void Cancel(int request) { }

        public static string Says(string text) => Words(text) + End("stop");

        public static string Words(params string[] bits) => string.Concat(bits.Select(bit => Chunk(new() { ["content"] = bit }, null)));

        public static string Calls(string tool, string arguments) => Chunk(new()
        {
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["index"] = 0, ["id"] = "call_0", ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments },
            }),
        }, null) + End("tool_calls");

        public static string End(string finish) => Chunk(new(), finish) + "data: [DONE]\n\n";

        private static string Chunk(JsonObject delta, string? finish)
        {
            var choice = new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish };
            return $"data: {new JsonObject { ["choices"] = new JsonArray(choice) }.ToJsonString()}\n\n";
        }
    }
}
