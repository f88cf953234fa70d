using Microsoft.Extensions.Logging;

namespace Ringwright.Speech;

/// <summary>Event ids 2400-2499.</summary>
internal static partial class Log
{
    [LoggerMessage(2401, LogLevel.Warning, "A prompt could not be prepared: {Failure}. {Detail}")]
    public static partial void PromptFailed(this ILogger logger, Calls.PromptFailure failure, string? detail);

    [LoggerMessage(2402, LogLevel.Error, "A prompt could not be prepared; the leg is told that it failed")]
    public static partial void PromptBroke(this ILogger logger, Exception exception);

    [LoggerMessage(2403, LogLevel.Warning, "Prompt {File} could not be removed from the cache; it is tried again at the next start")]
    public static partial void NotRemoved(this ILogger logger, Exception exception, string file);

    [LoggerMessage(2404, LogLevel.Warning, "{Program} has not spoken a text; its process {Process}, which is {State}, is ended")]
    public static partial void SpeechIsStuck(this ILogger logger, string program, int process, string state);
}
