using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Relays;

namespace Ringwright.Pure.Conversations;

/// <summary>A customer's own program thinks: what it is told, and what becomes of what it sends.</summary>
public sealed class RelayTests
{
    /// <summary>Two seconds, then three.</summary>
    private const string First = "Twenty characters xx.", Second = "This one has thirty characters";

    private readonly List<string> _raw = [];
    private readonly List<JsonObject> _sent = [];
    private RelayBrain _brain = null!;      // set by Begin, as what follows
    private Talk _talk = null!;

    private void Begin(RelayAgent? agent = null, ConversationTerms? terms = null)
    {
        var conversation = RelayAgent.TermsOf(terms ?? new() { Greeting = "" });
        agent = (agent ?? new()) with { Terms = conversation };
        _brain = new(agent, Keep, input => _talk.Do(input));
        _talk = new(conversation, new Late(this), begins: false);
        _talk.Seen = output =>
        {
            if (output is ConversationOutput.Interrupted cut) _brain.Interrupt(cut.Heard, cut.Lasted);
            if (output is ConversationOutput.Run run) _talk.Do(new ConversationInput.ToolDone(run.Call.Id, "Done.", false));
        };
        _brain.Begin();
        _talk.Do(new ConversationInput.Begin());
    }

    private void Keep(ReadOnlyMemory<byte> message)
    {
        _raw.Add(Encoding.UTF8.GetString(message.Span));
        _sent.Add(JsonNode.Parse(message.Span)!.AsObject());
    }

    /// <summary>The program sends this, and what comes of it happens.</summary>
    private void Take(string message)
    {
        _brain.Take(Encoding.UTF8.GetBytes(message));
        _talk.Settle();
    }

    private void Text(string token, bool isLast = true, string more = "") =>
        Take($$"""{"type":"text","token":"{{token}}","last":{{(isLast ? "true" : "false")}}{{more}}}""");

    private IEnumerable<string> HeardTexts => _talk.Heard.Select(heard => heard.Text);

    [Fact]
    public void It_is_told_who_calls_and_what_is_said_and_what_it_answers_is_heard()
    {
        Begin(new() { Setup = [new("sessionId", "1"), new("from", "+4930")], Parameters = [new("a", "1"), new("b", "x"), new("a", "2")] });
        _talk.Say("Hello there.");
        Text("Twenty characters", isLast: false);
        Text(" xx. ", isLast: false);
        Text(Second);
        _talk.Pass(8);
        Assert.Equal(
            [
                """{"type":"setup","sessionId":"1","from":"+4930","customParameters":{"a":"2","b":"x"}}""",
                """{"type":"prompt","voicePrompt":"Hello there.","lang":"en-US","last":true}""",
            ], _raw);
        Assert.Equal([First, Second], HeardTexts);
        Assert.Equal(["User: Hello there.", $"Assistant: {First} {Second}"], _talk.Lines);
    }

    /// <summary>As programs send it that give on what a model's client yields, whose last bit is none.</summary>
    [Theory, InlineData("""{"type":"text","token":null,"last":true}"""), InlineData("""{"type":"text","last":true}""")]
    public void A_bit_that_is_none_ends_an_answer(string end)
    {
        Begin();
        _talk.Say("Hello there.");
        int told = _sent.Count;
        Take("""{"type":"text","token":null,"last":false}""");
        Text(First, isLast: false);
        Take(end);
        Assert.Equal(told, _sent.Count);
        // Without an end nothing of it would be heard yet: no blank stands behind it.
        _talk.Pass(0.1);
        Assert.Equal([First], HeardTexts);
    }

    [Fact]
    public void Who_interrupts_is_told_with_what_was_heard_and_nothing_of_the_rest_comes()
    {
        Begin();
        _talk.Say("Hello.");
        Text($"{First} {Second}. And ", isLast: false);
        _talk.Pass(3);                          // in the second sentence
        _talk.Say("Wait, please.", silence: 0.5);
        Assert.Equal("interrupt", (string?)_sent[^2]["type"]);
        Assert.Equal($"{First} This one", (string?)_sent[^2]["utteranceUntilInterrupt"]);
        Assert.InRange((int)_sent[^2]["durationUntilInterruptMs"]!, 2_500, 4_000);
        Assert.Equal("Wait, please.", (string?)_sent[^1]["voicePrompt"]);
    }

