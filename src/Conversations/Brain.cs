namespace Ringwright.Conversations;

/// <summary>
/// Who thinks of what to say: a script, a language model, a customer's own program. Asked once at a time; it may answer at once, or bit by
/// bit from any thread.
/// </summary>
public interface IBrain
{
    /// <summary>Answered by parts, the last of which is <see cref="BrainPart.Done"/> or <see cref="BrainPart.Failed"/>.</summary>
    void Ask(BrainRequest request, Action<BrainPart> tell);

    /// <summary>Nobody wants the answer any more. What was answered before stands.</summary>
    void Cancel(int request);
}

public enum BrainOccasion
{
    /// <summary>The conversation begins, and the brain speaks first.</summary>
    Opening,
    /// <summary>The caller has had a turn.</summary>
    Turn,
    /// <summary>Each of its calls has its result.</summary>
    ToolResults,
    /// <summary>The caller says nothing.</summary>
    Silence,
    /// <summary>The brain has asked for it: <see cref="ConversationInput.Raised"/>.</summary>
    OwnAccord,
    /// <summary>Somebody who is not on the call has something to be answered: it is the last of what was heard.</summary>
    Told,
}

/// <param name="Number">Grows with each request.</param>
public sealed record BrainRequest(int Number, BrainOccasion Occasion)
{
    /// <summary>Words of the turn; empty when there were none.</summary>
    public string Said { get; init; } = "";

    /// <summary>Keys of the turn.</summary>
    public string Pressed { get; init; } = "";

    /// <summary>
    /// An earlier request whose answer was not heard, because the caller had more to say: this one stands in its place. Null for none.
    /// </summary>
    public int? Replaces { get; init; }

    /// <summary>How often the same was asked before, because the answer failed; the conversation's terms say how often at most.</summary>
    public int Try { get; init; }

    /// <summary>What was heard up to now, in order.</summary>
    public IReadOnlyList<Message> History { get; init; } = [];
}

/// <summary>A part of a brain's answer.</summary>
public abstract record BrainPart
{
    private BrainPart() { }

    /// <summary>The next bit of what is to be said.</summary>
    public sealed record Text(string Bit) : BrainPart
    {
        public Manner Manner { get; init; } = Manner.Usual;
    }

    /// <summary>A file that is heard in its place among the texts.</summary>
    /// <param name="Loops">How often; 0 for ever.</param>
    public sealed record Sound(string Url, int Loops) : BrainPart
    {
        public Manner Manner { get; init; } = Manner.Usual;
    }

    /// <summary>The caller is listened to in this language from here on: BCP 47.</summary>
    public sealed record HearIn(string Language) : BrainPart;

    public sealed record Call(ToolCall Tool) : BrainPart;

    /// <summary>How the caller's next turn is listened to.</summary>
    public sealed record Listen(ListenTerms Terms) : BrainPart;

    /// <summary>More is to come, and nothing of it can be said or done yet: a call in pieces, a thought.</summary>
    public sealed record Progress : BrainPart;

    /// <summary>What the answer took, where somebody counts that.</summary>
    /// <param name="By">Who says that he has answered; null where nobody says so.</param>
    public sealed record Used(int TokensIn, int TokensOut, string? By) : BrainPart;

    /// <param name="IsCut">It has ended within a sentence, which is not said then.</param>
    public sealed record Done(bool IsCut = false) : BrainPart;

    /// <param name="Why">As part of a sentence, without anything that was said.</param>
    public sealed record Failed(string Why) : BrainPart;
}

/// <summary>How a bit of an answer is heard, where that is not as the agent says.</summary>
public sealed record Manner
{
    public static readonly Manner Usual = new();

    /// <summary>BCP 47; null is the agent's.</summary>
    public string? Language { get; init; }

    /// <summary>Whether the caller may interrupt it; null as the conversation's terms say.</summary>
    public bool? IsInterruptible { get; init; }
}

public sealed record ListenTerms
{
    public static readonly ListenTerms Usual = new();

    /// <summary>
    /// A number, a name or an address is asked for: people pause while they say one. Null where the words that were said tell.
    /// </summary>
    public bool? IsDictation { get; init; }

    /// <summary>The turn is over with so many keys.</summary>
    public int MostKeys { get; init; } = Limits.TurnKeys;

    /// <summary>The brain is asked again when nothing is said for so long; null takes the conversation's own.</summary>
    public TimeSpan? Silence { get; init; }
}
