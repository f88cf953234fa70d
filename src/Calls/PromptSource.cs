namespace Ringwright.Calls;

/// <summary>Where sound comes from. Fetching, speech and encoding happen behind <see cref="IPrompts"/>.</summary>
public abstract record PromptSource
{
    private PromptSource() { }

    /// <summary>An http or https URL; fetched through the guarded way out.</summary>
    public sealed record Url(string Address) : PromptSource
    {
        /// <summary>False fetches again even when a copy is cached.</summary>
        public bool IsCached { get; init; } = true;
    }

    /// <summary>The file itself (at most 1 MiB after base64).</summary>
    public sealed record Content(ReadOnlyMemory<byte> Bytes) : PromptSource;

    /// <summary>A file that the tenant keeps under this name; see <see cref="IMediaLibrary"/>.</summary>
    public sealed record Stored(string Name) : PromptSource;

    /// <summary>A message in a mailbox of the tenant's; see <see cref="VoiceMessage"/>.</summary>
    public sealed record Message(Guid Id) : PromptSource;

    /// <summary>A saved recording of the tenant's.</summary>
    public sealed record Recording(Guid Id) : PromptSource;

    /// <summary>A text to speak. <paramref name="Voice"/> and <paramref name="Language"/> as the customer wrote them.</summary>
    public sealed record Speech(string Text, string Voice, string? Language, bool IsSsml) : PromptSource
    {
        /// <summary>How fast, within <see cref="ISpeech.Speeds"/>; 1 is the voice's own speed.</summary>
        public double Speed { get; init; } = 1;

        /// <summary>Where the voice fails, the node's other one says it, if it has one: whoever listens waits for an answer.</summary>
        public bool HasStandIn { get; init; }

        /// <summary>Said by the node's other voice, in the language that is named.</summary>
        public bool IsByStandIn { get; init; }
    }

    /// <summary>One after the other, as one sound. What cannot be had is left out, unless that is all.</summary>
    public sealed record Sequence(IReadOnlyList<PromptSource> Parts) : PromptSource
    {
        /// <summary>The part that a repetition begins with, from 0: those before it are heard once.</summary>
        public int RepeatsFrom { get; init; }

        public bool Equals(Sequence? other) => other is not null && RepeatsFrom == other.RepeatsFrom && Parts.SequenceEqual(other.Parts);

        public override int GetHashCode() => Parts.Aggregate(Parts.Count, (hash, part) => HashCode.Combine(hash, part));
    }

    /// <summary>A tone: frequencies in Hz, on and off in milliseconds, repeated for the total. For beeps and the lab.</summary>
    public sealed record Tone(int Hertz, int SecondHertz, int OnMilliseconds, int OffMilliseconds, int TotalMilliseconds) : PromptSource;
}

/// <summary>A prompt that is ready in the cache in one codec. <paramref name="File"/> holds raw frames of 20 ms.</summary>
/// <param name="Hash">Hex of the content hash; the same sound has the same hash.</param>
/// <param name="File">Absolute path of the encoded file.</param>
public sealed record PreparedPrompt(string Hash, string File, TimeSpan Duration);

public enum PromptFailure { None, NotFound, Forbidden, TooLarge, TimedOut, BadAudio, UnsupportedFormat, SpeechUnavailable, Failed }

/// <summary>Either a prompt or a reason; <paramref name="Detail"/> is a sentence for the customer.</summary>
public readonly record struct PromptResult(PreparedPrompt? Prompt, PromptFailure Failure, string? Detail)
{
    /// <inheritdoc cref="VoiceStand.Warning"/>
    public string? Warning { get; init; }

    public static PromptResult Ready(PreparedPrompt prompt) => new(prompt, PromptFailure.None, null);
    public static PromptResult Failed(PromptFailure failure, string detail) => new(null, failure, detail);
}
