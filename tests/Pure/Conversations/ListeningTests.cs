using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>When a caller's turn is over, and what becomes of it.</summary>
public sealed class ListeningTests
{
    [Fact]
    public void A_turn_is_answered_and_both_are_told_when_they_were_heard()
    {
        var talk = new Talk();
        talk.Say("Good morning.", silence: 0.5);
        Assert.Equal((BrainOccasion.Turn, "Good morning."), (talk.Asked[^1].Occasion, talk.Asked[^1].Said));
        talk.Answer("Hello to you.");
        talk.Pass(3);
        Assert.Equal(["User: Good morning.", "Assistant: Hello to you."], talk.Lines);
        Assert.Equal(talk.Heard[0].At, talk.Told[1].At - Talk.Start);
    }

    [Fact]
    public void A_turn_has_the_time_of_its_last_sound_and_not_of_the_silence_that_ended_it()
    {
        var talk = new Talk();
        talk.Say("I would like", silence: 3);       // silent from 0.3 s on, and over at 1.8 s
        talk.Answer("A pizza?");
        talk.Pass(2);
        var key = talk.Time;
        talk.Keys("1");
        talk.Pass(3);                               // two seconds of which are for another key
        talk.Answer("Thank you.");
        talk.Pass(2);
        Assert.Equal(["User: I would like", "Assistant: A pizza?", "User: pressed 1", "Assistant: Thank you."], talk.Lines);
        Assert.Equal((TimeSpan.FromSeconds(0.3), key), (talk.Told[0].At - Talk.Start, talk.Told[2].At - Talk.Start));
    }

    [Fact]
    public void What_somebody_tells_while_the_caller_is_silent_does_not_come_behind_his_words()
    {
        var talk = new Talk();
        talk.Voice(isTalking: true);
        talk.Pass(0.5);
        talk.Words("I would like");
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        talk.Do(new ConversationInput.Told([new(MessageRole.System, "He has ordered before.", talk.Now)], AnswersNow: false));
        talk.Pass(2);
        var asked = Assert.Single(talk.Asked).History;
        Assert.Equal([MessageRole.System, MessageRole.User], asked.Select(message => message.Role));
        Assert.Equal(asked[0].At, asked[1].At);
    }

    /// <summary>As recognisers tell them that find no end of words in noise: heard better, or with more behind them.</summary>
    [Theory, InlineData("I like pizza.", ""), InlineData("I would like a pizza.", ""), InlineData("I like pizza please.", "please.")]
    [InlineData("I like pizza-and salad.", "and salad.")]
    public void Words_that_come_once_more_when_their_turn_is_over_are_no_other_turn(string late, string more)
    {
        var talk = new Talk();
        Begin(talk);
        talk.Answer("Here is one for you, and it is a large one.");
        talk.Pass(1);
        talk.Words(late);
        // Long enough for the answer, and too short to ask a silent model again.
        talk.Pass(4);
        Assert.Equal(more.Length == 0, talk.Lines.Contains("Assistant: Here is one for you, and it is a large one."));
        string[] said = more.Length == 0 ? ["I like pizza"] : ["I like pizza", more];
        Assert.Equal(said, talk.Asked.Select(request => request.Said));
    }

    [Fact]
    public void Who_goes_on_is_not_told_to_have_said_the_beginning_twice()
    {
        var talk = new Talk();
        Begin(talk);
        talk.Voice(isTalking: true);
        talk.Pass(0.5);
        talk.Words("I like pizza. And a salad.");
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        Assert.Equal("I like pizza And a salad.", talk.Asked[^1].Said);
    }

    [Fact]
    public void Who_says_the_same_later_has_said_it()
    {
        var talk = new Talk();
        Begin(talk);
        talk.Answer("One pizza. Is that right?");
        talk.Pass(6);
        talk.Say("I like pizza.", silence: 0.5);
        Assert.Equal(["I like pizza", "I like pizza."], talk.Asked.Select(request => request.Said));
    }

