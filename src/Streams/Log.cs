using Microsoft.Extensions.Logging;

namespace Ringwright.Streams;

/// <summary>Event ids 2700-2799. Hosts only: the rest of a URL may be a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(2701, LogLevel.Debug, "Media stream {Stream} of leg {Leg} is open to {Host}")]
    public static partial void StreamOpened(this ILogger logger, Guid stream, Core.LegId leg, string host);

    [LoggerMessage(2702, LogLevel.Information, "Media stream {Stream} of leg {Leg} to {Host} failed, the call goes on: {Failure}")]
    public static partial void StreamFailed(this ILogger logger, Guid stream, Core.LegId leg, string host, string failure);

    [LoggerMessage(2703, LogLevel.Error, "Media stream {Stream} finds no room for its audio: {Problem}")]
    public static partial void NoTap(this ILogger logger, Guid stream, string problem);

    [LoggerMessage(2704, LogLevel.Error, "Media stream {Stream} broke by a fault of ours; it is told as failed, the call goes on")]
    public static partial void StreamBroke(this ILogger logger, Exception exception, Guid stream);

    [LoggerMessage(2705, LogLevel.Warning, "{Streams} media streams did not end within {Seconds} s and are left behind")]
    public static partial void StreamsLeft(this ILogger logger, int streams, double seconds);

    [LoggerMessage(2706, LogLevel.Information, "Media stream {Stream} of leg {Leg} to {Host} was cut and is connected again: {Failure}")]
    public static partial void StreamCut(this ILogger logger, Guid stream, Core.LegId leg, string host, string failure);

    [LoggerMessage(2711, LogLevel.Information, "Fork {Fork} of leg {Leg} ended by itself, the call goes on: {Problem}")]
    public static partial void ForkEnded(this ILogger logger, Guid fork, Core.LegId leg, string problem);

    [LoggerMessage(2712, LogLevel.Error, "Fork {Fork} finds no room for its audio: {Problem}")]
    public static partial void NoRoomForFork(this ILogger logger, Guid fork, string problem);

    [LoggerMessage(2713, LogLevel.Error, "Fork {Fork} broke by a fault of ours; it is told as stopped, the call goes on")]
    public static partial void ForkBroke(this ILogger logger, Exception exception, Guid fork);

    [LoggerMessage(2714, LogLevel.Warning, "{Count} {Kind} did not end within {Seconds} s and are left behind")]
    public static partial void SessionsLeft(this ILogger logger, int count, string kind, double seconds);

    [LoggerMessage(2721, LogLevel.Information, "SIPREC session {Session} of leg {Leg} with {Host} failed, the call goes on: {Failure}")]
    public static partial void SiprecFailed(this ILogger logger, Guid session, Core.LegId leg, string host, string failure);

    [LoggerMessage(2722, LogLevel.Error, "SIPREC session {Session} finds no room for its audio: {Problem}")]
    public static partial void NoRoomForSiprec(this ILogger logger, Guid session, string problem);

    [LoggerMessage(2723, LogLevel.Error, "SIPREC session {Session} broke by a fault of ours; it is told as failed, the call goes on")]
    public static partial void SiprecBroke(this ILogger logger, Exception exception, Guid session);

    [LoggerMessage(2724, LogLevel.Warning,
        "The recording server {Host} was not told that a session has ended with the process that carried it: {Problem}")]
    public static partial void SiprecByeNotAnswered(this ILogger logger, string host, string problem);
}
