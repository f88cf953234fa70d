using Microsoft.Extensions.Logging;
using Ringwright.Core;

namespace Ringwright.Lab;

internal static partial class LabLog
{
    [LoggerMessage(1901, LogLevel.Information, "The lab answers at {Endpoint} with seed {Seed}")]
    public static partial void LabStarted(this ILogger logger, string endpoint, ulong seed);

    [LoggerMessage(1902, LogLevel.Error, "The person on leg {Leg} stopped acting; the call stays as it is")]
    public static partial void PersonaFailed(this ILogger logger, LegId leg, Exception e);
}
