using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Pure.Conversations;

/// <summary>An agent that is there to gather something: what it writes down, and when that is all.</summary>
public sealed class GatherTests
{
    private const string Schema = """
        {"type": "object", "properties": {"age": {"type": "integer"}, "city": {"type": "string"}, "pet": {"type": "string"}},
         "required": ["age", "city"]}
        """;

    private static readonly ConversationTerms Silent = new()
    {
        Greeting = "", IdleReply = TimeSpan.FromSeconds(5), CheckIns = 1, EndsUnanswered = true,
    };

    private static readonly BrainPart Written = new BrainPart.Call(new("c1", ToolCall.Gather, "{}"));

    private static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    [Fact]
    public void What_fits_is_written_down_bit_by_bit_until_all_is_there_that_must_be()
    {
        var book = new GatherBook(Object(Schema));
        Assert.Equal(("Written down. Still missing: city.", true), book.Take("""{"age": 42, "city": null}"""));
        Assert.Equal(("Written down. Still missing: city.", false), book.Take("""{"age": 42}"""));
        Assert.False(book.IsComplete);
        Assert.Equal(("Written down. All is there.", true), book.Take("""{"city": "Rome"}"""));
        Assert.True(book.IsComplete);
        Assert.Equal("""{"age":42,"city":"Rome"}""", book.Result);
    }

    [Theory]
    [InlineData("""{"age": "forty", "city": "Rome"}""", "Not written down: age must be of type integer. Still missing: age.",
        """{"city":"Rome"}""")]
    [InlineData("""{"shoes": 42}""", "Not written down: shoes is not asked for. Still missing: age, city.", "{}")]
    [InlineData("""{"age": """, "Not done: the arguments are no JSON object.", "{}")]
    [InlineData("""{"city": "\ud800"}""", "Not done: the arguments have a text that is none.", "{}")]
    public void What_does_not_fit_is_told_to_the_model(string arguments, string told, string result)
    {
        var book = new GatherBook(Object(Schema));
        Assert.Equal(told, book.Take(arguments).Told);
        Assert.Equal(result, book.Result);
    }

    [Fact]
    public void Where_nothing_is_demanded_all_of_it_is_and_what_is_inside_is_looked_at_in_the_end()
    {
        var book = new GatherBook(Object("""
            {"properties": {"who": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}, "when": {}}}
            """));
        Assert.Equal(["who", "when"], GatherBook.NeededOf(Object("""{"properties": {"who": {}, "when": {}}}""")));
        book.Take("""{"when": "now"}""");
        Assert.Equal("Not written down: who.name must be there. Still missing: who.", book.Take("""{"who": {}}""").Told);
        Assert.Equal("Written down. All is there.", book.Take("""{"who": {"name": "Ada"}}""").Told);
    }

    [Fact]
    public void The_model_may_write_down_one_at_a_time_and_is_told_what_was_said_before()
    {
        var (definition, fault) = AgentDefinition.Read($$"""
            {"instructions": "Be brief.", "greeting": "", "model": {"base_url": "https://one.example/v1", "name": "big"},
             "gather": {"parameters": {{Schema}}, "silence_secs": 7.5, "last_words": "Thank you."},
             "history": [{"role": "assistant", "content": "Who are you?"}, {"role": "user", "content": "Ada."}],
             "tools": [{"kind": "hangup"}]}
            """);
        Assert.Null(fault);
        var agent = Assert.IsType<ModelAgent>(definition);
        Assert.Equal((TimeSpan.FromSeconds(7.5), 1, true), (agent.Terms.IdleReply, agent.Terms.CheckIns, agent.Terms.EndsUnanswered));
        Assert.Equal("Thank you.", agent.Gather!.LastWords);
        var tool = Assert.IsType<ModelTool.Gather>(agent.Tools[^1]);
        Assert.Null(tool.Parameters["required"]);
        Assert.EndsWith("Needed in the end: age, city.", tool.Description, StringComparison.Ordinal);
        var asked = Object(System.Text.Encoding.UTF8.GetString(ChatRequest.Write(agent, agent.Model, agent.Variables,
            new(1, BrainOccasion.Silence)).Span));
        Assert.Contains("what the tool gather writes down", (string?)asked["messages"]![0]!["content"], StringComparison.Ordinal);
        Assert.Equal(["system", "assistant", "user", "user"], asked["messages"]!.AsArray().Select(message => (string?)message!["role"]));
        Assert.Equal(["hangup", "gather"], asked["tools"]!.AsArray().Select(one => (string?)one!["function"]!["name"]));
    }