    [Fact]
    public void What_still_comes_of_an_interrupted_answer_is_dropped_up_to_its_end()
    {
        Begin();
        _talk.Say("Hello.");
        Text($"{First} ", isLast: false);
        _talk.Pass(1);
        _talk.Voice(isTalking: true);
        _talk.Pass(0.8);
        _talk.Voice(isTalking: false);          // it was nothing that anybody has understood
        Text("late ", isLast: false);
        Text("and later.");
        Text("Something new altogether.");
        _talk.Pass(8);
        Assert.Equal([First, "Something new altogether."], HeardTexts);
    }

    [Fact]
    public void Of_a_turn_that_is_added_to_only_what_was_added_is_told()
    {
        Begin();
        _talk.Say("I would like", silence: 2);
        Assert.Equal("I would like", (string?)_sent[^1]["voicePrompt"]);
        _talk.Say("a large pizza.");
        Assert.Equal(
            """{"type":"interrupt","utteranceUntilInterrupt":"","durationUntilInterruptMs":0}""", _raw[^2]);
        Assert.Equal("a large pizza.", (string?)_sent[^1]["voicePrompt"]);
        Text("Coming right up for you.");
        _talk.Pass(4);
        Assert.Equal(["User: I would like a large pizza.", "Assistant: Coming right up for you."], _talk.Lines);
    }

    [Fact]
    public void It_speaks_of_its_own_accord_and_never_over_the_caller()
    {
        Begin();
        Text("You are the first in line.");
        _talk.Pass(4);
        Assert.Equal(["Assistant: You are the first in line."], _talk.Lines);
        _talk.Voice(isTalking: true);
        Text("Still the first in line.");
        _talk.Pass(0.5);
        Assert.Single(_talk.Heard);
        _talk.Words("Good.");
        _talk.Voice(isTalking: false);
        _talk.Pass(4);
        // It is the answer then, as far as anybody knows.
        Assert.Equal(["User: Good.", "Assistant: Still the first in line."], _talk.Lines.Skip(1));
    }

    [Theory]
    [InlineData(false, new[] { First, Second, "Now for something else." })]
    [InlineData(true, new[] { First, "Now for something else." })]
    public void What_may_be_pre_empted_makes_room_for_what_comes_next(bool isPreemptible, string[] heard)
    {
        Begin();
        Text($"{First} {Second}", more: isPreemptible ? ",\"preemptible\":true" : "");
        _talk.Pass(1);
        Text("Now for something else.");
        _talk.Pass(10);
        Assert.Equal(heard, HeardTexts);
        Assert.DoesNotContain(_sent, message => (string?)message["type"] == "interrupt");
    }

    [Fact]
    public void The_end_comes_behind_what_was_said_and_leaves_its_data()
    {
        Begin();
        _talk.Say("Bye.");
        Text("Goodbye, and thank you.");
        Take("""{"type":"end","handoffData":"{\"reason\":\"done\"}"}""");
        _talk.Pass(1);
        Assert.Null(_talk.Conversation.Ended);
        _talk.Pass(3);
        Assert.Equal(EndReason.AssistantHangup, _talk.Conversation.Ended);
        Assert.Equal("Goodbye, and thank you.", Assert.Single(HeardTexts));
        Assert.Equal("""{"reason":"done"}""", _brain.Handoff);
    }

    [Fact]
    public void Who_interrupts_the_last_words_does_not_keep_it_from_ending()
    {
        Begin();
        Text($"{First} {Second}");
        Take("""{"type":"end"}""");
        _talk.Pass(1);
        _talk.Say("Stop it.", silence: 0.5);
        Assert.Equal(EndReason.AssistantHangup, _talk.Conversation.Ended);
        Assert.True(_brain.HasEnded);
    }

