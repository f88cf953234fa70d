using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>
/// A brain is asked when the caller pauses (5.2, rule 2): nothing of that is heard or done before the turn is over, and nothing is left of
/// it when he goes on.
/// </summary>
public sealed class AskedAheadTests
{
    private const string Unfinished = "I would like a pizza";

    private readonly Talk _talk = new(new() { Greeting = "", AsksAhead = 3 });

    [Fact]
    public void An_answer_is_asked_for_at_the_pause_and_heard_as_soon_as_the_turn_is_over()
    {
        _talk.Say(Unfinished, silence: 0.5);
        var asked = Assert.Single(_talk.Asked);
        Assert.Equal((BrainOccasion.Turn, Unfinished, Unfinished), (asked.Occasion, asked.Said, asked.History[^1].Text));
        _talk.Answer(new BrainPart.Text("One pizza, then."), Call("a"), new BrainPart.Done());
        _talk.Pass(0.7);
        Assert.Empty(_talk.Conversation.Messages);
        Assert.Single(_talk.Outputs);
        _talk.Pass(0.3);
        // 1.5 s behind the last sound, which was 200 ms before the pause was told.
        Assert.InRange(Assert.Single(_talk.Heard).At.TotalSeconds, 1.8, 1.85);
        Assert.Equal("a", Assert.Single(_talk.Of<ConversationOutput.Run>()).Call.Id);
        Assert.Equal(asked, Assert.Single(_talk.Of<ConversationOutput.Adopt>()).Request);
        Assert.Single(_talk.Asked);
        _talk.Pass(3);
        _talk.Do(new ConversationInput.ToolDone("a", "done", EndsConversation: false));
        Assert.Equal([$"User: {Unfinished}", "Assistant: One pizza, then.", "Tool: done"], _talk.Lines);
        Assert.Empty(_talk.Of<ConversationOutput.Cancel>());
    }

    [Fact]
    public void What_comes_behind_the_end_of_the_turn_is_the_rest_of_the_answer()
    {
        _talk.Say(Unfinished, silence: 0.5);
        _talk.Answer(new BrainPart.Text("One pizza, "));
        _talk.Pass(1);
        _talk.Answer("then.");
        _talk.Pass(3);
        Assert.Equal([$"User: {Unfinished}", "Assistant: One pizza, then."], _talk.Lines);
        Assert.Single(_talk.Asked);
    }

    [Fact]
    public void Nothing_is_left_of_it_when_he_goes_on()
    {
        _talk.Say("I would like", silence: 0.9);
        _talk.Answer(new BrainPart.Text("What would you like?"), Call("a"), new BrainPart.Done());
        _talk.Say("a large pizza.", silence: 0.5);
        var (first, second) = (_talk.Asked[0], _talk.Asked[1]);
        Assert.Equal(first.Number, Assert.Single(_talk.Of<ConversationOutput.Cancel>()).Request);
        Assert.Equal(("I would like a large pizza.", null), (second.Said, second.Replaces));
        Assert.Equal(["I would like a large pizza."], second.History.Select(message => message.Text));
        _talk.Do(new ConversationInput.FromBrain(first.Number, new BrainPart.Text("And to drink?")));
        _talk.Answer("A large one.");
        _talk.Pass(3);
        Assert.Equal(["User: I would like a large pizza.", "Assistant: A large one."], _talk.Lines);
        Assert.Equal("A large one.", Assert.Single(_talk.Heard).Text);
        Assert.Empty(_talk.Of<ConversationOutput.Run>());
        Assert.Equal(2, _talk.Asked.Count);
    }

