namespace Ringwright.Conversations;

/// <summary>How a conversation goes, whoever thinks in it.</summary>
public sealed record ConversationTerms
{
    /// <summary>BCP 47.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>Said first; null when the brain opens, empty when the caller speaks first.</summary>
    public string? Greeting { get; init; }

    /// <summary>
    /// Who was called says something first: the greeting comes behind his first words, or when he has said nothing for so long. Null does
    /// not wait.
    /// </summary>
    public TimeSpan? ForHello { get; init; }

    /// <summary>Null where machines are talked to like anybody.</summary>
    public VoicemailTerms? Voicemail { get; init; }

    public TurnTerms Turns { get; init; } = TurnTerms.Usual;
    public BargeInTerms Interruptions { get; init; } = BargeInTerms.Usual;

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The brain is asked when the caller says nothing for so long, <see cref="CheckIns"/> times running; null never.</summary>
    public TimeSpan? IdleReply { get; init; }

    public int CheckIns { get; init; } = Limits.CheckIns;

    /// <summary>The conversation ends when the caller says nothing for as long once more behind them.</summary>
    public bool EndsUnanswered { get; init; }

    /// <summary>The conversation ends when the caller says nothing for so long; null never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>For the first useful part of a brain's answer.</summary>
    public TimeSpan ForBrain { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// So often in a turn the brain is asked when the caller pauses, before it is certain that the turn is over; 0 for never. For brains
    /// that remember nothing of what they were asked.
    /// </summary>
    public int AsksAhead { get; init; }

    /// <summary>
    /// The brain reads all that was heard whenever it is asked: what the caller says while a tool runs is answered with what came of that.
    /// Else it goes by what each turn says.
    /// </summary>
    public bool ReadsHistory { get; init; }

    /// <summary>From one part of a brain's answer to the next; null for ever.</summary>
    public TimeSpan? BetweenParts { get; init; }

    /// <summary>An answer whose next part does not come in that time is whole; else it has failed.</summary>
    public bool EndsBySilence { get; init; }

    /// <summary>Keys are part of turns, and interrupt; else they are nothing.</summary>
    public bool HearsKeys { get; init; } = true;

    /// <summary>What is said over what nobody may interrupt is no turn; else it is the next one.</summary>
    public bool DropsSpeechOver { get; init; }

    /// <summary>How often the same is asked while nothing of the answer was said.</summary>
    public int Tries { get; init; } = 2;

    /// <summary>For a piece that is to be spoken to begin.</summary>
    public TimeSpan ForVoice { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>It goes on by keys where nobody listens to words any more.</summary>
    public bool GoesOnDeaf { get; init; }

    /// <summary>
    /// Said once in a turn when the caller has heard nothing for so long while a tool runs that has no words of its own; null for never.
    /// </summary>
    public TimeSpan? FillerAfter { get; init; }

    /// <summary>What is said while a tool runs, by its name; an empty list says nothing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Filler>> Fillers { get; init; } = new Dictionary<string, IReadOnlyList<Filler>>();

    /// <summary>Said when somebody was heard twice and not understood.</summary>
    public string Sorry { get; init; } = OwnWords.Sorry("en");

    /// <summary>Said when the brain has failed.</summary>
    public string Apology { get; init; } = OwnWords.Apology("en");

    /// <summary>Said before the end, when it has failed again and again.</summary>
    public string LastWords { get; init; } = OwnWords.LastWords("en");
}

/// <summary>Words for a caller who waits: no part of what the brain has said.</summary>
/// <param name="After">Since the tool began, which still runs then.</param>
public sealed record Filler(TimeSpan After, string Text);

/// <summary>Why a conversation is over. Told by its name in snake case.</summary>
public enum EndReason
{
    /// <summary>The brain has hung up.</summary>
    AssistantHangup,
    /// <summary>The call has ended.</summary>
    CallHangup,
    /// <summary>The caller talks to somebody else.</summary>
    Transferred,
    TimeLimit,
    UserIdle,
    /// <summary>The brain has failed, turn after turn.</summary>
    ProviderFailure,
    /// <summary>Nobody can speak.</summary>
    VoiceFailure,
    /// <summary>Nobody listens.</summary>
    RecogniserFailure,
    /// <summary>Somebody has stopped it.</summary>
    Stopped,
    /// <summary>All is there that it was to gather.</summary>
    Gathered,
    /// <summary>A machine has answered.</summary>
    Voicemail,
}
