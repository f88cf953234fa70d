using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.MediaHost;

internal static partial class Log
{
    [LoggerMessage(2601, LogLevel.Information,
        "Media listens on {Ranges} with {Threads} tick threads; {Pairs} port pairs are bound")]
    public static partial void MediaStarted(this ILogger logger, string ranges, int threads, int pairs);

    [LoggerMessage(2602, LogLevel.Warning,
        "The media thread gets no priority (neither SCHED_FIFO nor nice -10 is permitted): audio may stutter while the machine is busy")]
    public static partial void NoPriority(this ILogger logger);

    [LoggerMessage(2603, LogLevel.Warning, "Prompt {File} cannot be read and its playback fails: {Reason}")]
    public static partial void PromptFailed(this ILogger logger, string file, string reason);

    [LoggerMessage(2604, LogLevel.Error, "A media event of {Owner} was not taken")]
    public static partial void DeliveryFailed(this ILogger logger, Exception exception, Subject owner);

    [LoggerMessage(2605, LogLevel.Error, "The media file thread failed on one turn and goes on")]
    public static partial void FilesFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2606, LogLevel.Warning, "Recording {Recording} cannot be written and fails; its call goes on: {Reason}")]
    public static partial void RecordingFailed(this ILogger logger, Guid recording, string reason);

    [LoggerMessage(2619, LogLevel.Warning, "Live audio {Tap} is not there: nothing leaves its call and nothing enters it: {Reason}")]
    public static partial void TapMissing(this ILogger logger, Guid tap, string reason);

    [LoggerMessage(2615, LogLevel.Warning,
        "The disk of the recordings has taken nothing for {Seconds:F0} s: what is recorded waits in memory")]
    public static partial void RecordingDiskStill(this ILogger logger, double seconds);

    [LoggerMessage(2616, LogLevel.Warning, "The disk of the recordings goes on after {Seconds:F1} s")]
    public static partial void RecordingDiskMoves(this ILogger logger, double seconds);

    [LoggerMessage(2617, LogLevel.Error,
        "Recording {Recording} has a gap from here on, until its disk goes on: no more of it may wait in memory")]
    public static partial void RecordingGap(this ILogger logger, Guid recording);

    [LoggerMessage(2620, LogLevel.Error,
        "A fault of ours in media cost a packet, a command or a step of one port, and no more; this thread has had {Faults}")]
    public static partial void MediaFailed(this ILogger logger, Exception exception, long faults);

    [LoggerMessage(2607, LogLevel.Information, "Media runs in process {ProcessId}; {Pairs} port pairs are bound")]
    public static partial void MediaProcessReady(this ILogger logger, int processId, int pairs);

    [LoggerMessage(2608, LogLevel.Warning, "The node is gone without a word ({Reason}): media ends its calls and itself")]
    public static partial void ControlLost(this ILogger logger, string reason);
}
