// Longer than others: what becomes of a call is told case by case, by one talk.
using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>What brains have done: each call gets exactly one result, and providers may fail.</summary>
public sealed class ToolTests
{
    private static ConversationTerms Patient => new() { Greeting = "", ForBrain = TimeSpan.FromMinutes(5) };

    private static BrainPart Call(string id, string name = "weather") => new BrainPart.Call(new(id, name, "{}"));

    private static Talk Asked(ConversationTerms? terms = null)
    {
        var talk = new Talk(terms ?? Patient);
        talk.Say("What is it like?", silence: 0.5);
        return talk;
    }

    private static void Done(Talk talk, string id, string result, bool ends = false) =>
        talk.Do(new ConversationInput.ToolDone(id, result, ends));

    [Fact]
    public void A_long_reply_is_said_to_its_end()
    {
        var talk = Asked();
        string[] sentences =
        [
            .. new[] { "first", "second", "third", "fourth" }
                .Select(nth => $"This is the {nth} of some sentences that take eight seconds each of them."),
        ];
        talk.Answer(string.Join(' ', sentences));
        talk.Pass(40);
        Assert.Equal(sentences, talk.Heard.Select(heard => heard.Text).Take(sentences.Length));
        Assert.Null(talk.Conversation.Ended);
    }

