namespace Ringwright.Speech;

/// <summary>What bounds speech and prompts; the sizes that an operator may change are in <see cref="SpeechOptions"/>.</summary>
public static class Limits
{
    /// <summary>Characters of one text to speak, markup included.</summary>
    public const int TextCharacters = 5_000;

    /// <summary>Bytes of a rendered text: five minutes at 48 kHz, 16 bits.</summary>
    public const int RenderedBytes = 30 * 1024 * 1024;

    /// <summary>How long several sounds may last together that are played as one: at 32 KB a second that is a file of 38 MB.</summary>
    public static readonly TimeSpan Sequence = TimeSpan.FromMinutes(20);

    /// <summary>Hops that the fetch of one URL follows.</summary>
    public const int Redirects = 3;

    /// <summary>Characters of the reason that a provider gives for a failure, as far as it is passed on.</summary>
    public const int ReasonCharacters = 200;

    /// <summary>A piece of speech that is recognised on its own; longer speech is cut at its quietest place.</summary>
    public static readonly TimeSpan Segment = TimeSpan.FromSeconds(15);

    /// <summary>Pieces of one speaker that wait for a recogniser; one more is dropped, and counted.</summary>
    public const int Segments = 4;

    /// <summary>Audio of one speaker that waits for a live recogniser's socket; more is dropped, and counted.</summary>
    public static readonly TimeSpan Backlog = TimeSpan.FromSeconds(5);

    /// <summary>Of a recogniser's answer: two minutes of words with their times have some 50 KB.</summary>
    public const int AnswerBytes = 256 * 1024;

    /// <summary>Of one result: more is not what somebody said.</summary>
    public const int RecognisedCharacters = 10_000;

    /// <summary>
    /// What a live recogniser may send: interim results come some ten times a second. At once, and then on average, pings and frame headers
    /// included.
    /// </summary>
    public const int BytesAtOnce = 2 * 1024 * 1024, BytesPerSecond = 128 * 1024, MessagesAtOnce = 500, MessagesPerSecond = 50;

    /// <summary>Characters of a live recogniser's URL; hints that do not fit are left out, and counted.</summary>
    public const int LiveUrlCharacters = 1_900;

    /// <summary>Hints for one recognition, and characters of one.</summary>
    public const int Hints = 100, HintCharacters = 50;
}
