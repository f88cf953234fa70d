namespace Ringwright.Speech.Recognition;

/// <summary>Turns what somebody says into text while he says it.</summary>
public interface IRecogniser
{
    /// <summary>What settings, logs and metrics call it: "openai".</summary>
    string Name { get; }

    /// <summary>Of what it wants to hear, in hertz: 8,000, 16,000, 24,000 or 48,000.</summary>
    int SampleRate { get; }

    /// <summary>Whether it can be asked for a language (BCP 47: "en", "de-AT", "und"); true where only its far end can tell.</summary>
    bool Knows(string language);

    /// <summary>Begins to listen to one speaker.</summary>
    /// <exception cref="RecognitionException">Nobody listens there.</exception>
    Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop);
}

/// <summary>One speaker who is listened to. Written to by one thread and read by one other.</summary>
public interface IRecognition : IAsyncDisposable
{
    /// <summary>
    /// The next audio, at <see cref="IRecogniser.SampleRate"/>, silence included. Never waits: what cannot be kept is dropped, and counted.
    /// </summary>
    void Write(ReadOnlySpan<short> samples);

    /// <summary>
    /// For audio that is there at once and not as it is spoken: returns when a tenth of a second more can be written, and nothing of it is
    /// dropped. Somebody must read meanwhile. Asked by the thread that writes.
    /// </summary>
    ValueTask WaitForRoomAsync(CancellationToken stop);

    /// <summary>
    /// How long behind a pause of the speaker's <see cref="Finalise"/> is of use, where words may still change; null where the recogniser
    /// cannot be asked.
    /// </summary>
    TimeSpan? FinalisesAfter => null;

    /// <summary>What was understood until now is to become final. Asked by the thread that writes.</summary>
    void Finalise()
    {
        // Nobody is asked.
    }

    /// <summary>Nothing more will be said: what is still to be recognised is, then <see cref="ReadAsync"/> ends.</summary>
    void Finish();

    /// <summary>What was understood, in the order in which it was said. Once only.</summary>
    /// <exception cref="RecognitionException">The far end refused, hung, or spoke nonsense; nothing more comes.</exception>
    IAsyncEnumerable<Recognised> ReadAsync(CancellationToken stop);
}

/// <param name="Language">BCP 47; <see cref="Undetermined"/> where the recogniser is to find out.</param>
/// <param name="HasInterim">Results that may still change are wanted as well.</param>
public sealed record RecognitionTerms(string Language, bool HasInterim)
{
    public const string Undetermined = "und";

    /// <summary>In the provider's own names; null is what the node's settings say.</summary>
    public string? Model { get; init; }

    /// <summary>Words that are likely, for providers that can use them.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
}

/// <summary>A piece of what was said.</summary>
/// <param name="IsFinal">It will not change any more.</param>
/// <param name="Confidence">0 to 1; null where the provider tells none.</param>
public sealed record Recognised(string Text, bool IsFinal, double? Confidence)
{
    /// <summary>When it was said, since the first sample; null where the provider does not tell.</summary>
    public TimeSpan? From { get; init; }

    public TimeSpan? To { get; init; }
}

/// <summary>Recognition ended; the message is part of a sentence for the customer, without secrets.</summary>
public sealed class RecognitionException(string message, Exception? inner = null) : Exception(message, inner);
