using Microsoft.Extensions.Logging;

namespace Ringwright.Telnyx;

/// <summary>Ids 1700 to 1799.</summary>
internal static partial class Log
{
    [LoggerMessage(1701, LogLevel.Error, "Notification {Notification} could not be written and is lost")]
    public static partial void NotificationNotWritten(this ILogger logger, Exception why, Guid notification);

    [LoggerMessage(1702, LogLevel.Error, "The settings of notifications could not be read; those that were known before still count")]
    public static partial void NotificationsNotRead(this ILogger logger, Exception why);
}
