using Microsoft.Extensions.Logging;

namespace Ringwright.Jobs;

/// <summary>Event ids 3400-3449.</summary>
internal static partial class Log
{
    [LoggerMessage(3400, LogLevel.Error, "The jobs cannot be read; it is tried again in {Seconds:F0} s")]
    public static partial void JobsNotRead(this ILogger logger, Exception fault, double seconds);

    [LoggerMessage(3401, LogLevel.Warning, "Job {Job} ({Kind}) broke off in attempt {Attempt}; it is tried again in {Seconds:F0} s")]
    public static partial void JobBroken(this ILogger logger, Exception fault, Guid job, string kind, int attempt, double seconds);

    [LoggerMessage(3402, LogLevel.Error, "Job {Job} ({Kind}) did not end in {Attempts} attempts and has failed")]
    public static partial void JobGivenUp(this ILogger logger, Guid job, string kind, int attempts);

    [LoggerMessage(3403, LogLevel.Warning,
        "The end of job {Job} ({Kind}) could not be written; it is done again when its lease has run out")]
    public static partial void JobNotEnded(this ILogger logger, Exception fault, Guid job, string kind);
}
