namespace Ringwright.Conversations.Relays;

/// <summary>An agent that a customer's own program thinks for, over a socket.</summary>
public sealed record RelayAgent : AgentDefinition
{
    /// <summary>For the first useful part of an answer. Programs ask others, and say nothing meanwhile.</summary>
    private static readonly TimeSpan ForBrain = TimeSpan.FromSeconds(15);
    /// <summary>An answer whose end nobody says is over then.</summary>
    private static readonly TimeSpan BetweenParts = TimeSpan.FromSeconds(5);

    /// <summary>Names and values of the first message.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Setup { get; init; } = [];
    /// <summary>The customer's own, in that message.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];
    /// <summary>Words that are likely.</summary>
    public IReadOnlyList<string> Likely { get; init; } = [];
    /// <summary>The language that is listened to; null is that which is spoken.</summary>
    public string? ListensIn { get; init; }
    /// <summary>What is said makes room for what comes next, unless a message says otherwise.</summary>
    public bool IsPreemptible { get; init; }
    /// <summary>Words that may still change are told.</summary>
    public bool TellsPartials { get; init; }
    /// <summary>That somebody begins and ends to speak is told.</summary>
    public bool TellsSpeaking { get; init; }
    /// <summary>What was heard is told, piece by piece.</summary>
    public bool TellsHeard { get; init; }

    public override IReadOnlyList<string> Hints => Likely;

    /// <summary>
    /// These terms as far as they are about manners, with those of a brain that is asked once and may take its time. What it does not say
    /// nobody says in its place, but that it has failed.
    /// </summary>
    public static ConversationTerms TermsOf(ConversationTerms manners) => manners with
    {
        ForBrain = ForBrain,
        BetweenParts = BetweenParts,
        EndsBySilence = true,
        Tries = 1,
        Sorry = "",
        Apology = OwnWords.Apology(manners.Language),
        LastWords = OwnWords.LastWords(manners.Language),
    };
}