    [Fact]
    public void Who_adds_to_his_turn_before_the_last_words_does_not_either()
    {
        Begin();
        _talk.Say("Bye.");
        Text("Goodbye ", isLast: false);
        Take("""{"type":"end"}""");
        _talk.Voice(isTalking: true);
        _talk.Pass(0.3);
        _talk.Words("Thank you.");
        _talk.Voice(isTalking: false);
        _talk.Pass(3);
        Assert.Equal(EndReason.AssistantHangup, _talk.Conversation.Ended);
    }

    [Fact]
    public void A_language_that_waits_behind_what_is_interrupted_is_still_listened_to()
    {
        Begin();
        Text($"{First} {Second}");
        Take("""{"type":"language","transcriptionLanguage":"de-DE"}""");
        _talk.Pass(1);
        Assert.Empty(_talk.Of<ConversationOutput.HearIn>());
        _talk.Say("Stop it.", silence: 1);
        Assert.Equal("de-DE", Assert.Single(_talk.Of<ConversationOutput.HearIn>()).Language);
        // It has answered nothing: that is still to come.
        Text("As you like it.");
        Assert.Equal(BrainOccasion.Turn, _talk.Asked[^1].Occasion);
    }

    [Fact]
    public void Another_language_is_no_beginning_of_an_answer()
    {
        Begin();
        _talk.Say("Hello.");
        Take("""{"type":"language","transcriptionLanguage":"de-DE"}""");
        _talk.Pass(10);
        Text("It took some time.");
        _talk.Pass(4);
        Assert.Equal("It took some time.", Assert.Single(HeardTexts));
    }

    [Fact]
    public void What_waits_to_be_said_makes_room_and_leaves_what_is_heard()
    {
        Begin(terms: new() { Greeting = $"{First} {Second}" });
        _talk.Pass(1);
        Text("This is never heard.", more: ",\"preemptible\":true");
        Text("Now for something else.");
        _talk.Pass(10);
        Assert.Equal([First, Second, "Now for something else."], HeardTexts);
    }

    [Fact]
    public void A_socket_that_dies_in_a_sentence_leaves_what_was_said_of_it()
    {
        Begin();
        _talk.Say("Hello.");
        Text("I was about to", isLast: false);
        _brain.Lose();
        _talk.Settle();
        _talk.Pass(4);
        Assert.Contains("Assistant: I was about to", _talk.Lines);
        Assert.Equal(EndReason.AssistantHangup, _talk.Conversation.Ended);
        Assert.Null(_brain.Handoff);
    }

    [Fact]
    public void An_answer_whose_end_nobody_says_is_over_when_nothing_more_comes()
    {
        Begin();
        for (int turn = 0; turn < 4; turn++)
        {
            _talk.Say("Hello.");
            Text("Well ", isLast: false);
            _talk.Pass(7);
        }
        Assert.Equal(["Well", "Well", "Well", "Well"], HeardTexts);
        Assert.Null(_talk.Conversation.Ended);
    }

    [Fact]
    public void One_that_never_answers_is_apologised_for_and_the_third_time_ends_it()
    {
        Begin();
        for (int turn = 0; turn < 3; turn++)
        {
            _talk.Say("Hello.");
            Assert.Equal("prompt", (string?)_sent[^1]["type"]);
            _talk.Pass(25);
        }
        Assert.Equal(EndReason.ProviderFailure, _talk.Conversation.Ended);
        Assert.Equal(["Sorry, I did not get that.", "Could you say it again?"], HeardTexts.Take(2));
        Assert.Equal(3, _sent.Count(message => (string?)message["type"] == "prompt"));
    }

    [Fact]
    public void Nothing_and_no_more_of_it_is_an_answer()
    {
        Begin();
        for (int turn = 0; turn < 3; turn++)
        {
            _talk.Say("Hello.");
            Text("");
            _talk.Pass(25);
        }
        Assert.Null(_talk.Conversation.Ended);
        Assert.Empty(_talk.Heard);
    }

