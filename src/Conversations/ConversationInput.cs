using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>What a conversation hears.</summary>
public abstract record ConversationInput
{
    private ConversationInput() { }

    /// <summary>The caller can hear.</summary>
    public sealed record Begin : ConversationInput;

    /// <summary>Somebody begins to speak, or has paused.</summary>
    public sealed record Voice(bool IsTalking) : ConversationInput;

    /// <param name="IsFinal">They will not change any more; else they take the place of those before that were not final.</param>
    public sealed record Words(string Text, bool IsFinal) : ConversationInput;

    public sealed record Key(char Digit) : ConversationInput;

    /// <summary>The caller interrupts by something that is no part of a turn: a key that the brain was told by itself.</summary>
    public sealed record Cut : ConversationInput;

    /// <summary>The brain has something to say that nobody has asked it for.</summary>
    /// <param name="Preempts">What is being said makes room for it.</param>
    public sealed record Raised(bool Preempts) : ConversationInput;

    /// <summary>A piece of what is said is heard from now on.</summary>
    /// <param name="Length">Null when nobody knows.</param>
    public sealed record PieceStarted(int Piece, TimeSpan? Length) : ConversationInput;

    /// <param name="Played">How long it was heard; null when nobody knows.</param>
    public sealed record PieceEnded(int Piece, bool IsWhole, TimeSpan? Played) : ConversationInput;

    /// <summary>It could not be spoken.</summary>
    public sealed record PieceFailed(int Piece) : ConversationInput;

    public sealed record FromBrain(int Request, BrainPart Part) : ConversationInput;

    /// <param name="Id">Of the call. Only the first result counts.</param>
    /// <param name="EndsConversation">The caller talks to somebody else now.</param>
    public sealed record ToolDone(string Id, string Result, bool EndsConversation) : ConversationInput;

    /// <summary>Whoever commands the call has something that the brain is to know.</summary>
    /// <param name="AnswersNow">It is answered at once, whoever speaks; else it is known from the next answer on.</param>
    public sealed record Told(IReadOnlyList<Message> Messages, bool AnswersNow) : ConversationInput;

    /// <summary>All is there that was to be gathered: the conversation ends behind what is being said and done.</summary>
    /// <param name="LastWords">Said before the end; empty for none.</param>
    public sealed record Finish(string LastWords) : ConversationInput;

    /// <summary>Something plays that is not the conversation's: what is said waits behind it.</summary>
    public sealed record Elsewhere(bool IsOn) : ConversationInput;

    /// <summary>It is known who has answered.</summary>
    public sealed record Answerer(bool IsMachine) : ConversationInput;

    /// <summary>A machine has said all that it says, and records.</summary>
    public sealed record Tone : ConversationInput;

    /// <summary>Nobody is to answer the caller for now: that he says nothing counts from here.</summary>
    public sealed record Excused : ConversationInput;

    /// <summary>Nobody listens to words any more.</summary>
    public sealed record Deaf : ConversationInput;

    public sealed record Stop(EndReason Reason) : ConversationInput;
}

/// <summary>What a conversation wants.</summary>
public abstract record ConversationOutput
{
    private ConversationOutput() { }

    public sealed record Ask(BrainRequest Request) : ConversationOutput
    {
        /// <summary>It is not certain yet that the turn is over: <see cref="Adopt"/> follows, or <see cref="Cancel"/>.</summary>
        public bool IsAhead { get; init; }
    }

    /// <summary>The turn is over, and was as it was asked about ahead.</summary>
    public sealed record Adopt(BrainRequest Request) : ConversationOutput;

    public sealed record Cancel(int Request) : ConversationOutput;

    /// <summary>Behind what is being said.</summary>
    public sealed record Say(int Piece, string Text) : ConversationOutput
    {
        public Manner Manner { get; init; } = Manner.Usual;
        /// <summary>A file in place of a text; null for a text.</summary>
        public BrainPart.Sound? Sound { get; init; }
    }

    /// <summary>What is being said waits.</summary>
    public sealed record Pause : ConversationOutput;

    public sealed record Resume : ConversationOutput;

    /// <summary>What is being said ends now, and nothing follows; who has begun to be heard is still told by its end.</summary>
    public sealed record Silence : ConversationOutput;

    public sealed record Run(ToolCall Call) : ConversationOutput;

    /// <summary>The caller is listened to in another language.</summary>
    public sealed record HearIn(string Language) : ConversationOutput;

    /// <summary>The caller has interrupted. Told before what he says.</summary>
    /// <param name="Heard">The words of the answer that were heard; empty for none.</param>
    /// <param name="Lasted">From its beginning.</param>
    public sealed record Interrupted(string Heard, TimeSpan Lasted) : ConversationOutput;

    /// <summary>It is part of the conversation from now on, and will not change.</summary>
    public sealed record Told(Message Message) : ConversationOutput;

    /// <summary>The caller has spoken, and the recogniser has understood nothing of it. No brain is told.</summary>
    public sealed record Unheard(Instant At) : ConversationOutput;

    /// <summary>The last one.</summary>
    public sealed record Ended(EndReason Reason) : ConversationOutput;
}