    [Fact]
    public void Of_words_that_never_end_each_turn_has_its_own()
    {
        var talk = new Talk();
        Begin(talk);
        foreach (string words in new[] { "I like pizza and salad", "I like pizza and salad and water" })
        {
            talk.Answer("Yes.");
            talk.Pass(1);
            talk.Voice(isTalking: true);
            talk.Pass(0.5);
            talk.Words(words, isFinal: false);
            talk.Voice(isTalking: false);
            talk.Pass(2.5);
        }
        Assert.Equal(["I like pizza", "and salad", "and water"], talk.Asked.Select(request => request.Said).Distinct());
    }

    [Fact]
    public void Who_says_yes_twice_has_said_it_twice_where_the_first_was_never_final()
    {
        var talk = new Talk();
        Begin(talk);
        talk.Answer("One pizza?");
        talk.Pass(1.5);
        talk.Voice(isTalking: true);
        talk.Pass(0.3);
        talk.Words("I like pizza", isFinal: false);
        talk.Words("I like pizza.");
        talk.Voice(isTalking: false);
        talk.Pass(1);
        Assert.Equal(["I like pizza", "I like pizza."], talk.Asked.Select(request => request.Said));
    }

    /// <summary>A turn whose words could still change when it was over, 2.5 s from the beginning on.</summary>
    private static void Begin(Talk talk)
    {
        talk.Voice(isTalking: true);
        talk.Pass(0.5);
        talk.Words("I like pizza", isFinal: false);
        talk.Voice(isTalking: false);
        talk.Pass(2);
        Assert.Equal("I like pizza", Assert.Single(talk.Asked).Said);
    }

    [Fact]
    public void A_model_of_ends_of_turns_judges_in_place_of_the_rule_of_words()
    {
        var talk = new Talk(new() { Greeting = "", Turns = new() { EndOfTurn = new EndsBehind("please") } });
        // By the rule of words the first would wait for 1.5 s of silence, and the second for no more than 0.4.
        talk.Say("A pizza please", silence: 0.1);
        Assert.Equal("A pizza please", Assert.Single(talk.Asked).Said);
        talk.Answer("Here it is.");
        talk.Pass(3);
        talk.Say("And another one.", silence: 2);
        Assert.Single(talk.Asked);
        talk.Pass(0.4);
        Assert.Equal("And another one.", talk.Asked[^1].Said);
    }

    [Fact]
    public void Keys_are_nothing_to_one_that_hears_none()
    {
        var talk = new Talk(new() { Greeting = "Good morning to all of you.", HearsKeys = false });
        talk.Pass(0.5);
        talk.Keys("12#");
        talk.Pass(10);
        Assert.Empty(talk.Asked);
        Assert.Equal(["Assistant: Good morning to all of you."], talk.Lines);
    }

    [Fact]
    public void What_waits_behind_a_sound_of_somebody_else_is_not_late()
    {
        var talk = new Talk(new() { Greeting = "", ForVoice = TimeSpan.FromSeconds(2), IdleTimeout = TimeSpan.FromSeconds(5) });
        talk.Do(new ConversationInput.Elsewhere(IsOn: true));
        talk.Pass(8);
        Assert.Null(talk.Conversation.Ended);
        talk.Voice(isTalking: true);
        talk.Words("Good morning.");
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        // It is asked for, and nothing of it is heard.
        var request = talk.Asked[^1].Number;
        foreach (var part in new BrainPart[] { new BrainPart.Text("Hello to you."), new BrainPart.Done() })
            talk.Conversation.Handle(new ConversationInput.FromBrain(request, part), talk.Now);
        for (int i = 0; i < 10; i++) talk.Conversation.Wake(talk.Now + TimeSpan.FromSeconds(i));
        Assert.Null(talk.Conversation.Ended);
        talk.Conversation.Handle(new ConversationInput.Elsewhere(IsOn: false), talk.Now + TimeSpan.FromSeconds(10));
        talk.Conversation.Wake(talk.Now + TimeSpan.FromSeconds(11.9));
        Assert.Null(talk.Conversation.Ended);
        talk.Conversation.Wake(talk.Now + TimeSpan.FromSeconds(12.1));
        Assert.Equal(EndReason.VoiceFailure, talk.Conversation.Ended);
    }

