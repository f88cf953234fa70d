namespace Ringwright.Calls;

/// <summary>Live transcription as somebody ordered it.</summary>
/// <param name="Language">BCP 47; "und" where the recogniser is to find out.</param>
/// <param name="Tracks">Whose words; each speaker is listened to by himself.</param>
public sealed record TranscriptionTerms(string Language, TapTracks Tracks)
{
    /// <summary>Of the recogniser; null is the node's usual one.</summary>
    public string? Recogniser { get; init; }

    /// <summary>In the recogniser's own names; null is what the node's settings say.</summary>
    public string? Model { get; init; }

    /// <summary>Results that may still change are told as well.</summary>
    public bool HasInterim { get; init; }

    /// <summary>Words that are likely.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>An agent listens: its events are for that one alone.</summary>
    public bool IsOfAgent { get; init; }
}

/// <summary>A leg whose words are to be written down.</summary>
public sealed record TranscriptionOrder(Guid Id, LegFacts Leg, TranscriptionTerms Terms, StreamFormat Codec)
    : LiveAudioOrder(Id, Leg, Codec)
{
    /// <summary>That somebody begins to speak, and that he pauses, is told as well: <see cref="LiveAudioNews.Voice"/>.</summary>
    public bool TellsVoice { get; init; }
}
