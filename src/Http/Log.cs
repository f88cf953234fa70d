using Microsoft.Extensions.Logging;

namespace Ringwright.Http;

/// <summary>Ids 1200-1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1201, LogLevel.Debug, "Request {Request} {Operation} of {Key} answered {Status} in {Milliseconds:F1} ms")]
    public static partial void Answered(this ILogger logger, string request, string operation, string key, int status, double milliseconds);

    [LoggerMessage(1202, LogLevel.Error, "Request {Request} {Operation} failed by a fault of ours; the caller got 500")]
    public static partial void Failed(this ILogger logger, Exception fault, string request, string operation);

    [LoggerMessage(1203, LogLevel.Error,
        "Request {Request} {Operation}: the reply with status {Status} deviates from the contract at {Pointer}: {Deviation}")]
    public static partial void Deviates(this ILogger logger, string request, string operation, int status,
        string pointer, string deviation);

    [LoggerMessage(1204, LogLevel.Error, "{What}: the {Kind} {Id} is written, and what depends on it was not brought up to date")]
    public static partial void HookFailed(this ILogger logger, Exception fault, string what, string kind, string id);

    [LoggerMessage(1209, LogLevel.Error, "The moves that are due cannot be read; it is tried again in {Seconds:F0} s")]
    public static partial void MovesNotRead(this ILogger logger, Exception fault, double seconds);

    [LoggerMessage(1210, LogLevel.Error, "The {Kind} {Id} is due to leave its state and did not; it is tried again in {Seconds:F0} s")]
    public static partial void MoveNotMade(this ILogger logger, Exception fault, string kind, string id, double seconds);

    [LoggerMessage(1211, LogLevel.Error,
        "Request {Request} {Operation}: the store of files did not do what it was asked for; the caller may try again")]
    public static partial void BlobsAway(this ILogger logger, Exception why, string request, string operation);
}
