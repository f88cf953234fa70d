using Microsoft.Extensions.Logging;

namespace Ringwright.Lab;

internal static partial class Log
{
    [LoggerMessage(1901, LogLevel.Information, "The lab answers at {Endpoint} with seed {Seed}")]
    public static partial void LabStarted(this ILogger logger, string endpoint, ulong seed);
}
