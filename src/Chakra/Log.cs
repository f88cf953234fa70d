using Microsoft.Extensions.Logging;

namespace Ringwright.Chakra;

/// <summary>Event ids 3200-3299.</summary>
public static partial class Log
{
    [LoggerMessage(3201, LogLevel.Error, "Who is told of calls of call logs cannot be read at the moment; it is read again")]
    public static partial void ListenersNotRead(this ILogger logger, Exception failed);

    [LoggerMessage(3202, LogLevel.Error, "What has happened to calls of call logs cannot be told at the moment; it is looked at again")]
    public static partial void CallsNotTold(this ILogger logger, Exception failed);

    [LoggerMessage(3203, LogLevel.Error, "The call of the leg {Leg}, which rings an agent first, cannot go on")]
    internal static partial void ClickNotGoneOn(this ILogger logger, Exception failed, Core.LegId leg);

    [LoggerMessage(3204, LogLevel.Error, "Whose the call {Call} is cannot be written; it has no user until somebody says it")]
    internal static partial void CallUserNotKept(this ILogger logger, Exception failed, Guid call);

    [LoggerMessage(3205, LogLevel.Warning,
        "{Most} calls wait to be looked at for the users whose they are: further ones have no user until somebody says it")]
    internal static partial void CallUsersNotNoted(this ILogger logger, int most);
}
