using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>Somebody speaks over what is said to him.</summary>
public sealed class BargeInTests
{
    /// <summary>Two seconds, then three.</summary>
    private const string First = "Twenty characters xx.", Second = "This one has thirty characters";

    private static Talk Speaking(string text = First + " " + Second, ConversationTerms? terms = null)
    {
        var talk = new Talk(terms);
        talk.Say("Hello.", silence: 0.5);
        talk.Answer(text);
        talk.Pass(1);
        Assert.Equal(First, Assert.Single(talk.Heard).Text);
        return talk;
    }

    [Fact]
    public void Two_hundred_milliseconds_of_voice_pause_and_nothing_behind_them_lets_go_on()
    {
        var talk = Speaking();
        talk.Voice(isTalking: true);        // it has been there for 60 ms then
        talk.Pass(0.13);
        Assert.False(talk.IsPaused);
        talk.Pass(0.02);
        Assert.True(talk.IsPaused);
        talk.Pass(0.2);
        talk.Voice(isTalking: false);       // silent for 200 ms
        talk.Pass(0.59);
        Assert.True(talk.IsPaused);
        talk.Pass(0.02);
        Assert.False(talk.IsPaused);
        talk.Pass(5);
        Assert.Equal([First, Second], talk.Heard.Select(heard => heard.Text));
        Assert.Equal($"Assistant: {First} {Second}", talk.Lines[^1]);
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void A_voice_that_is_told_later_pauses_no_later()
    {
        var turns = TurnTerms.Usual with { VoiceOnset = TimeSpan.FromMilliseconds(96) };
        var talk = Speaking(terms: new() { Greeting = "", Turns = turns });
        talk.Voice(isTalking: true);
        talk.Pass(0.1);
        Assert.False(talk.IsPaused);
        talk.Pass(0.01);
        Assert.True(talk.IsPaused);
    }

    [Fact]
    public void A_word_that_is_no_acknowledgement_interrupts_and_only_what_was_heard_is_remembered()
    {
        var talk = Speaking();
        talk.Pass(2);                       // in the second sentence
        talk.Say("Wait, please.", silence: 0.5);
        Assert.Single(talk.Of<ConversationOutput.Silence>());
        Assert.Equal(["User: Hello.", $"Assistant: {First} This one |"], talk.Lines);
        Assert.Equal($"{First} This one", talk.Asked[^1].History[1].Text);
        Assert.Equal("Wait, please.", talk.Asked[^1].History[2].Text);
    }

    [Fact]
    public void Where_a_voice_must_last_longer_a_word_still_interrupts_at_once()
    {
        ConversationTerms terms = new() { Greeting = "", Interruptions = BargeInTerms.Usual.Lasting(2) };
        var talk = Speaking(terms: terms);
        talk.Voice(isTalking: true);        // it has been there for 60 ms then
        talk.Pass(0.33);
        Assert.False(talk.IsPaused);
        talk.Pass(0.02);
        Assert.True(talk.IsPaused);
        talk.Pass(0.98);
        Assert.Empty(talk.Of<ConversationOutput.Silence>());
        talk.Pass(0.02);
        Assert.Single(talk.Of<ConversationOutput.Silence>());

        talk = Speaking(terms: terms);
        talk.Say("Wait, please.", silence: 0.5);
        Assert.Single(talk.Of<ConversationOutput.Silence>());
    }

    [Fact]
    public void Seven_hundred_milliseconds_of_voice_interrupt_without_a_word()
    {
        var talk = Speaking();
        talk.Voice(isTalking: true);
        talk.Pass(0.63);
        Assert.Empty(talk.Of<ConversationOutput.Silence>());
        talk.Pass(0.02);
        Assert.Single(talk.Of<ConversationOutput.Silence>());
    }

    [Fact]
    public void Stop_interrupts_at_once_however_often_it_is_said()
    {
        var talk = Speaking();
        talk.Words("Stop, stop, stop!");
        Assert.Single(talk.Of<ConversationOutput.Silence>());
    }

    [Fact]
    public void Okay_pauses_and_is_no_turn()
    {
        var talk = Speaking();
        talk.Voice(isTalking: true);
        talk.Pass(0.3);
        talk.Words("okay");
        talk.Voice(isTalking: false);
        talk.Pass(8);
        Assert.Single(talk.Of<ConversationOutput.Pause>());
        Assert.Equal([First, Second], talk.Heard.Select(heard => heard.Text));
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void Okay_that_is_too_short_to_pause_is_no_turn_either()
    {
        var talk = Speaking();
        talk.Words("okay");
        talk.Pass(8);
        Assert.Equal([First, Second], talk.Heard.Select(heard => heard.Text));
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void Yes_over_the_end_of_a_question_is_its_answer()
    {
        var talk = Speaking($"{First} Do you want that one?");
        talk.Pass(2.5);
        talk.Say("yes", silence: 2);
        Assert.Equal(2, talk.Asked.Count);
        Assert.Equal("yes", talk.Asked[^1].Said);
    }

    [Fact]
    public void Yes_before_the_question_is_none()
    {
        var talk = Speaking($"{First} Do you want that one?");
        talk.Words("yes");
        talk.Pass(8);
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void Where_nobody_may_interrupt_what_is_said_meanwhile_is_the_next_turn()
    {
        var talk = Speaking(terms: new() { Greeting = "", Interruptions = new() { IsEnabled = false } });
        talk.Say("I have a question.", silence: 1);
        Assert.Single(talk.Asked);
        talk.Pass(5);
        Assert.Empty(talk.Of<ConversationOutput.Pause>());
        Assert.Equal([First, Second], talk.Heard.Select(heard => heard.Text));
        Assert.Equal("I have a question.", talk.Asked[^1].Said);
    }

    [Fact]
    public void Where_nobody_may_interrupt_okay_is_no_turn()
    {
        var talk = Speaking(terms: new() { Greeting = "", Interruptions = new() { IsEnabled = false } });
        talk.Say("okay", silence: 6);
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void A_protected_greeting_is_heard_whole()
    {
        var talk = new Talk(new() { Greeting = "Hello and welcome to us all.", Interruptions = new() { ProtectsGreeting = true } });
        talk.Pass(0.5);
        talk.Say("stop that now.", silence: 4);
        Assert.Equal(["Assistant: Hello and welcome to us all.", "User: stop that now."], Settled(talk));
    }

    [Fact]
    public void A_key_interrupts_at_once()
    {
        var talk = Speaking();
        talk.Keys("1");
        Assert.Single(talk.Of<ConversationOutput.Silence>());
        Assert.Equal("Assistant: Twenty |", talk.Lines[^1]);
        talk.Pass(3);
        Assert.Equal("1", talk.Asked[^1].Pressed);
    }

    [Fact]
    public void What_is_still_being_thought_of_is_cancelled_and_never_said()
    {
        var talk = new Talk();
        talk.Say("Hello.", silence: 0.5);
        talk.Answer(new BrainPart.Text($"{First} {Second}. "));
        talk.Pass(1);
        talk.Say("stop.", silence: 0.5);
        talk.Do(new ConversationInput.FromBrain(talk.Asked[0].Number, new BrainPart.Text("And one more sentence.")));
        Assert.Equal(talk.Asked[0].Number, Assert.Single(talk.Of<ConversationOutput.Cancel>()).Request);
        talk.Answer("Yes?");
        talk.Pass(3);
        Assert.Equal([First, "Yes?"], talk.Heard.Select(heard => heard.Text));
    }

    /// <summary>With the turn that could still be added to.</summary>
    private static IEnumerable<string> Settled(Talk talk)
    {
        talk.Do(new ConversationInput.Stop(EndReason.Stopped));
        return talk.Lines;
    }
}
