using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Conversations.Scripts;
using Ringwright.Testing;

namespace Ringwright.Pure.Conversations;

/// <summary>Agents that think by a script.</summary>
public sealed class ScriptTests
{
    private const string Order = """
        {
          "greeting": "Welcome to {{shop}}.",
          "variables": {"shop": "Pizza Uno"},
          "recogniser": "built-in",
          "start": "menu",
          "steps": {
            "menu": {
              "say": "Do you want to order?",
              "ask": {
                "choices": [
                  {"words": ["yes", "yes please"], "digits": "1", "go": "count"},
                  {"words": ["no", "not now"], "digits": "2", "go": "bye"}
                ],
                "invalid": "Please say yes or no.", "silence": "Are you there?", "seconds": 5, "tries": 2, "otherwise": "desk"
              }
            },
            "count": {
              "say": "How many?",
              "ask": {"collect": {"into": "count", "kind": "digits", "maximum": 2, "go": "big"}, "otherwise": "desk"}
            },
            "big": {"branch": [{"variable": "count", "is": "99", "go": "desk"}], "go": "done"},
            "done": {"say": "{{count}} it is. {{nothing}}Goodbye.", "outcome": "ordered", "hangup": true},
            "desk": {"say": "I connect you.", "outcome": "desk", "transfer": {"to": "+15550100002", "failed": "bye"}},
            "bye": {"say": "Goodbye.", "hangup": true}
          }
        }
        """;

    private readonly ScriptedBrain _brain;
    private readonly Talk _talk;

    public ScriptTests()
    {
        var (script, fault) = Read(Order);
        Assert.Null(fault);
        _brain = new(script!, new Dictionary<string, string> { ["from"] = "+15550100001" });
        _talk = new(script!.Terms, _brain);
        _talk.Pass(6);
        Assert.Equal(["Welcome to Pizza Uno.", "Do you want to order?"], _talk.Heard.Select(heard => heard.Text));
    }

    private static (AgentScript? Script, string? Fault) Read(string json)
    {
        var (definition, fault) = AgentDefinition.Read(json);
        return ((AgentScript?)definition, fault);
    }

    private IEnumerable<string> Behind => _talk.Heard.Skip(2).Select(heard => heard.Text);

