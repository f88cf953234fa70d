using System.Globalization;
using Ringwright.Calls;

namespace Ringwright.Programs;

/// <summary>
/// What programs say to people, and ask of them. Where the node has no voice nothing is said, and keys are asked for all the same.
/// </summary>
internal static class Spoken
{
    public static PromptSource Text(string text) => new PromptSource.Speech(text, "", "en-US", IsSsml: false);

    /// <summary>One by one.</summary>
    public static string Digits(string number) => string.Join(' ', number.Where(char.IsAsciiDigit));

    public static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? "no" : $"{count}")} {what}{(count == 1 ? "" : "s")}");

    /// <summary>One key, during a sound or so long behind it.</summary>
    public static LegCommand.Gather KeyBehind(PromptSource prompt, TimeSpan wait) => new()
    {
        Prompt = prompt, MaximumDigits = 1, TerminatingDigits = "", InitialTimeout = wait, InterDigitTimeout = wait,
    };

    /// <summary>The key that somebody has pressed; null for none.</summary>
    public static async ValueTask<char?> AskKeyAsync(this IProgramCall call, PromptSource prompt, TimeSpan wait) =>
        await call.AskAsync(KeyBehind(prompt, wait)) is { Digits.Length: > 0 } pressed ? pressed.Digits[0] : null;

    /// <returns>Null when the leg has ended, or does not take it.</returns>
    public static async ValueTask<CallEvent.GatherEnded?> AskAsync(this IProgramCall call, LegCommand.Gather gather) =>
        (await call.SendAsync(gather)).IsAccepted ? await call.NextAsync<CallEvent.GatherEnded>() : null;
}