    [Fact]
    public void What_somebody_else_stops_is_over_and_nothing_that_waited_behind_it_is_waited_for()
    {
        var talk = new Talk();
        talk.Say("Good morning.", silence: 0.5);
        talk.Answer("Here is one sentence. Here is another sentence. And here is a third one.");
        talk.Pass(1);
        talk.Do(new ConversationInput.PieceEnded(talk.Of<ConversationOutput.Say>().First().Piece, IsWhole: false, TimeSpan.FromSeconds(1)));
        talk.Pass(20);
        Assert.Null(talk.Conversation.Ended);
        Assert.Equal(["User: Good morning.", "Assistant: Here is"], talk.Lines);
    }

    [Fact]
    public void What_somebody_else_stops_before_it_is_heard_is_not_waited_for()
    {
        var talk = new Talk();
        talk.Say("Good morning.", silence: 0.5);
        talk.Answer("Here is one sentence.");
        talk.Do(new ConversationInput.PieceEnded(talk.Of<ConversationOutput.Say>().Last().Piece, IsWhole: false, TimeSpan.Zero));
        talk.Pass(20);
        Assert.Null(talk.Conversation.Ended);
        Assert.Equal(["User: Good morning."], talk.Lines);
    }

    [Fact]
    public void Nobody_is_idle_who_listens_to_somebody_else()
    {
        var talk = new Talk(new() { Greeting = "", IdleTimeout = TimeSpan.FromSeconds(5) });
        talk.Pass(4);
        talk.Do(new ConversationInput.Elsewhere(IsOn: true));
        talk.Pass(8);
        talk.Do(new ConversationInput.Elsewhere(IsOn: false));
        talk.Pass(4.9);
        Assert.Null(talk.Conversation.Ended);
        talk.Pass(0.2);
        Assert.Equal(EndReason.UserIdle, talk.Conversation.Ended);
    }

    [Fact]
    public void Who_is_excused_has_his_time_anew_and_is_asked_about_anew()
    {
        var talk = new Talk(new() { Greeting = "", IdleTimeout = TimeSpan.FromSeconds(5) });
        for (int i = 0; i < 4; i++)
        {
            talk.Pass(4.9);
            Assert.False(talk.Conversation.IsIdleOver(talk.Now));
            Assert.True(talk.Conversation.IsIdleOver(talk.Now + TimeSpan.FromSeconds(0.2)));
            talk.Do(new ConversationInput.Excused());
        }
        talk.Pass(4.9);
        Assert.Null(talk.Conversation.Ended);
        talk.Pass(0.2);
        Assert.Equal(EndReason.UserIdle, talk.Conversation.Ended);
    }

    [Fact]
    public void What_is_said_behind_a_pause_belongs_to_the_same_turn()
    {
        var talk = new Talk();
        talk.Say("I would like", silence: 0.9);
        Assert.Empty(talk.Asked);
        talk.Say("a large pizza.", silence: 0.5);
        Assert.Equal("I would like a large pizza.", Assert.Single(talk.Asked).Said);
    }

    [Fact]
    public void Case_9_digits_in_groups_with_pauses_are_one_turn_where_a_number_was_asked_for()
    {
        var talk = new Talk();
        talk.Say("Hello.", silence: 0.5);
        talk.Answer("Hello. What is your order number?");
        talk.Pass(4);
        talk.Say("Four seven.", silence: 1.2);
        talk.Say("One one.", silence: 1.2);
        talk.Say("Eight two.", silence: 1.2);
        Assert.Single(talk.Asked);
        talk.Pass(0.5);
        Assert.Equal("Four seven. One one. Eight two.", talk.Asked[^1].Said);
        // Behind another question a number is one as any.
        talk.Answer("Fine. And how many of them?");
        talk.Pass(4);
        talk.Say("Seven.", silence: 0.6);
        Assert.Equal("Seven.", talk.Asked[^1].Said);
    }

