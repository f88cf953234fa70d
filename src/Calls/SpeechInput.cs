namespace Ringwright.Calls;

/// <summary>What a gather hears besides keys, or in their place.</summary>
/// <param name="Terms">
/// Whose recogniser, in which language. Its tracks do not matter: the leg's own party is asked. <see cref="TranscriptionTerms.HasInterim"/>
/// tells of the words while they come.
/// </param>
public sealed record SpeechInput(TranscriptionTerms Terms)
{
    /// <summary>Keys count as well: whichever comes first is the entry, and the other is not heard any more in that try.</summary>
    public bool TakesDigits { get; init; } = true;

    /// <summary>Silence behind words that ends the entry; zero takes the first pause for its end. 0 to 60 s.</summary>
    public TimeSpan EndSilence { get; init; }

    /// <summary>Who has begun to speak is listened to for so long and no longer; null is as long as the gather may take.</summary>
    public TimeSpan? LongestSpeech { get; init; }

    /// <summary>Who speaks while the prompt plays ends it, and is heard; else his words begin to count when it is over.</summary>
    public bool InterruptsPrompt { get; init; } = true;
}