    [Theory]
    [InlineData("""{"parameters": {"type": "object"}}""", "gather.parameters: must be a JSON schema of an object with properties")]
    [InlineData("""{"parameters": {"properties": {"a": {}}}, "silence_secs": 0.1}""",
        "gather.silence_secs: must be a number from 0.5 to 600")]
    [InlineData("""{"parameters": {"properties": {"a": {}}}, "until": 1}""", "gather.until: is not known")]
    public void What_cannot_be_gathered_is_refused_by_its_place(string gather, string refused) => Assert.Equal(refused,
        AgentDefinition.Read($$"""
            {"instructions": "x", "model": {"base_url": "https://one.example/v1", "name": "big"}, "gather": {{gather}}}
            """).Fault);

    [Fact]
    public void When_all_is_there_the_last_words_are_heard_behind_what_is_being_said_and_the_model_is_not_asked_again()
    {
        var talk = new Talk();
        talk.Say("I live in Rome.", silence: 0.5);
        talk.Answer(new BrainPart.Text("Rome, how nice that is."), Written, new BrainPart.Done());
        talk.Do(new ConversationInput.Finish("Thank you, goodbye."));
        talk.Do(new ConversationInput.ToolDone("c1", "Written down.", EndsConversation: false));
        // Nobody interrupts it: all is there.
        talk.Voice(isTalking: true);
        talk.Words("Stop!");
        talk.Voice(isTalking: false);
        talk.Pass(6);
        Assert.Equal(["Rome, how nice that is.", "Thank you, goodbye."], talk.Heard.Select(heard => heard.Text));
        Assert.Equal(EndReason.Gathered, talk.Conversation.Ended);
        Assert.Single(talk.Asked);
        Assert.Equal(
            ["User: I live in Rome.", "Assistant: Rome, how nice that is.", "Tool: Written down.", "Assistant: Thank you, goodbye."],
            talk.Lines.Take(4));
    }

    [Fact]
    public void Without_last_words_it_ends_with_the_call_that_completes_it_also_where_the_caller_has_interrupted_meanwhile()
    {
        var talk = new Talk();
        talk.Say("Rome.", silence: 0.5);
        talk.Answer(new BrainPart.Text("That is a beautiful city, and it is very old as well."), Written, new BrainPart.Done());
        talk.Pass(2);
        talk.Voice(isTalking: true);
        talk.Words("Stop!");
        talk.Do(new ConversationInput.Finish(""));
        talk.Do(new ConversationInput.ToolDone("c1", "Written down.", EndsConversation: false));
        talk.Pass(1.5);
        Assert.Equal(EndReason.Gathered, talk.Conversation.Ended);
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void A_caller_who_says_nothing_is_asked_once_more_and_then_it_is_over()
    {
        var talk = new Talk(Silent);
        talk.Pass(5.1);
        Assert.Equal(BrainOccasion.Silence, Assert.Single(talk.Asked).Occasion);
        talk.Answer("Are you there?");
        talk.Pass(6);
        Assert.Null(talk.Conversation.Ended);
        talk.Pass(0.6);
        Assert.Equal(EndReason.UserIdle, talk.Conversation.Ended);
        Assert.Single(talk.Asked);
    }
}
