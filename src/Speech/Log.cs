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

    [LoggerMessage(2405, LogLevel.Warning,
        "The recogniser {Recogniser} was too slow: {Segments} pieces of a speaker's speech were not recognised")]
    public static partial void SpeechUnheard(this ILogger logger, string recogniser, int segments);

    [LoggerMessage(2406, LogLevel.Warning, "The recogniser {Recogniser} did not take {Seconds:F1} s of a speaker's audio in time")]
    public static partial void AudioUnheard(this ILogger logger, string recogniser, double seconds);

    [LoggerMessage(2407, LogLevel.Warning, "{Hints} hints are too long or too many for the recogniser {Recogniser}, and are left out")]
    public static partial void HintsLeftOut(this ILogger logger, string recogniser, int hints);

    [LoggerMessage(2408, LogLevel.Warning, "The recogniser {Recogniser} ended a recognition (code {Code}): {Words}")]
    public static partial void RecogniserRefused(this ILogger logger, string recogniser, int? code, string words);

    [LoggerMessage(2409, LogLevel.Information, "The built-in recogniser has made {Templates} templates of {Words} words")]
    public static partial void TemplatesMade(this ILogger logger, int templates, int words);
}
