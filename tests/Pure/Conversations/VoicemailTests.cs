using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

/// <summary>What becomes of a conversation with a machine that has answered (5.7).</summary>
public sealed class VoicemailTests
{
    private static ConversationTerms Terms(VoicemailAction action, bool waits = true) => new()
    {
        Greeting = "Good morning.", ForHello = TimeSpan.FromSeconds(1.5),
        Voicemail = new()
        {
            ForVerdict = waits ? TimeSpan.FromSeconds(4) : null, Action = action, Message = "Please call me back.",
        },
    };

    [Fact]
    public void Nothing_is_said_before_it_is_known_that_a_person_has_answered_and_his_hello_is_no_turn()
    {
        var talk = new Talk(Terms(VoicemailAction.Stop));
        talk.Say("Hello?", silence: 1.5);
        Assert.Empty(talk.Heard);
        talk.Do(new ConversationInput.Answerer(IsMachine: false));
        talk.Pass(3);
        Assert.Equal("Good morning.", Assert.Single(talk.Heard).Text);
        Assert.Empty(talk.Asked);
        Assert.Equal("User: Hello?", talk.Lines[0]);
    }

    [Fact]
    public void Who_says_nothing_is_greeted_when_nobody_has_found_out_in_time()
    {
        var talk = new Talk(Terms(VoicemailAction.Stop));
        talk.Pass(5.4);
        Assert.Empty(talk.Heard);
        talk.Pass(0.3);
        Assert.Single(talk.Heard);
    }

    [Fact]
    public void Nobody_talks_to_a_machine_and_who_goes_on_all_the_same_does()
    {
        var talk = new Talk(Terms(VoicemailAction.Stop));
        talk.Say("You have reached Ada.", silence: 0.5);
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);
        Assert.Empty(talk.Heard);