    [Fact]
    public void A_file_and_keys_and_a_language_have_their_place_among_what_is_said()
    {
        Begin();
        _talk.Say("Hello.");
        Text("First of all this. ", isLast: false);
        Take("""{"type":"play","source":"https://example.com/a.wav","loop":2}""");
        Take("""{"type":"language","ttsLanguage":"sv-SE","transcriptionLanguage":"de-DE"}""");
        Text("Then something else. ", isLast: false);
        Text("And that in French.", more: ",\"lang\":\"fr-FR\"");
        Take("""{"type":"sendDigits","digits":"1w2#"}""");
        _talk.Pass(15);
        var said = _talk.Of<ConversationOutput.Say>().ToList();
        Assert.Equal(
            [("First of all this.", null), ("", null), ("Then something else.", "sv-SE"), ("And that in French.", "fr-FR")],
            said.Select(say => (say.Text, say.Manner.Language)));
        Assert.Equal(new BrainPart.Sound("https://example.com/a.wav", 2), said[1].Sound);
        Assert.Equal("de-DE", Assert.Single(_talk.Of<ConversationOutput.HearIn>()).Language);
        var press = Assert.Single(_talk.Of<ConversationOutput.Run>()).Call;
        Assert.Equal((ToolCall.SendDigits, """{"digits":"1w2#"}"""), (press.Name, press.Arguments));
        Assert.True(_talk.Outputs.IndexOf(said[3]) < _talk.Outputs.FindIndex(output => output is ConversationOutput.Run));
        _talk.Say("Hej.");
        Assert.Equal("de-DE", (string?)_sent[^1]["lang"]);
    }

    [Fact]
    public void A_message_says_for_itself_whether_it_is_interrupted()
    {
        Begin(terms: new() { Greeting = "", DropsSpeechOver = true });
        Text($"{First} {Second}", more: ",\"interruptible\":false");
        _talk.Pass(1);
        _talk.Say("Stop it now.", silence: 0.3);
        _talk.Pass(6);
        Assert.Equal([First, Second], HeardTexts);
        Assert.DoesNotContain(_sent, message => (string?)message["type"] is "interrupt" or "prompt");

        Begin(terms: new() { Greeting = "", Interruptions = BargeInTerms.Usual with { IsEnabled = false } });
        Text($"{First} {Second}", more: ",\"interruptible\":true");
        _talk.Pass(1);
        _talk.Say("Stop it now.", silence: 0.5);
        Assert.Equal(First, Assert.Single(HeardTexts));
    }

    [Fact]
    public void What_is_said_over_what_nobody_interrupts_is_told_behind_it_where_it_is_asked_for()
    {
        Begin(terms: new() { Greeting = "", Interruptions = BargeInTerms.Usual with { IsEnabled = false } });
        Text($"{First} {Second}");
        _talk.Pass(1);
        _talk.Say("My name is Ada.", silence: 0.3);
        Assert.DoesNotContain(_sent, message => (string?)message["type"] == "prompt");
        _talk.Pass(6);
        Assert.Equal([First, Second], HeardTexts);
        Assert.Equal("My name is Ada.", (string?)_sent[^1]["voicePrompt"]);
    }

    [Theory]
    [InlineData(true, 1), InlineData(false, 2)]
    public void A_key_interrupts_where_it_may(bool isCuttable, int pieces)
    {
        Begin(terms: new() { Greeting = "", Interruptions = BargeInTerms.Usual with { IsCuttable = isCuttable } });
        Text($"{First} {Second}");
        _talk.Pass(1);
        _talk.Do(new ConversationInput.Cut());
        _talk.Pass(6);
        Assert.Equal(pieces, _talk.Heard.Count);
        Assert.Equal(isCuttable, _sent.Any(message => (string?)message["type"] == "interrupt"));
        Assert.DoesNotContain(_sent, message => (string?)message["type"] == "prompt");
    }

    [Theory]
    [InlineData(true, 1), InlineData(false, 2)]
    public void The_greeting_has_terms_of_its_own(bool isCuttable, int pieces)
    {
        Begin(terms: new()
        {
            Greeting = $"{First} {Second}",
            Interruptions = BargeInTerms.Usual with { ProtectsGreeting = true, IsGreetingCuttable = isCuttable },
        });
        _talk.Pass(0.1);
        _talk.Say("Hello.", silence: 0.3);
        _talk.Do(new ConversationInput.Cut());
        _talk.Pass(6);
        Assert.Equal(pieces, _talk.Heard.Count);
    }

