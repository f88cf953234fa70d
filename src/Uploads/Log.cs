using Microsoft.Extensions.Logging;

namespace Ringwright.Uploads;

/// <summary>Event ids 2800-2849. No keys, and nothing of what a server has said.</summary>
internal static partial class Log
{
    [LoggerMessage(2800, LogLevel.Debug, "Recording {Recording} is in its account's bucket")]
    public static partial void Brought(this ILogger logger, Guid recording);

    [LoggerMessage(2801, LogLevel.Warning,
        "Recording {Recording} did not get into its account's bucket in attempt {Attempt}; it is tried again in {Seconds:F0} s: {Fault}")]
    public static partial void Waits(this ILogger logger, Guid recording, int attempt, double seconds, string fault);

    [LoggerMessage(2803, LogLevel.Debug, "Recording {Recording} is transcribed: {Characters} characters")]
    public static partial void Transcribed(this ILogger logger, Guid recording, int characters);

    [LoggerMessage(2804, LogLevel.Warning,
        "Recording {Recording} was not transcribed in attempt {Attempt}; it is tried again in {Seconds:F0} s: {Fault}")]
    public static partial void TranscriptionWaits(this ILogger logger, Guid recording, int attempt, double seconds, string fault);

    [LoggerMessage(2805, LogLevel.Warning, "Recording {Recording} is not transcribed, after {Attempts} attempts: {Fault}")]
    public static partial void TranscriptionGivenUp(this ILogger logger, Guid recording, int attempts, string fault);

    [LoggerMessage(2802, LogLevel.Warning,
        "Recording {Recording} stays here: it did not get into its account's bucket in {Attempts} attempts: {Fault}")]
    public static partial void GivenUp(this ILogger logger, Guid recording, int attempts, string fault);

    [LoggerMessage(2806, LogLevel.Warning,
        "Recording {Recording} was deleted while it was sent to its account's bucket, which keeps it: {Fault}")]
    public static partial void StaysThere(this ILogger logger, Guid recording, string fault);
}