        talk = new Talk(Terms(VoicemailAction.Continue));
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        talk.Pass(3);
        Assert.Single(talk.Heard);
        Assert.Null(talk.Conversation.Ended);
    }

    [Fact]
    public void A_message_is_left_behind_the_tone_and_the_conversation_ends()
    {
        var talk = new Talk(Terms(VoicemailAction.LeaveMessage));
        talk.Voice(isTalking: true);
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        talk.Words("You have reached Ada. Leave a message.");
        talk.Voice(isTalking: false);
        talk.Pass(6);
        Assert.Empty(talk.Heard);
        Assert.Empty(talk.Asked);
        talk.Do(new ConversationInput.Tone());
        talk.Pass(1);
        Assert.Null(talk.Conversation.Ended);
        talk.Pass(2);
        Assert.Equal("Please call me back.", Assert.Single(talk.Heard).Text);
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);
    }

    [Fact]
    public void What_was_said_to_a_machine_is_cut_off_and_a_person_who_speaks_over_the_message_has_the_talk()
    {
        var talk = new Talk(Terms(VoicemailAction.LeaveMessage, waits: false));
        talk.Pass(2);
        Assert.Single(talk.Heard);
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        talk.Pass(31);
        // There was no tone.
        Assert.Equal("Please call me back.", talk.Heard[^1].Text);
        talk = new Talk(Terms(VoicemailAction.LeaveMessage, waits: false));
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        talk.Do(new ConversationInput.Tone());
        talk.Pass(0.5);
        talk.Say("Hello, I am here.", silence: 0.6);
        Assert.Equal("Hello, I am here.", Assert.Single(talk.Asked).Said);
        talk.Answer("Good.");
        talk.Pass(40);
        Assert.Null(talk.Conversation.Ended);
    }

    private const string Screen = "Hi, if you record your name and reason for calling, I'll see if this person is available.";

    [Fact]
    public void A_phone_that_asks_who_calls_is_answered_though_it_sounds_like_a_machine()
    {
        var talk = new Talk(Terms(VoicemailAction.Stop));
        talk.Voice(isTalking: true);
        talk.Pass(1.5);
        talk.Words("Hi, if you record your name", isFinal: false);
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        talk.Pass(3);
        talk.Words(Screen);
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        Assert.Equal(Screen, Assert.Single(talk.Asked).Said);
        // From here on it listens.
        talk.Do(new ConversationInput.Tone());
        talk.Answer("This is Ada of Pizza Uno.");
        talk.Pass(5);
        Assert.Equal("This is Ada of Pizza Uno.", Assert.Single(talk.Heard).Text);
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        Assert.Null(talk.Conversation.Ended);
        // Nobody came, and his mailbox has answered.
        talk.Do(new ConversationInput.Tone());
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);
    }

    [Fact]
    public void It_is_left_no_message_and_is_not_greeted()
    {
        var talk = new Talk(Terms(VoicemailAction.LeaveMessage));
        talk.Voice(isTalking: true);
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        talk.Pass(3);
        talk.Words(Screen);
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        Assert.Equal(Screen, Assert.Single(talk.Asked).Said);
        talk.Answer("This is Ada of Pizza Uno.");
        talk.Pass(35);
        Assert.Equal("This is Ada of Pizza Uno.", Assert.Single(talk.Heard).Text);
        Assert.Null(talk.Conversation.Ended);

        // Without a verdict, or with one that is late.
        talk = new Talk(Terms(VoicemailAction.Stop));
        talk.Voice(isTalking: true);
        talk.Pass(5);
        talk.Words(Screen);
        talk.Voice(isTalking: false);
        talk.Pass(0.5);
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        Assert.Null(talk.Conversation.Ended);
        Assert.Equal(Screen, Assert.Single(talk.Asked).Said);
        Assert.Empty(talk.Heard);
    }

    [Theory]
    [InlineData(Screen, true)]
    [InlineData("the person you're calling is using a screening service from google and will get a copy of this conversation", true)]
    [InlineData("go ahead and say your name and why you're calling", true)]
    [InlineData("Please state your name after the tone.", true)]
    [InlineData("Nennen Sie bitte Ihren Namen und den Grund Ihres Anrufs.", true)]
    [InlineData("Veuillez indiquer votre nom et le motif de votre appel.", true)]
    [InlineData("Hello. Calls to this number are being screened by Smart call blocker. Please say your name after the tone.", true)]
    [InlineData("Your call is being screened. Prove you are a human and press pound to be connected.", true)]
    [InlineData("お名前と用件をお聞かせください", true)]
    [InlineData("お 名前 と ご 用件 を お話し ください 。", true)]
    [InlineData("请说出您的姓名和来电原因。", true)]
    [InlineData("성함과 전화하신 이유를 말씀해 주세요.", true)]
    [InlineData("発信音の後に、お名前とご用件をお話しください。", false)]
    [InlineData("请在提示音后留言，说明您的姓名和来电原因。", false)]
    [InlineData("请在滴声后留下您的姓名和来电原因。", false)]
    [InlineData("이름과 용건을 남겨 주세요.", false)]
    [InlineData("お名前をお願いします。", false)]
    [InlineData("Bay Cancer Screening. Please state your name and number after the tone.", false)]
    [InlineData("Please leave your name, number and the reason for your call after the tone.", false)]
    [InlineData("Bitte hinterlassen Sie Ihren Namen und den Grund Ihres Anrufs.", false)]
    [InlineData("You have reached the voicemail of Ada.", false)]
    [InlineData("You have reached Bay Cancer Screening. Please leave a message after the tone.", false)]
    [InlineData("Hello, what is your name?", false)]
    [InlineData("", false)]
    public void What_such_a_phone_says_is_told_from_what_mailboxes_say(string text, bool isScreen) =>
        Assert.Equal(isScreen, CallScreens.Ask(text));

    [Fact]
    public void A_tone_behind_a_persons_verdict_says_that_a_machine_records()
    {
        var talk = new Talk(Terms(VoicemailAction.Stop));
        talk.Do(new ConversationInput.Answerer(IsMachine: false));
        talk.Pass(2);
        Assert.Single(talk.Heard);
        talk.Do(new ConversationInput.Tone());
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);

        talk = new Talk(Terms(VoicemailAction.LeaveMessage));
        talk.Do(new ConversationInput.Answerer(IsMachine: false));
        talk.Pass(2);
        talk.Do(new ConversationInput.Tone());
        Assert.Single(talk.Of<ConversationOutput.Silence>());
        talk.Pass(1);
        Assert.Null(talk.Conversation.Ended);
        talk.Pass(2);
        Assert.Equal(["Good morning.", "Please call me back."], talk.Heard.Select(heard => heard.Text));
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);

        talk = new Talk(Terms(VoicemailAction.Continue));
        talk.Do(new ConversationInput.Answerer(IsMachine: false));
        talk.Pass(2);
        talk.Do(new ConversationInput.Tone());
        talk.Pass(3);
        Assert.Null(talk.Conversation.Ended);
        Assert.Empty(talk.Of<ConversationOutput.Silence>());
    }

    [Fact]
    public void A_tone_may_come_in_place_of_the_verdict()
    {
        var talk = new Talk(Terms(VoicemailAction.Stop));
        talk.Do(new ConversationInput.Tone());
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);

        talk = new Talk(Terms(VoicemailAction.LeaveMessage));
        talk.Pass(1);
        talk.Do(new ConversationInput.Tone());
        talk.Pass(3);
        Assert.Equal("Please call me back.", Assert.Single(talk.Heard).Text);
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);

        // Where nobody asks who has answered, a tone is a sound.
        talk = new Talk(Terms(VoicemailAction.Stop) with { Voicemail = null });
        talk.Do(new ConversationInput.Tone());
        Assert.Null(talk.Conversation.Ended);
    }

    [Fact]
    public void A_brain_that_leaves_the_message_is_told_of_it_and_is_cut_off_in_time()
    {
        var terms = Terms(VoicemailAction.LeaveMessage);
        var talk = new Talk(terms with { Voicemail = terms.Voicemail! with { Prompt = "Say that the pizza is there." } });
        talk.Do(new ConversationInput.Answerer(IsMachine: true));
        talk.Do(new ConversationInput.Tone());
        var asked = Assert.Single(talk.Asked);
        Assert.Equal((MessageRole.System, "Say that the pizza is there."), (asked.History[^1].Role, asked.History[^1].Text));
        talk.Answer(string.Concat(Enumerable.Repeat("The pizza is there, and here is a lot more to say of it. ", 20)));
        talk.Pass(31);
        Assert.Equal(EndReason.Voicemail, talk.Conversation.Ended);
        Assert.NotEmpty(talk.Heard);
    }
}
