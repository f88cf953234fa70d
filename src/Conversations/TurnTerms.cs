namespace Ringwright.Conversations;

/// <summary>When a caller's turn is over. The usual values are those of the specification of assistants (5.2).</summary>
public sealed record TurnTerms
{
    public static readonly TurnTerms Usual = new();

    /// <summary>Who judges it; the times from <see cref="Wait"/> to <see cref="HasPunctuation"/> are those of the rule of words.</summary>
    public IEndOfTurn EndOfTurn { get; init; } = EndOfTurnByWords.Usual;

    /// <summary>Silence that no turn ends before.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(0.4);
    /// <summary>Behind a full stop, a question mark or an exclamation mark.</summary>
    public TimeSpan OnPunctuation { get; init; } = TimeSpan.FromSeconds(0.1);
    /// <summary>Behind a digit, a number, a single letter, "at" or "dot".</summary>
    public TimeSpan OnNumber { get; init; } = TimeSpan.FromSeconds(0.5);
    /// <summary>The same where a number, a name or an address is asked for.</summary>
    public TimeSpan OnDictation { get; init; } = TimeSpan.FromSeconds(1.5);
    public TimeSpan OnNoPunctuation { get; init; } = TimeSpan.FromSeconds(1.5);
    /// <summary>In place of <see cref="OnNoPunctuation"/> with a recogniser that writes no punctuation.</summary>
    public TimeSpan Unpunctuated { get; init; } = TimeSpan.FromSeconds(0.7);
    public bool HasPunctuation { get; init; } = true;

    /// <summary>How long a voice has been silent when its pause is told.</summary>
    public TimeSpan VoicePause { get; init; } = TimeSpan.FromMilliseconds(200);
    /// <summary>How long a voice has been there when it is told.</summary>
    public TimeSpan VoiceOnset { get; init; } = TimeSpan.FromMilliseconds(60);
    /// <summary>For the words of a voice that has paused; it was nothing then.</summary>
    public TimeSpan ForWords { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>For words that may still change to become those that will not.</summary>
    public TimeSpan ForFinal { get; init; } = TimeSpan.FromSeconds(2);
    /// <summary>Of speech in one turn: behind more of it the brain is asked when it is over, and not before.</summary>
    public TimeSpan LongestAhead { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Behind a key; then no more are waited for.</summary>
    public TimeSpan BetweenKeys { get; init; } = TimeSpan.FromSeconds(2);
}
