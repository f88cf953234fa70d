namespace Ringwright.Streams;

/// <summary>Every bound of media streams. Times that a test shortens are in <see cref="MediaStreamOptions"/>.</summary>
public static class Limits
{
    /// <summary>Of audio in one frame, both ways.</summary>
    public const int FrameMilliseconds = 20;

    /// <summary>Of audio in one frame that comes in.</summary>
    public const int LongestSeconds = 30;

    /// <summary>The like in a dialect that knows no such bound: all that may wait.</summary>
    public const int LongestWaitingSeconds = QueuedSamples / 8_000;

    /// <summary>
    /// One message that comes in, fragments together: base64 of <see cref="Mp3Bytes"/>, which is more than 30 s of L16 at 48 kHz, and the
    /// words around it.
    /// </summary>
    public const int MessageBytes = 4 * 1024 * 1024 + 4 * 1024;

    /// <summary>What is read of a frame at a time.</summary>
    public const int PartBytes = 16 * 1024;

    /// <summary>One MP3 file.</summary>
    public const int Mp3Bytes = 3 * 1024 * 1024;

    /// <summary>MP3 files of one stream that are not played to their end.</summary>
    public const int QueuedMp3Bytes = 8 * 1024 * 1024;

    /// <summary>
    /// Audio that waits to be played, in samples at the rate at which it was sent: 300 s at 8 kHz, 150 at 16, 100 at 24, 50 at 48.
    /// </summary>
    public const int QueuedSamples = 2_400_000;

    /// <summary>Marks that wait.</summary>
    public const int Marks = 1_000;

    public const int MarkCharacters = 1_024;

    /// <summary>Of audio of one track that waits for a slow socket; one more drops the oldest.</summary>
    public const int TrackFrames = 100;

    /// <summary>Frames other than audio that wait for the socket: then nothing more is read, until there are fewer.</summary>
    public const int AnswersBeforeReading = 200;

    /// <summary>Then the far end is given up: marks that a clear returns all at once, and as many again.</summary>
    public const int Answers = 2 * Marks + AnswersBeforeReading;

    /// <summary>What may come in at once, and what a second more allows.</summary>
    public const long BytesAtOnce = 16 * 1024 * 1024, BytesPerSecond = 1024 * 1024;

    /// <summary>All queued audio in frames of 20 ms, and some; then ten times real time.</summary>
    public const long MessagesAtOnce = 20_000, MessagesPerSecond = 500;

    /// <summary>Bytes that are no message's: TLS, headers of frames, pings, empty fragments.</summary>
    public const long OverheadAtOnce = 1024 * 1024, OverheadPerSecond = 16 * 1024;

    /// <summary>Of a <see cref="CarriedSocket"/>: what is read of a message at a time.</summary>
    public const int TextPartBytes = 4 * 1024;

    /// <summary>Messages that wait there for a slow far end; one more is not sent.</summary>
    public const int TextsWaiting = 1_000;

    /// <summary>Messages that may come in there at once, and what a second more allows: faster than any model writes.</summary>
    public const long TextsAtOnce = 5_000, TextsPerSecond = 500;

    /// <summary>Between two tries to hand audio to a tap that is full: it holds a second.</summary>
    public const int FeedMilliseconds = 100;

    /// <summary>Characters of what a failing far end said that are passed on.</summary>
    public const int DetailCharacters = 200;
}
