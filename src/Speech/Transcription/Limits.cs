namespace Ringwright.Speech.Transcription;

/// <summary>Every bound of transcription. Times that a test shortens are in <see cref="TranscriptionOptions"/>.</summary>
public static class Limits
{
    /// <summary>Of one result; what is longer is cut.</summary>
    public const int TextCharacters = 4_000;

    /// <summary>Results of one speaker that may come at once, and what a second more allows; beyond them the transcription ends.</summary>
    public const int ResultsAtOnce = 200, ResultsPerSecond = 20;

    /// <summary>Of what is said on one channel of a recording; four hours of speech have some 200,000.</summary>
    public const int RecordingCharacters = 250_000;

    /// <summary>For a recogniser to take a recording's next audio, and for its last words: it may have five segments to do yet.</summary>
    public static readonly TimeSpan RecordingPatience = TimeSpan.FromMinutes(3);

    /// <summary>An agent's recogniser that has listened for so long has a successor, however many there were before.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    /// <summary>Of the reason for a failure, as far as it is passed on.</summary>
    public const int ReasonCharacters = 200;
}