    [Fact]
    public void Letters_that_are_spelt_one_by_one_are_all_heard()
    {
        var talk = new Talk();
        talk.Say("Hello.", silence: 0.5);
        talk.Answer("Hello. Please spell your last name.");
        talk.Pass(5);
        talk.Say("S.", silence: 1.2);
        talk.Say("M", silence: 1.2);
        talk.Say("I T H.", silence: 2);
        Assert.Equal("S. M I T H.", talk.Asked[^1].Said);
        // Behind another question one letter is what a recogniser writes in silence.
        talk.Answer("Thank you. And how many pizzas?");
        talk.Pass(4);
        talk.Words("I");
        talk.Pass(2);
        Assert.Equal(2, talk.Asked.Count);
    }

    [Fact]
    public void What_is_said_before_the_answer_is_heard_is_added_to_the_turn_and_answered_once()
    {
        var talk = new Talk();
        talk.Say("I want a pizza.", silence: 0.5);
        talk.Say("And a salad.", silence: 0.5);
        Assert.Equal(("I want a pizza. And a salad.", talk.Asked[0].Number), (talk.Asked[1].Said, talk.Asked[1].Replaces));
        // The answer to the first half comes too late.
        talk.Do(new ConversationInput.FromBrain(talk.Asked[0].Number, new BrainPart.Text("One pizza. ")));
        talk.Answer("Both, then.");
        talk.Pass(3);
        Assert.Equal(["User: I want a pizza. And a salad.", "Assistant: Both, then."], talk.Lines);
        Assert.Equal(1, talk.Conversation.Messages.Count(message => message.Role is MessageRole.User));
    }

    [Fact]
    public void A_cough_while_the_answer_is_made_only_delays_it()
    {
        var talk = new Talk();
        talk.Say("Good morning.", silence: 0.5);
        talk.Voice(isTalking: true);
        talk.Answer("Hello to you.");
        talk.Pass(0.3);
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        Assert.Empty(talk.Heard);
        talk.Pass(3);
        Assert.Equal("Hello to you.", Assert.Single(talk.Heard).Text);
        Assert.Single(talk.Asked);
    }

    [Fact]
    public void Whoever_is_heard_twice_without_words_is_asked_again_and_no_brain_is()
    {
        var talk = new Talk();
        for (int i = 0; i < 2; i++)
        {
            talk.Voice(isTalking: true);
            talk.Pass(0.5);
            talk.Voice(isTalking: false);
            talk.Pass(6);
        }
        Assert.Equal("Sorry?", Assert.Single(talk.Heard).Text);
        Assert.Empty(talk.Asked);
        // Whoever keeps what was said hears of both.
        Assert.Equal(2, talk.Of<ConversationOutput.Unheard>().Count());
        Assert.DoesNotContain(talk.Told, message => message.Role is MessageRole.User);
    }

    [Fact]
    public void Keys_are_a_turn_two_seconds_behind_the_last()
    {
        var talk = new Talk();
        talk.Keys("12");
        talk.Pass(1.9);
        Assert.Empty(talk.Asked);
        talk.Pass(0.2);
        Assert.Equal("12", Assert.Single(talk.Asked).Pressed);
        Assert.Equal("pressed 12", talk.Conversation.Messages[0].Text);
    }

    [Theory]
    [InlineData("12#", 10), InlineData("1234", 4)]
    public void Keys_are_a_turn_at_once_with_a_hash_or_when_there_are_enough(string keys, int most)
    {
        var talk = new Talk();
        talk.Say("Hello.");
        talk.Answer(new BrainPart.Text("Your number?"), new BrainPart.Listen(new() { MostKeys = most }), new BrainPart.Done());
        talk.Pass(3);
        talk.Keys(keys);
        Assert.Equal(keys.TrimEnd('#'), talk.Asked[^1].Pressed);
    }

