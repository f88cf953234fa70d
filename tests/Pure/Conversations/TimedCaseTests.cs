using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>
/// The cases of assistants that say how many milliseconds something takes, by the clock of the audio: what is said and what is heard is
/// placed by how much of it was played, whatever a machine that runs this is busy with. The legs' part is in the tests of the switch.
/// </summary>
public sealed class TimedCaseTests
{
    private static readonly TimeSpan Sound = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Case_1_greeting_and_answer_are_heard_in_order_and_each_message_has_the_time_of_its_sound()
    {
        var talk = new Talk(new() { Greeting = "A pizza from Uno?" });
        talk.Pass(3);
        var (_, silent) = Say(talk, "yes", 0.6);
        talk.Pass(2);
        talk.Answer("Good.");
        talk.Pass(2);
        Assert.Equal(["A pizza from Uno?", "Good."], talk.Heard.Select(heard => heard.Text));
        Assert.Equal(["Assistant: A pizza from Uno?", "User: yes", "Assistant: Good."], talk.Lines);
        TimeSpan[] sounds = [talk.Heard[0].At, silent, talk.Heard[1].At];
        Assert.All(talk.Told.Zip(sounds), one => Assert.InRange(one.First.At - Talk.Start, one.Second - Sound, one.Second + Sound));
    }

    [Fact]
    public void Case_2_an_answer_that_is_there_at_once_is_heard_250_ms_behind_the_silence_that_ends_a_turn()
    {
        var talk = new Talk();
        var gaps = new List<TimeSpan>();
        for (int turn = 1; turn <= 20; turn++)
        {
            var (_, silent) = Say(talk, "Yes.", 0.6);
            Until(talk, () => talk.Asked.Count == turn);
            talk.Answer("Good.");
            Until(talk, () => talk.Heard.Count == turn);
            gaps.Add(talk.Heard[^1].At - silent);
            talk.Pass(1);
        }
        Assert.All(gaps, gap => Assert.InRange(gap.TotalSeconds, 0.4, 0.65));
    }

    [Fact]
    public void Case_3_stop_ends_the_sound_in_350_ms_and_what_is_kept_ends_where_the_sound_did()
    {
        string[] sentences = [.. "first second third fourth fifth sixth seventh eighth ninth tenth".Split(' ')
            .Select(which => $"Here is the {which} sentence.")];
        var talk = new Talk();
        TimeSpan? quiet = null, aborted = null;
        talk.Seen = output =>
        {
            if (output is ConversationOutput.Pause or ConversationOutput.Silence) quiet ??= talk.Time;
            if (output is ConversationOutput.Cancel) aborted ??= talk.Time;
        };
        Say(talk, "Tell me.", 0.5);
        talk.Pass(0.5);
        // The model is still at it when he has enough.
        talk.Answer(new BrainPart.Text(string.Join(' ', sentences) + " "));
        Until(talk, () => talk.Heard.Count == 2);
        talk.Pass(0.8);
        Assert.Null(quiet);

        var (began, _) = Say(talk, "stop", 0.4);
        talk.Pass(3);
        Assert.InRange(quiet!.Value - began, TimeSpan.Zero, TimeSpan.FromMilliseconds(350));
        Assert.InRange(aborted!.Value - began, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(sentences[..2], talk.Heard.Select(heard => heard.Text));
        Assert.InRange(talk.Of<ConversationOutput.Say>().Count(), 2, 4);       // two pieces ahead at most
        var kept = talk.Told[1];
        Assert.True(kept.IsInterrupted);
        Assert.StartsWith($"{sentences[0]} Here is", kept.Text, StringComparison.Ordinal);
        Assert.StartsWith(kept.Text, $"{sentences[0]} {sentences[1]}", StringComparison.Ordinal);
        Assert.DoesNotContain(sentences[1], kept.Text, StringComparison.Ordinal);
        Assert.Equal(["Tell me.", kept.Text, "stop"], talk.Asked[^1].History.Select(message => message.Text));
    }

    [Fact]
    public void Case_17_what_is_said_beside_a_hang_up_is_heard_to_its_end_and_then_nobody_waits()
    {
        const string Farewell = "Goodbye, and thank you for the call.";
        var talk = new Talk();
        TimeSpan? over = null;
        talk.Seen = output =>
        {
            if (output is ConversationOutput.Ended) over = talk.Time;
        };
        Say(talk, "Bye.", 0.4);
        talk.Pass(0.5);
        talk.Answer(new BrainPart.Text(Farewell), new BrainPart.Call(new("c1", ToolCall.Hangup, "{}")), new BrainPart.Done());
        talk.Pass(10);
        var (text, at) = Assert.Single(talk.Heard);
        Assert.Equal(Farewell, text);
        var end = at + TimeSpan.FromSeconds(Farewell.Length / 10.0);       // as the voice here speaks
        Assert.InRange(over!.Value - end, TimeSpan.Zero, TimeSpan.FromMilliseconds(300));
        Assert.Equal(EndReason.AssistantHangup, talk.Conversation.Ended);
        Assert.False(talk.Told[1].IsInterrupted);
    }

    [Fact]
    public void Case_25_who_is_silent_is_asked_at_his_time_and_it_ends_at_the_second()
    {
        var silence = TimeSpan.FromSeconds(5);
        var talk = new Talk(new() { Greeting = "How old are you?", IdleReply = silence, CheckIns = 1, EndsUnanswered = true });
        var over = new List<TimeSpan>();
        talk.Seen = output =>
        {
            if (output is ConversationOutput.Ended) over.Add(talk.Time);
        };
        Until(talk, () => talk.Asked.Count == 1);
        var (greeting, at) = Assert.Single(talk.Heard);
        Near(at + TimeSpan.FromSeconds(greeting.Length / 10.0) + silence, talk.Time);
        Assert.Equal(BrainOccasion.Silence, talk.Asked[0].Occasion);
        talk.Answer("Are you there?");
        talk.Pass(10);
        var (words, since) = talk.Heard[1];
        Near(since + TimeSpan.FromSeconds(words.Length / 10.0) + silence, Assert.Single(over));
        Assert.Equal(EndReason.UserIdle, talk.Conversation.Ended);
        Assert.Single(talk.Asked);
    }

    /// <summary>Two frames of 20 ms.</summary>
    private static void Near(TimeSpan wanted, TimeSpan was) => Assert.InRange(was - wanted, TimeSpan.Zero, TimeSpan.FromMilliseconds(40));

    /// <summary>
    /// As a leg tells of it: of a voice when it has been there for 60 ms, of its end 200 ms behind it, and of the words between.
    /// </summary>
    /// <returns>The first sound, and the last.</returns>
    private static (TimeSpan Began, TimeSpan Ended) Say(Talk talk, string text, double seconds)
    {
        var began = talk.Time;
        talk.Pass(0.06);
        talk.Voice(isTalking: true);
        talk.Pass(seconds - 0.06);
        var ended = talk.Time;
        talk.Pass(0.1);
        talk.Words(text);
        talk.Pass(0.1);
        talk.Voice(isTalking: false);
        return (began, ended);
    }

    private static void Until(Talk talk, Func<bool> isSo)
    {
        for (var limit = talk.Time + TimeSpan.FromMinutes(1); !isSo(); talk.Pass(0.01)) Assert.True(talk.Time < limit, "it never is so");
    }
}
