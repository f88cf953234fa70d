using Microsoft.Extensions.Logging;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>Event ids 2500-2599.</summary>
internal static partial class Log
{
    [LoggerMessage(2501, LogLevel.Error, "The program {Kind} {Target} of leg {Leg} has failed; its part in the call ends")]
    public static partial void ProgramFailed(this ILogger logger, Exception exception, string kind, string target, LegId leg);

    [LoggerMessage(2502, LogLevel.Error, "There is no program {Kind} {Target} for leg {Leg}; its part in the call ends")]
    public static partial void ProgramMissing(this ILogger logger, string kind, string target, LegId leg);

    [LoggerMessage(2503, LogLevel.Error, "The program {Kind} {Target} of leg {Leg} left {Events} events unread; its part in the call ends")]
    public static partial void ProgramBehind(this ILogger logger, string kind, string target, LegId leg, int events);

    [LoggerMessage(2505, LogLevel.Error, "The script {Script} cannot be read, and its call {Leg} is hung up: {Fault}")]
    public static partial void ScriptUnreadable(this ILogger logger, string script, LegId leg, string fault);

    [LoggerMessage(2506, LogLevel.Warning, "The agent {Script} of leg {Leg} ends for want of what it needs: {Reason}")]
    public static partial void AgentFailed(this ILogger logger, string script, LegId leg, string reason);

    [LoggerMessage(2507, LogLevel.Error, "Nobody can talk in conversation {Conversation} on leg {Leg}: {Fault}")]
    public static partial void AgentUnreadable(this ILogger logger, Guid conversation, LegId leg, string fault);

    [LoggerMessage(2508, LogLevel.Error, "A message of conversation {Conversation} on leg {Leg} is not kept")]
    public static partial void MessageNotKept(this ILogger logger, Exception exception, Guid conversation, LegId leg);

    [LoggerMessage(2509, LogLevel.Error, "Messages for conversation {Conversation} on leg {Leg} cannot be read: it goes on without them")]
    public static partial void MessagesNotRead(this ILogger logger, Exception exception, Guid conversation, LegId leg);

    [LoggerMessage(2504, LogLevel.Warning, "{Programs} programs have not ended with their calls")]
    public static partial void ProgramsLeft(this ILogger logger, int programs);
}
