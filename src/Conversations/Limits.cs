namespace Ringwright.Conversations;

/// <summary>Every bound of a conversation. Times are in <see cref="TurnTerms"/> and <see cref="BargeInTerms"/>.</summary>
public static class Limits
{
    /// <summary>Of what is spoken at once: the engine makes one file of that.</summary>
    public const int PieceCharacters = 250;

    /// <summary>Before the first piece is spoken: a clause of so many characters, or so many in all.</summary>
    public const int FirstClauseCharacters = 20, FirstCharacters = 60;

    /// <summary>Of the number of a source ([1]): those of a year, and longer ones, are none.</summary>
    public const int SourceDigits = 3;

    /// <summary>Pieces that are made ready while one is heard.</summary>
    public const int PiecesAhead = 2;

    /// <summary>Of one answer of a brain; what comes behind it is not said.</summary>
    public const int ReplyCharacters = 16_000;

    /// <summary>Of what a caller says in one turn; what comes behind it is left out.</summary>
    public const int TurnCharacters = 4_000;

    public const int TurnKeys = 128;

    /// <summary>Requests of one turn that are asked before it is certain that it is over.</summary>
    public const int AsksAhead = 3;

    /// <summary>Rounds of tools for one turn of the caller, and calls of one round; further ones get a result that says so.</summary>
    public const int ToolRounds = 5, ToolCalls = 8;

    /// <summary>Of what is told to whoever a caller is transferred to; the rest is left out.</summary>
    public const int SummaryCharacters = 1_000;

    /// <summary>Of a tool's result, as the brain sees it.</summary>
    public const int ResultCharacters = 16_000;

    /// <summary>Turns running for which a brain has failed, until the conversation ends.</summary>
    public const int FailedTurns = 3;

    /// <summary>Of what a model is told before the conversation, and of a tool's description.</summary>
    public const int InstructionCharacters = 50_000;

    /// <summary>For a caller who says nothing, running.</summary>
    public const int CheckIns = 2;

    /// <summary>Of what a customer's program has sent and nobody could say yet; then it is a flood.</summary>
    public const int RelayParts = 4_000, RelayCharacters = 256_000;

    /// <summary>Messages running that are none; then it is given up.</summary>
    public const int BadMessages = 10;

    /// <summary>Of what it leaves for whoever has the call next, of a file's address, and of a language's name.</summary>
    public const int HandoffCharacters = 16_000, RelayUrlCharacters = 2_000, LanguageCharacters = 64;

    /// <summary>Of a file that is heard again and again.</summary>
    public const int Loops = 100;
}