    [Fact]
    public void An_order_by_words_comes_to_its_end()
    {
        _talk.Say("oh yes please");
        _talk.Pass(2);
        _talk.Say("one two", silence: 6);
        Assert.Equal(["How many?", "12 it is.", "Goodbye."], Behind);
        Assert.Equal((EndReason.AssistantHangup, "ordered"), (_talk.Conversation.Ended, _brain.Outcome));
        Assert.Equal(
            ["Assistant: Welcome to Pizza Uno. Do you want to order?", "User: oh yes please", "Assistant: How many?", "User: one two",
                "Assistant: 12 it is. Goodbye."], _talk.Lines.Where(line => !line.StartsWith("Tool", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_variable_that_doubles_itself_ends_at_what_is_said_at_once()
    {
        var (script, fault) = Read("""
            {
              "variables": {"x": "ab"}, "start": "more",
              "steps": {"more": {"set": {"x": "{{x}}{{x}}"}, "go": "more"}}
            }
            """);
        Assert.Null(fault);
        var brain = new ScriptedBrain(script!, new Dictionary<string, string>());
        new Talk(script!.Terms, brain).Pass(1);
        Assert.Equal(Limits.ReplyCharacters, brain.Variables["x"].Length);
    }

    [Fact]
    public void An_order_by_keys_comes_to_its_end()
    {
        _talk.Keys("1");
        _talk.Pass(2);
        _talk.Keys("7#");
        _talk.Pass(6);
        Assert.Equal(["How many?", "7 it is.", "Goodbye."], Behind);
    }

    [Fact]
    public void A_branch_goes_by_a_variable()
    {
        _talk.Keys("1");
        _talk.Pass(2);
        _talk.Keys("99");
        _talk.Pass(3);
        Assert.Equal("I connect you.", Behind.Last());
        Assert.Equal("""{"to":"\u002B15550100002"}""", Assert.Single(_talk.Of<ConversationOutput.Run>()).Call.Arguments);
        _talk.Do(new ConversationInput.ToolDone("call-1", "Busy.", EndsConversation: false));
        _talk.Pass(3);
        Assert.Equal("Goodbye.", Behind.Last());
        Assert.Equal((EndReason.AssistantHangup, "desk"), (_talk.Conversation.Ended, _brain.Outcome));
    }

    [Fact]
    public void What_is_no_answer_is_asked_again_until_the_tries_are_used_up()
    {
        _talk.Say("maybe", silence: 4);
        Assert.Equal(["Please say yes or no."], Behind);
        _talk.Say("maybe", silence: 4);
        Assert.Equal(["Please say yes or no.", "I connect you."], Behind);
    }

    [Fact]
    public void Who_says_nothing_is_asked_again()
    {
        _talk.Pass(4);
        Assert.Equal(["Are you there?"], Behind);
        _talk.Pass(8);
        Assert.Equal(["Are you there?", "I connect you."], Behind);
    }

    [Fact]
    public void An_answer_that_is_taken_back_in_time_leaves_no_trace()
    {
        _talk.Voice(isTalking: true);
        _talk.Pass(0.3);
        _talk.Words("yes");
        _talk.Voice(isTalking: false);
        // Taken, and its answer is not heard yet, when there is more.
        _talk.Pass(0.5);
        _talk.Voice(isTalking: true);
        _talk.Words("not now");
        _talk.Voice(isTalking: false);
        _talk.Pass(4);
        Assert.Equal("Goodbye.", Behind.Last());
        Assert.DoesNotContain("How many?", Behind);
    }

    [Fact]
    public void A_question_that_is_interrupted_by_its_answer_is_answered()
    {
        _talk.Keys("1");
        _talk.Pass(0.5);
        _talk.Keys("5#");
        _talk.Pass(6);
        Assert.Equal(["How many?", "5 it is.", "Goodbye."], Behind);
        Assert.Contains("Assistant: How |", _talk.Lines);
    }

    [Fact]
    public void Whoever_is_rung_is_told_what_the_script_has_learned()
    {
        var script = Read(Order.Replace("\"failed\"", "\"summary\": \"{{count}} pizzas.\", \"failed\"", StringComparison.Ordinal)).Script!;
        var talk = new Talk(script.Terms, new ScriptedBrain(script, new Dictionary<string, string>()));
        talk.Pass(6);
        talk.Keys("1");
        talk.Pass(3);
        talk.Keys("99");
        talk.Pass(6);
        var arguments = JsonNode.Parse(talk.Of<ConversationOutput.Run>().Single().Call.Arguments)!;
        Assert.Equal(("+15550100002", "99 pizzas."), ((string?)arguments["to"], (string?)arguments[ToolCall.Summary]));
    }

    [Theory]
    [InlineData("""{}""", "steps: must be there")]
    [InlineData("""[]""", "it must be a JSON object")]
    [InlineData("""{"start":""", "it is no JSON, or has a name twice, in line 1")]
    [InlineData("""{"start":"a","steps":{"a":{"hangup":true}},"colour":1}""", "colour: is not known")]
    [InlineData("""{"start":"b","steps":{"a":{"hangup":true}}}""", "start: there is no step b")]
    [InlineData("""{"start":"a","steps":{"a":{"say":"x"}}}""", "steps.a: must have exactly one of ask, go, transfer and hangup")]
    [InlineData("""{"start":"a","steps":{"a":{"go":"b"}}}""", "steps.a: there is no step b")]
    [InlineData("""{"start":"a","steps":{"a":{"say":1,"hangup":true}}}""", "steps.a.say: must be a text")]
    [InlineData("""{"start":"a","steps":{"a":{"say":"x","ask":{"choices":[{"words":["y"],"digits":"#","go":"a"}],"otherwise":"a"}}}}""",
        "steps.a.ask.choices[0].digits: must be of 0-9 and *")]
    [InlineData("""{"start":"a","steps":{"a":{"say":"x","ask":{"otherwise":"a"}}}}""",
        "steps.a.ask: must have exactly one of choices and collect")]
    [InlineData("""{"start":"a","time_limit_secs":0,"steps":{"a":{"hangup":true}}}""", "time_limit_secs: must be a number from 1 to 14400")]
    public void What_is_wrong_with_a_script_is_said_with_its_place(string json, string fault) =>
        Assert.Equal(fault, Read(json).Fault);

    [Theory]
    [InlineData("de-AT", "Wie bitte?"), InlineData("it", "Come, scusi?"), InlineData("ja-JP", "Sorry?")]
    public void What_a_conversation_says_by_itself_is_in_its_language(string language, string sorry)
    {
        const string script = """{"language":"LANGUAGE","start":"a","steps":{"a":{"hangup":true}}}""";
        var terms = Read(script.Replace("LANGUAGE", language, StringComparison.Ordinal)).Script!.Terms;
        Assert.Equal((sorry, OwnWords.Apology(language), OwnWords.LastWords(language)), (terms.Sorry, terms.Apology, terms.LastWords));
        const string model = """{"language":"LANGUAGE","instructions":"x","model":{"base_url":"http://127.0.0.1","name":"m"}}""";
        var read = AgentDefinition.Read(model.Replace("LANGUAGE", language, StringComparison.Ordinal)).Definition;
        var agent = Assert.IsType<ModelAgent>(read);
        Assert.Equal((sorry, OwnWords.Refusal(language)), (agent.Terms.Sorry, agent.Refusal));
    }

    [Fact]
    public void The_script_of_the_page_is_one() =>
        Assert.Null(Read(File.ReadAllText(Repository.PathOf("demo", "agents", "orders.json"))).Fault);

    [Fact]
    public void A_script_whose_questions_all_take_keys_needs_no_recogniser()
    {
        Assert.True(Read(Order).Script!.Terms.GoesOnDeaf);
        Assert.False(Read(Order.Replace("\"digits\": \"2\", ", "", StringComparison.Ordinal)).Script!.Terms.GoesOnDeaf);
    }

    [Fact]
    public void A_machine_is_left_a_message_with_the_variables_of_the_call_in_it()
    {
        const string json = """
            {"variables":{"shop":"Uno","name":"nobody"},"start":"a","steps":{"a":{"hangup":true}},
             "voicemail":{"action":"leave_message","message":"Call {{shop}} back, {{name}}."}}
            """;
        var terms = Read(json).Script!.TermsOf(new Dictionary<string, string> { ["name"] = "Zoe" });
        Assert.Equal("Call Uno back, Zoe.", terms.Voicemail!.Message);
    }

    [Fact]
    public void A_script_that_goes_round_in_circles_fails_and_does_not_hang()
    {
        var script = Read("""{"start":"a","steps":{"a":{"go":"b"},"b":{"go":"a"}}}""").Script!;
        var talk = new Talk(script.Terms, new ScriptedBrain(script, new Dictionary<string, string>()));
        Assert.Equal(2, talk.Asked.Count);
        talk.Pass(10);
        Assert.StartsWith("Sorry", talk.Heard[0].Text, StringComparison.Ordinal);
    }
}