    [Fact]
    public void Calls_run_at_once_and_their_results_follow_in_the_order_of_the_calls()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("Let me see."), Call("a"), Call("b"), new BrainPart.Done());
        Assert.Equal(["a", "b"], talk.Of<ConversationOutput.Run>().Select(run => run.Call.Id));
        talk.Pass(3);
        Done(talk, "b", "wet");
        Done(talk, "b", "twice");
        Assert.Single(talk.Asked);
        Done(talk, "a", "cold");
        var request = talk.Asked[^1];
        Assert.Equal(BrainOccasion.ToolResults, request.Occasion);
        Assert.Equal(["Let me see.", "cold", "wet"], request.History.Skip(1).Select(message => message.Text));
        Assert.Equal(["a", "b"], request.History[1].Calls.Select(call => call.Id));
        Assert.Equal(["a", "b"], request.History.Skip(2).Select(message => message.CallId));
        talk.Answer("It is cold and wet.");
        talk.Pass(5);
        Assert.Equal(["Let me see.", "It is cold and wet."], talk.Heard.Select(heard => heard.Text));
    }

    [Fact]
    public void More_calls_than_there_may_be_get_a_result_that_says_so()
    {
        var talk = Asked();
        talk.Answer([.. Enumerable.Range(0, 10).Select(i => Call($"{i}")), new BrainPart.Done()]);
        Assert.Equal(8, talk.Of<ConversationOutput.Run>().Count());
        for (int i = 0; i < 8; i++) Done(talk, $"{i}", "fine");
        var results = talk.Asked[^1].History.Where(message => message.Role is MessageRole.Tool).ToList();
        Assert.Equal(10, results.Count);
        Assert.All(results.Skip(8), result => Assert.StartsWith("Not done", result.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_brain_that_calls_for_ever_is_stopped()
    {
        var talk = Asked();
        for (int i = 0; i < 20 && talk.Asked.Count == i + 1; i++)
        {
            talk.Answer(Call($"{i}"), new BrainPart.Done());
            Done(talk, $"{i}", "again");
        }
        Assert.InRange(talk.Of<ConversationOutput.Run>().Count(), 5, 5);
        Assert.InRange(talk.Asked.Count, 6, 8);
        talk.Pass(1);
        talk.Say("Hello?", silence: 0.5);
        Assert.Equal(BrainOccasion.Turn, talk.Asked[^1].Occasion);
    }

    [Fact]
    public void Whoever_interrupts_gets_the_turn_and_the_call_its_one_result()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("I look that up for you now."), Call("a"), new BrainPart.Done());
        talk.Pass(1);
        talk.Say("Stop.", silence: 0.5);
        Done(talk, "a", "late");
        var tool = Assert.Single(talk.Asked[^1].History, message => message.Role is MessageRole.Tool);
        // It runs, and may be a booking: whoever is told that it is not done has it done again.
        Assert.Equal(("a", "Begun, and its result is not known: the caller interrupted."), (tool.CallId, tool.Text));
    }

    [Fact]
    public void What_a_caller_says_while_a_tool_runs_is_answered_with_its_result()
    {
        var talk = Asked(Patient with { ReadsHistory = true });
        talk.Answer(Call("a"), new BrainPart.Done());
        talk.Pass(0.5);
        talk.Say("And is it windy?", silence: 1);
        Assert.Single(talk.Asked);
        Done(talk, "a", "wet");
        var request = talk.Asked[^1];
        Assert.Equal(BrainOccasion.ToolResults, request.Occasion);
        Assert.Equal(["What is it like?", "", "wet", "And is it windy?"], request.History.Select(message => message.Text));
        talk.Answer("It is wet, and not windy.");
        talk.Pass(5);
        Assert.Equal("It is wet, and not windy.", Assert.Single(talk.Heard).Text);
        Assert.Equal(2, talk.Asked.Count);
    }

    [Fact]
    public void What_a_caller_says_before_the_answer_to_a_result_is_heard_is_a_turn()
    {
        var talk = Asked(Patient with { ReadsHistory = true });
        talk.Answer(Call("a"), new BrainPart.Done());
        Done(talk, "a", "wet");
        Assert.Equal(2, talk.Asked.Count);
        talk.Say("And is it windy?", silence: 1);
        talk.Answer("It is wet there today.");
        talk.Pass(2);
        Assert.Equal("And is it windy?", talk.Asked[^1].Said);
        Assert.Equal(3, talk.Asked.Count);
    }

    [Fact]
    public void Whoever_is_entertained_while_a_tool_runs_has_what_he_said_before_answered_with_its_result()
    {
        var talk = Asked(Patient with { ReadsHistory = true, FillerAfter = TimeSpan.FromSeconds(2) });
        talk.Answer(Call("a"), new BrainPart.Done());
        talk.Say("And for two persons.", silence: 1);
        talk.Pass(4);
        Assert.Single(talk.Asked);
        Assert.Equal("One moment, please.", Assert.Single(talk.Heard).Text);
        Done(talk, "a", "wet");
        Assert.Equal((2, BrainOccasion.ToolResults), (talk.Asked.Count, talk.Asked[^1].Occasion));
        Assert.Contains(talk.Asked[^1].History, message => message.Text is "And for two persons.");
    }

    [Fact]
    public void Okay_while_a_tool_runs_is_no_turn()
    {
        var talk = Asked(Patient with { ReadsHistory = true });
        talk.Answer(Call("a"), new BrainPart.Done());
        talk.Say("okay", silence: 2);
        Done(talk, "a", "wet");
        Assert.DoesNotContain(talk.Asked[^1].History, message => message.Text is "okay");
        talk.Answer("It is wet.");
        talk.Pass(4);
        Assert.Equal(2, talk.Asked.Count);
        Assert.Equal("It is wet.", Assert.Single(talk.Heard).Text);
    }

    [Fact]
    public void What_has_not_begun_when_the_caller_interrupts_is_not_done()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("I connect you to the desk."), Call("t", ToolCall.Transfer), new BrainPart.Done());
        talk.Pass(1);
        talk.Say("Stop.", silence: 0.5);
        Assert.Empty(talk.Of<ConversationOutput.Run>());
        var tool = Assert.Single(talk.Asked[^1].History, message => message.Role is MessageRole.Tool);
        Assert.Equal(("t", "Not done: the caller interrupted."), (tool.CallId, tool.Text));
    }

    [Fact]
    public void A_result_that_comes_while_the_caller_interrupts_is_known_when_he_is_answered()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("I look that up for you now."), Call("a"), new BrainPart.Done());
        talk.Pass(1);
        talk.Voice(isTalking: true);
        talk.Pass(1);
        Done(talk, "a", "wet");
        Done(talk, "a", "twice");
        talk.Words("And tomorrow?");
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        var request = talk.Asked[^1];
        Assert.Equal(BrainOccasion.Turn, request.Occasion);
        Assert.Equal([MessageRole.User, MessageRole.Assistant, MessageRole.Tool, MessageRole.System, MessageRole.User],
            request.History.Select(message => message.Role));
        Assert.EndsWith("wet", request.History[3].Text, StringComparison.Ordinal);
        talk.Answer("Wet, both.");
        talk.Pass(3);
        Assert.Equal(request.Number, talk.Asked[^1].Number);
    }

    [Fact]
    public void A_result_that_comes_behind_the_answer_to_an_interruption_is_told_without_being_asked_for()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("I look that up for you now."), Call("a"), new BrainPart.Done());
        talk.Pass(1);
        talk.Say("Wait, are you there?", silence: 0.5);
        talk.Answer("I am.");
        talk.Pass(0.2);
        Done(talk, "a", "wet");
        talk.Pass(2);
        var request = talk.Asked[^1];
        Assert.Equal(BrainOccasion.Told, request.Occasion);
        Assert.Equal((MessageRole.Assistant, "I am."), (request.History[^2].Role, request.History[^2].Text));
        Assert.Equal(MessageRole.System, request.History[^1].Role);
        Assert.EndsWith("wet", request.History[^1].Text, StringComparison.Ordinal);
        talk.Answer("It is wet.");
        talk.Pass(3);
        Assert.Equal("It is wet.", talk.Heard[^1].Text);
    }

    [Fact]
    public void What_a_call_gave_is_told_though_the_answer_that_it_stood_in_broke_off()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("I look that up for you now."), Call("a"));
        talk.Pass(1);
        talk.Answer(new BrainPart.Failed("the stream broke"));
        Done(talk, "a", "wet");
        talk.Pass(5);
        Assert.Contains(talk.Asked[^1].History,
            message => message.Role is MessageRole.System && message.Text.EndsWith("wet", StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_says_that_a_call_was_not_made_because_its_conversation_ended()
    {
        var talk = Asked();
        talk.Answer(Call("a"), new BrainPart.Done());
        talk.Do(new ConversationInput.Stop(EndReason.CallHangup));
        Done(talk, "a", "booked");
        Assert.Equal("Begun, and its result is not known: the conversation has ended.",
            Assert.Single(talk.Told, message => message.CallId is "a").Text);
    }

    [Fact]
    public void Case_14_fillers_are_heard_once_while_a_tool_runs_and_the_model_is_not_told_of_them()
    {
        var talk = Asked(Patient with
        {
            FillerAfter = TimeSpan.FromSeconds(3),
            Fillers = new Dictionary<string, IReadOnlyList<Filler>>
            {
                ["weather"] =
                [
                    new(TimeSpan.Zero, "I look."), new(TimeSpan.FromSeconds(2), "Still at it."), new(TimeSpan.FromSeconds(9), "Soon."),
                ],
            },
        });
        talk.Answer(Call("a"), new BrainPart.Done());
        talk.Pass(5);
        Done(talk, "a", "Not done: no answer within 5 s.");
        Assert.Equal(["I look.", "Still at it."], talk.Heard.Select(heard => heard.Text));
        Assert.InRange((talk.Heard[1].At - talk.Heard[0].At).TotalSeconds, 1.9, 2.1);
        var request = talk.Asked[^1];
        Assert.Equal("a", Assert.Single(request.History, message => message.Role is MessageRole.Tool).CallId);
        Assert.DoesNotContain(request.History, message => message.Text.Contains("look", StringComparison.Ordinal));
        talk.Answer("It is wet.");
        talk.Pass(15);
        Assert.Equal(["I look.", "Still at it.", "It is wet."], talk.Heard.Select(heard => heard.Text));
        Assert.Contains("Assistant: I look. Still at it.", talk.Lines);
    }

    [Fact]
    public void Whoever_hears_nothing_for_three_seconds_hears_one_neutral_phrase_a_turn()
    {
        var talk = Asked(Patient with { FillerAfter = TimeSpan.FromSeconds(3) });
        talk.Answer(new BrainPart.Text("Let me see."), Call("a"), new BrainPart.Done());
        talk.Pass(3.9);
        Assert.Single(talk.Heard);
        talk.Pass(20);
        // Behind what was said, which took a second and a bit.
        Assert.Equal(["Let me see.", "One moment, please."], talk.Heard.Select(heard => heard.Text));
        Done(talk, "a", "wet");
        talk.Answer(Call("b"), new BrainPart.Done());
        talk.Pass(10);
        Assert.Equal(2, talk.Heard.Count);
        Done(talk, "b", "cold");
        talk.Answer("Wet and cold.");
        talk.Pass(3);
        talk.Say("And tomorrow?", silence: 0.5);
        // Who transfers rings, and nobody is entertained meanwhile.
        talk.Answer(Call("t", ToolCall.Transfer), new BrainPart.Done());
        talk.Pass(5);
        Assert.Equal(3, talk.Heard.Count);
        Done(talk, "t", "Busy.");
        talk.Answer(Call("c"), new BrainPart.Done());
        talk.Pass(5);
        Assert.Equal("I am looking into that.", talk.Heard[^1].Text);
    }

    [Fact]
    public void Whoever_skips_his_turn_says_nothing_and_is_not_asked_again()
    {
        var talk = Asked();
        talk.Answer(Call("s", ToolCall.SkipTurn), new BrainPart.Done());
        talk.Pass(1);
        Assert.Empty(talk.Of<ConversationOutput.Run>());
        Assert.Single(talk.Asked);
        talk.Say("Well?", silence: 0.5);
        Assert.Equal([MessageRole.User, MessageRole.Assistant, MessageRole.Tool, MessageRole.User],
            talk.Asked[^1].History.Select(message => message.Role));
        // Beside another call it is one as any.
        talk.Answer(Call("t", ToolCall.SkipTurn), Call("a"), new BrainPart.Done());
        Done(talk, "a", "wet");
        Assert.Equal(BrainOccasion.ToolResults, talk.Asked[^1].Occasion);
    }

    [Fact]
    public void A_goodbye_is_heard_before_the_call_ends()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("Goodbye."), Call("h", ToolCall.Hangup), new BrainPart.Done());
        talk.Pass(0.7);
        Assert.Null(talk.Conversation.Ended);
        talk.Pass(0.2);
        Assert.Equal(EndReason.AssistantHangup, talk.Conversation.Ended);
        Assert.Empty(talk.Of<ConversationOutput.Run>());
        Assert.Contains("Assistant: Goodbye.", talk.Lines);
    }

    [Fact]
    public void A_goodbye_can_be_interrupted_once()
    {
        var talk = Asked();
        for (int i = 0; i < 2; i++)
        {
            talk.Answer(new BrainPart.Text("Goodbye, and thank you for calling."), Call($"{i}", ToolCall.Hangup), new BrainPart.Done());
            talk.Pass(1);
            talk.Say("Wait, one more thing.", silence: 0.5);
        }
        Assert.Equal(2, talk.Asked.Count);
        talk.Pass(5);
        Assert.Equal(EndReason.AssistantHangup, talk.Conversation.Ended);
    }

    [Fact]
    public void A_transfer_begins_behind_what_is_said_and_its_success_ends_the_conversation()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("I connect you."), Call("t", ToolCall.Transfer), new BrainPart.Done());
        Assert.Empty(talk.Of<ConversationOutput.Run>());
        talk.Pass(2);
        Assert.Single(talk.Of<ConversationOutput.Run>());
        Done(talk, "t", "Bridged.", ends: true);
        Assert.Equal(EndReason.Transferred, talk.Conversation.Ended);
        Assert.Single(talk.Told, message => message.CallId == "t");
    }

    [Fact]
    public void A_transfer_that_fails_is_told_to_the_brain_and_the_talk_goes_on()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("I connect you."), Call("t", ToolCall.Transfer), new BrainPart.Done());
        talk.Pass(2);
        Done(talk, "t", "Busy.");
        Assert.Equal("Busy.", talk.Asked[^1].History[^1].Text);
        talk.Answer("They are busy.");
        talk.Pass(3);
        Assert.Equal("They are busy.", talk.Heard[^1].Text);
    }

    [Fact]
    public void A_brain_that_says_nothing_is_asked_again_and_then_excused()
    {
        var talk = Asked(new() { Greeting = "" });
        talk.Pass(4.1);
        Assert.Equal(talk.Asked[0].Number, talk.Asked[1].Replaces);
        talk.Pass(8);
        Assert.Equal(2, talk.Asked.Count);
        Assert.StartsWith("Sorry", talk.Heard[0].Text, StringComparison.Ordinal);
        // Nobody's brain has said that.
        Assert.DoesNotContain(talk.Conversation.Messages, message => message.Role is MessageRole.Assistant);
    }

    [Fact]
    public void After_three_turns_without_a_brain_it_says_farewell_and_ends()
    {
        var talk = new Talk();
        for (int i = 0; i < 3; i++)
        {
            talk.Say("Hello?", silence: 0.5);
            talk.Answer(new BrainPart.Failed("of a fault"));
            talk.Answer(new BrainPart.Failed("of a fault"));
            talk.Pass(8);
        }
        Assert.Equal(EndReason.ProviderFailure, talk.Conversation.Ended);
        Assert.Contains("Goodbye", talk.Heard[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_said_of_an_answer_that_breaks_off_stays()
    {
        var talk = Asked();
        talk.Answer(new BrainPart.Text("It is cold. And it "));
        talk.Pass(0.5);
        talk.Answer(new BrainPart.Failed("the stream broke"));
        talk.Pass(4);
        Assert.Equal(["It is cold.", "And it"], talk.Heard.Select(heard => heard.Text));
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void Without_a_voice_there_is_no_conversation()
    {
        var talk = Asked();
        talk.Answer("Hello.");
        talk.Do(new ConversationInput.PieceFailed(1));
        Assert.Equal(EndReason.VoiceFailure, talk.Conversation.Ended);
    }
}
