using Microsoft.Extensions.Logging;

namespace Ringwright.Telnyx;

/// <summary>Ids 1700 to 1799.</summary>
internal static partial class Log
{
    [LoggerMessage(1701, LogLevel.Error, "Notification {Notification} could not be written and is lost")]
    public static partial void NotificationNotWritten(this ILogger logger, Exception why, Guid notification);

    [LoggerMessage(1702, LogLevel.Error, "The settings of notifications could not be read; those that were known before still count")]
    public static partial void NotificationsNotRead(this ILogger logger, Exception why);

    [LoggerMessage(1703, LogLevel.Warning,
        "Insights of conversation {Conversation} failed at attempt {Attempt} and wait {Seconds} s: {Why}")]
    public static partial void InsightsWait(this ILogger logger, string conversation, int attempt, double seconds, string why);

    [LoggerMessage(1704, LogLevel.Error, "Insights of conversation {Conversation} were given up after attempt {Attempt}: {Why}")]
    public static partial void InsightsGivenUp(this ILogger logger, string conversation, int attempt, string why);
}