    [Fact]
    public void Whoever_says_nothing_is_asked_about_twice_and_then_let_go()
    {
        var talk = new Talk(new()
        {
            Greeting = "Hello.", IdleReply = TimeSpan.FromSeconds(5), IdleTimeout = TimeSpan.FromSeconds(30),
        });
        for (int i = 0; i < 6; i++)
        {
            talk.Pass(6.5);
            if (talk.Asked.Count is 1 or 2 && talk.Of<ConversationOutput.Told>().Count() == talk.Asked.Count) talk.Answer("Still there?");
        }
        Assert.Equal([BrainOccasion.Silence, BrainOccasion.Silence], talk.Asked.Select(request => request.Occasion));
        Assert.Equal(EndReason.UserIdle, talk.Conversation.Ended);
    }

    [Fact]
    public void A_conversation_has_its_time()
    {
        var talk = new Talk(new() { Greeting = "This goes on for quite a while.", TimeLimit = TimeSpan.FromSeconds(2) });
        talk.Pass(2.1);
        Assert.Equal(EndReason.TimeLimit, Assert.Single(talk.Of<ConversationOutput.Ended>()).Reason);
        Assert.Equal(["Assistant: This goes on for |"], talk.Lines);
    }

    [Fact]
    public void What_a_caller_has_said_last_is_kept_though_nobody_answers()
    {
        var talk = new Talk();
        talk.Words("I have to");
        talk.Do(new ConversationInput.Stop(EndReason.CallHangup));
        Assert.Equal(["User: I have to"], talk.Lines);
    }

    [Fact]
    public void Without_a_recogniser_it_ends_unless_keys_are_enough()
    {
        var talk = new Talk();
        talk.Do(new ConversationInput.Deaf());
        Assert.Equal(EndReason.RecogniserFailure, talk.Conversation.Ended);
        var other = new Talk(new() { Greeting = "", GoesOnDeaf = true });
        other.Do(new ConversationInput.Deaf());
        other.Keys("1#");
        Assert.Equal("1", Assert.Single(other.Asked).Pressed);
    }

    [Fact]
    public void Who_was_called_is_greeted_behind_his_hello_which_is_no_turn_of_its_own()
    {
        var talk = new Talk(new() { Greeting = "Good morning.", ForHello = TimeSpan.FromSeconds(1.5) });
        talk.Pass(1);
        talk.Say("Hello?", silence: 0.6);
        talk.Pass(2);
        Assert.Empty(talk.Asked);
        Assert.Equal(["User: Hello?", "Assistant: Good morning."], talk.Lines);
        talk.Say("Who is it?", silence: 0.6);
        Assert.Equal("Who is it?", Assert.Single(talk.Asked).Said);
    }

    [Fact]
    public void Who_was_called_and_says_nothing_or_nothing_that_is_understood_is_greeted_in_the_end()
    {
        var silent = new Talk(new() { Greeting = "Good morning.", ForHello = TimeSpan.FromSeconds(1.5) });
        silent.Pass(1.4);
        Assert.Empty(silent.Heard);
        silent.Pass(0.2);
        Assert.Single(silent.Heard);

        var unclear = new Talk(new() { Greeting = "Good morning.", ForHello = TimeSpan.FromSeconds(1.5) });
        unclear.Voice(isTalking: true);
        unclear.Pass(3);
        Assert.Empty(unclear.Heard);
        unclear.Voice(isTalking: false);
        unclear.Pass(1.6);
        Assert.Single(unclear.Heard);
    }

    [Fact]
    public void Who_was_called_and_is_to_speak_first_has_his_turn()
    {
        var talk = new Talk(new() { Greeting = "", ForHello = TimeSpan.FromSeconds(1.5) });
        talk.Say("Hello?", silence: 0.6);
        Assert.Equal("Hello?", Assert.Single(talk.Asked).Said);
    }

    /// <summary>Who says this has said all; anybody else is given time.</summary>
    private sealed class EndsBehind(string word) : IEndOfTurn
    {
        public TimeSpan SilenceBehind(SaidSoFar said, TurnTerms terms) =>
            TimeSpan.FromSeconds(said.Text.EndsWith(word, StringComparison.Ordinal) ? 0.2 : 2.5);
    }
}
