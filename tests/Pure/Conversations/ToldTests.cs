using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>What somebody who is not on the call gives a brain to know, while it talks there.</summary>
public sealed class ToldTests
{
    private readonly Talk _talk = new();

    private void Tell(MessageRole role, string text, bool answersNow = false) =>
        _talk.Do(new ConversationInput.Told([new(role, text, _talk.Now)], answersNow));

    private IEnumerable<string> Known => _talk.Asked[^1].History.Select(message => $"{message.Role}: {message.Text}");

    [Fact]
    public void It_is_known_from_the_next_answer_on_and_nobody_is_told_that_it_was_said()
    {
        Tell(MessageRole.System, "The caller is Ada.");
        _talk.Pass(3);
        Assert.Empty(_talk.Asked);
        _talk.Say("Who am I?", silence: 0.6);
        Assert.Equal(["System: The caller is Ada.", "User: Who am I?"], Known);
        _talk.Answer("You are Ada.");
        _talk.Pass(3);
        Assert.Equal(["User: Who am I?", "Assistant: You are Ada."], _talk.Lines);
    }

    [Fact]
    public void It_is_answered_at_once_where_that_is_asked_for_also_while_the_caller_speaks()
    {
        _talk.Voice(isTalking: true);
        _talk.Pass(0.2);
        Tell(MessageRole.User, "Tell him that his pizza is there.", answersNow: true);
        var asked = Assert.Single(_talk.Asked);
        Assert.Equal((BrainOccasion.Told, ""), (asked.Occasion, asked.Said));
        Assert.Equal(["User: Tell him that his pizza is there."], Known);
        _talk.Answer("Your pizza is there.");
        _talk.Pass(3);
        Assert.Equal("Your pizza is there.", Assert.Single(_talk.Heard).Text);
    }

    [Fact]
    public void What_is_being_said_is_said_to_its_end_before_and_one_answer_is_for_all()
    {
        _talk.Say("Hello?", silence: 0.6);
        _talk.Answer("Good morning to you.");
        _talk.Pass(0.5);
        Tell(MessageRole.System, "One.", answersNow: true);
        Tell(MessageRole.System, "Two.");
        Assert.Single(_talk.Asked);
        _talk.Pass(3);
        Assert.Equal(2, _talk.Asked.Count);
        Assert.Equal(["User: Hello?", "Assistant: Good morning to you.", "System: One.", "System: Two."], Known);
    }

    [Fact]
    public void A_turn_that_the_caller_adds_to_is_one_behind_it()
    {
        _talk.Say("A pizza,", silence: 1.6);
        Tell(MessageRole.System, "There are none.");
        _talk.Say("and a beer.", silence: 0.6);
        Assert.Equal(["System: There are none.", "User: A pizza, and a beer."], Known);
    }

    [Fact]
    public void A_turn_that_comes_behind_it_is_answered_with_it()
    {
        _talk.Say("A pizza,", silence: 1.6);
        Tell(MessageRole.System, "There are none.", answersNow: true);
        _talk.Say("and a beer.", silence: 0.6);
        Assert.Equal(2, _talk.Asked.Count);
        _talk.Answer("A beer, then.");
        _talk.Pass(3);
        Assert.Equal(2, _talk.Asked.Count);
    }
}