    [Fact]
    public void Words_that_come_late_are_asked_about_anew()
    {
        _talk.Say("I want", silence: 0.1);
        _talk.Words("a pizza.");
        Assert.Equal(["I want", "I want a pizza."], _talk.Asked.Select(request => request.Said));
        Assert.Equal(_talk.Asked[0].Number, Assert.Single(_talk.Of<ConversationOutput.Cancel>()).Request);
        // Words that may still change are not asked about.
        _talk.Words("and a", isFinal: false);
        Assert.Equal(2, _talk.Asked.Count);
        Assert.Equal(2, _talk.Of<ConversationOutput.Cancel>().Count());
    }

    [Fact]
    public void A_turn_is_asked_about_three_times_at_most_before_it_is_over()
    {
        foreach (string word in new[] { "apples", "pears", "plums", "figs", "dates" }) _talk.Say(word, silence: 0.5);
        Assert.Equal(["apples", "apples pears", "apples pears plums"], _talk.Asked.Select(request => request.Said));
        _talk.Pass(2);
        Assert.Equal("apples pears plums figs dates", _talk.Asked[3].Said);
        Assert.Equal(4, _talk.Asked.Count);
        _talk.Answer("All of them.");
        _talk.Pass(3);
        // The next turn has its own.
        _talk.Say("and apples", silence: 0.1);
        Assert.Equal("and apples", _talk.Asked[4].Said);
    }

    [Fact]
    public void Whoever_has_talked_for_ten_seconds_is_asked_about_when_he_is_done()
    {
        _talk.Voice(isTalking: true);
        _talk.Pass(10.5);
        _talk.Words("and so on");
        _talk.Voice(isTalking: false);
        _talk.Pass(1);
        Assert.Empty(_talk.Asked);
        _talk.Pass(0.5);
        Assert.Single(_talk.Asked);
    }

    [Fact]
    public void One_that_has_failed_is_asked_once_more_when_the_turn_is_over_and_nobody_hears_of_it()
    {
        _talk.Say(Unfinished, silence: 0.3);
        _talk.Answer(new BrainPart.Text("One "), new BrainPart.Failed("its server is away"));
        _talk.Pass(0.5);
        Assert.Single(_talk.Asked);
        _talk.Pass(1);
        Assert.Equal((1, _talk.Asked[0].Number, Unfinished), (_talk.Asked[1].Try, _talk.Asked[1].Replaces, _talk.Asked[1].Said));
        Assert.Empty(_talk.Heard);
        _talk.Answer("Which one?");
        _talk.Pass(3);
        Assert.Equal([$"User: {Unfinished}", "Assistant: Which one?"], _talk.Lines);
    }

    [Fact]
    public void One_that_does_not_answer_in_time_behind_the_end_of_the_turn_is_asked_again()
    {
        _talk.Say(Unfinished, silence: 5);
        Assert.Single(_talk.Asked);
        _talk.Pass(1);
        Assert.Equal((1, _talk.Asked[0].Number), (_talk.Asked[1].Try, _talk.Asked[1].Replaces));
    }

    [Fact]
    public void What_is_told_meanwhile_is_known_to_the_answer()
    {
        _talk.Say(Unfinished, silence: 0.3);
        _talk.Do(new ConversationInput.Told([new(MessageRole.System, "He is Ada.", _talk.Now)], AnswersNow: false));
        Assert.Equal(["He is Ada.", Unfinished], _talk.Asked[1].History.Select(message => message.Text));
        _talk.Pass(2);
        Assert.Equal(2, _talk.Asked.Count);
        Assert.Equal(["He is Ada.", Unfinished], _talk.Conversation.Messages.Select(message => message.Text));
    }

    [Fact]
    public void A_call_that_ends_has_nothing_asked_for()
    {
        _talk.Say(Unfinished, silence: 0.3);
        _talk.Do(new ConversationInput.Stop(EndReason.CallHangup));
        Assert.Single(_talk.Of<ConversationOutput.Cancel>());
        Assert.Equal([$"User: {Unfinished}"], _talk.Lines);
    }

    private static BrainPart Call(string id) => new BrainPart.Call(new(id, "weather", "{}"));
}
