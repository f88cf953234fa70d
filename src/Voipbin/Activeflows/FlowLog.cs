using Microsoft.Extensions.Logging;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Event ids 3000-3049.</summary>
internal static partial class FlowLog
{
    [LoggerMessage(3001, LogLevel.Error, "The run {Run} of a flow has broken off; its call, if it has one, is hung up")]
    public static partial void FlowBroke(this ILogger logger, Exception exception, Guid run);

    [LoggerMessage(3002, LogLevel.Information, "The run {Run} of a flow without a call: {Text}")]
    public static partial void FlowWarns(this ILogger logger, Guid run, string text);

    [LoggerMessage(3003, LogLevel.Warning, "That the run {Run} of a flow is over could not be written; it is tried again")]
    public static partial void FlowEndNotWritten(this ILogger logger, Guid run);

    [LoggerMessage(3006, LogLevel.Warning, "A step of the run {Run} of a flow could not be written; it goes on")]
    public static partial void FlowStepNotWritten(this ILogger logger, Guid run);

    [LoggerMessage(3005, LogLevel.Warning, "The run {Run} of the flow {Flow} was not begun: {Why}")]
    public static partial void FlowNotBegun(this ILogger logger, Guid run, Guid? flow, FlowStart why);

    [LoggerMessage(3004, LogLevel.Information, "{Runs} runs of flows that an earlier process has left are over")]
    public static partial void FlowsLeft(this ILogger logger, int runs);
}
