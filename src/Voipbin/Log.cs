using Microsoft.Extensions.Logging;

namespace Ringwright.Voipbin;

/// <summary>Event ids 3000-3099.</summary>
public static partial class Log
{
    [LoggerMessage(3091, LogLevel.Error, "No agent can be looked for at the moment for the callers of queue {Queue}; it is tried again")]
    internal static partial void NobodyMatched(this ILogger logger, Exception failed, string queue);

    [LoggerMessage(3092, LogLevel.Error, "What earlier processes left of queues and groups of calls cannot be closed; it is tried again")]
    public static partial void CallsNotSwept(this ILogger logger, Exception failed);

    [LoggerMessage(3093, LogLevel.Error, "That an agent talks to the caller {Queuecall} could not be written; they talk on, and it is "
        + "tried again at their end")]
    internal static partial void ServiceNotWritten(this ILogger logger, Exception failed, string queuecall);

    [LoggerMessage(3094, LogLevel.Error, "What became of the group of calls {Group} could not be written; its calls go on")]
    internal static partial void GroupNotWritten(this ILogger logger, Exception failed, string group);
}
