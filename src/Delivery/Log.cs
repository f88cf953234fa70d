using Microsoft.Extensions.Logging;
using Ringwright.Egress;

namespace Ringwright.Delivery;

/// <summary>Ids 1300 to 1399.</summary>
internal static partial class Log
{
    [LoggerMessage(1301, LogLevel.Warning,
        "{Webhooks} webhooks to {Destination} given up; the last one, {Message}, after {Attempts} attempts: {Failure} {Status}")]
    public static partial void GivenUp(this ILogger logger, int webhooks, string destination, Guid message, int attempts,
        EgressFailure failure, int status);

    [LoggerMessage(1302, LogLevel.Error,
        "{Webhooks} webhooks could not be attempted or recorded, {Message} the last; each again in {Seconds} s")]
    public static partial void AttemptFailed(this ILogger logger, Exception why, int webhooks, Guid message, double seconds);

    [LoggerMessage(1303, LogLevel.Warning, "Stopped with {Webhooks} webhooks under way; the next start delivers them")]
    public static partial void DrainCut(this ILogger logger, int webhooks);

    [LoggerMessage(1304, LogLevel.Error, "The outbox could not be read; webhooks wait, again in {Seconds} s")]
    public static partial void RoundFailed(this ILogger logger, Exception why, double seconds);

    [LoggerMessage(1305, LogLevel.Error,
        "{Webhooks} webhooks were committed and passed by, which is a fault of this program; they go out now")]
    public static partial void StraysFound(this ILogger logger, int webhooks);
}
