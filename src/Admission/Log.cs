using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Admission;

/// <summary>Event ids 3300-3399.</summary>
internal static partial class Log
{
    [LoggerMessage(3301, LogLevel.Information, "Leg {Leg} has {Seconds:0} s left that its account pays for ({Rule}), and is told")]
    public static partial void OutOfMoney(this ILogger logger, LegId leg, double seconds, string rule);

    [LoggerMessage(3302, LogLevel.Information, "Leg {Leg} is ended: {Cause}. {Why}")]
    public static partial void CallEnded(this ILogger logger, LegId leg, HangupCause cause, string why);

    [LoggerMessage(3303, LogLevel.Error, "Live calls could not be looked at; none is ended for its account's sake until they can")]
    public static partial void LookFailed(this ILogger logger, Exception exception);
}
