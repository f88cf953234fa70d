using Microsoft.Extensions.Logging;

namespace Ringwright.Speech.Transcription;

/// <summary>Event ids 2460-2479. Never what was said.</summary>
internal static partial class Log
{
    [LoggerMessage(2460, LogLevel.Debug, "Transcription {Transcription} of leg {Leg} has begun, by {Recogniser}")]
    public static partial void TranscriptionBegun(this ILogger logger, Guid transcription, Core.LegId leg, string recogniser);

    [LoggerMessage(2461, LogLevel.Information, "Transcription {Transcription} of leg {Leg} failed, the call goes on: {Failure}")]
    public static partial void TranscriptionFailed(this ILogger logger, Guid transcription, Core.LegId leg, string failure);

    [LoggerMessage(2462, LogLevel.Error, "Transcription {Transcription} broke by a fault of ours; it is told as failed, the call goes on")]
    public static partial void TranscriptionBroke(this ILogger logger, Exception exception, Guid transcription);

    [LoggerMessage(2463, LogLevel.Error, "Transcription {Transcription} finds no room for its audio: {Problem}")]
    public static partial void NoTap(this ILogger logger, Guid transcription, string problem);

    [LoggerMessage(2464, LogLevel.Warning, "Recogniser {Recogniser} did not let go of a speaker: it is left behind")]
    public static partial void NotLetGo(this ILogger logger, Exception exception, string recogniser);

    [LoggerMessage(2465, LogLevel.Warning, "{Transcriptions} transcriptions did not end within {Seconds} s and are left behind")]
    public static partial void TranscriptionsLeft(this ILogger logger, int transcriptions, double seconds);

    [LoggerMessage(2466, LogLevel.Information, "Transcription {Transcription} has lost its recogniser and opens it once more: {Failure}")]
    public static partial void RecogniserReplaced(this ILogger logger, Guid transcription, string failure);
}