    [Fact]
    public void Nonsense_is_answered_and_so_much_of_it_running_is_given_up()
    {
        Begin();
        for (int i = 1; i < 10; i++) Take("What?");
        Assert.Equal("""{"type":"error","description":"Invalid message received, code: 64107, it is no JSON: What?"}""", _raw[^1]);
        Assert.False(_brain.IsNonsense);
        Text("Yes, I am here.");
        for (int i = 1; i < 10; i++) Take("What?");
        Assert.False(_brain.IsNonsense);
        Take("What?");
        Assert.True(_brain.IsNonsense);
    }

    [Theory]
    [InlineData("[]", "it is no JSON object"), InlineData("{}", "type is missing")]
    [InlineData("""{"type":"dance"}""", "its type is unknown")]
    [InlineData("""{"type":1}""", "type must be a string"), InlineData("""{"type":"text"}""", "token is missing")]
    [InlineData("""{"type":"text","token":"a","last":"yes"}""", "last must be true or false")]
    [InlineData("""{"type":"text","token":"\ud800"}""", "it is no JSON"), InlineData("""{"type":"text","token":"a"}}""", "it is no JSON")]
    [InlineData("""{"type":"play"}""", "source must be"), InlineData("""{"type":"play","source":"x","loop":1001}""", "loop must be")]
    [InlineData("""{"type":"sendDigits","digits":"12x"}""", "digits must be"), InlineData("""{"type":"sendDigits"}""", "digits must be")]
    [InlineData("""{"type":"end","handoffData":{}}""", "handoffData must be a string")]
    [InlineData("""{"type":"language","ttsLanguage":5}""", "ttsLanguage must be a string")]
    public void Each_message_that_is_none_is_told_why(string message, string why)
    {
        Begin();
        Take(message);
        Assert.StartsWith($"Invalid message received, code: 64107, {why}", (string?)_sent[^1]["description"], StringComparison.Ordinal);
        Assert.Equal("error", (string?)_sent[^1]["type"]);
    }

    [Fact]
    public void More_than_anybody_can_say_is_a_flood()
    {
        Begin();
        _talk.Voice(isTalking: true);
        string much = new('x', 4_000);
        for (int i = 0; i < 64; i++) Text(much, isLast: false);
        Assert.False(_brain.IsFlood);
        Text(much, isLast: false);
        Assert.True(_brain.IsFlood);
    }

    [Fact]
    public void What_is_asked_for_is_told_beside()
    {
        Begin(new() { TellsPartials = true, TellsHeard = true, TellsSpeaking = true, ListensIn = "multi" });
        _brain.Hear("good mor");
        _brain.Press('5');
        _brain.Speak(isCaller: true, isOn: true);
        _brain.Speak(isCaller: false, isOn: false);
        _brain.Tell("Good morning.");
        Assert.Equal(
            [
                """{"type":"prompt","voicePrompt":"good mor","lang":"multi","last":false}""", """{"type":"dtmf","digit":"5"}""",
                """{"type":"info","name":"clientSpeaking","value":"on"}""", """{"type":"info","name":"agentSpeaking","value":"off"}""",
                """{"type":"info","name":"tokensPlayed","value":"Good morning."}""",
            ], _raw.Skip(1));
        Begin();
        int before = _sent.Count;
        _brain.Hear("good mor");
        _brain.Speak(isCaller: true, isOn: true);
        _brain.Tell("Good morning.");
        Assert.Equal(before, _sent.Count);
    }

    /// <summary>The brain is there before the talk, which is there before the brain.</summary>
    private sealed class Late(RelayTests tests) : IBrain
    {
        public void Ask(BrainRequest request, Action<BrainPart> tell) => tests._brain.Ask(request, tell);

        public void Cancel(int request) => tests._brain.Cancel(request);
    }
}
