using Ringwright.Calls;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Texml.Run;

/// <summary>
/// Asks whoever answers for a code, which proves that the account that has it may show the number. The code counts from nobody but whom
/// the call has reached: where the account has the far end sent on to somebody else, nothing is proved any more.
/// </summary>
internal sealed class ValidationProgram(CallerIdValidations validations) : ICallProgram
{
    private const int Tries = 3;

    private const string Wrong = "That was not the code. ", Asks = "Press the code that you were told.";
    private const string Why = "Somebody wants to show your telephone number as the caller of their own calls. "
        + "If you did not ask for this, hang up. ";

    private static readonly TimeSpan FirstKey = TimeSpan.FromSeconds(15), NextKey = TimeSpan.FromSeconds(5);

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        if (validations.Take(call.Leg.Id) is not { } wanted) return null;
        if (call.Leg.AnsweredAt is null && await NextAsync<CallEvent.LegAnswered>(call, static _ => true) is null) return null;
        for (int i = 0; i < Tries; i++)
        {
            if (await AskAsync(call, (i == 0 ? Why : Wrong) + Asks, wanted.Code.Length) is not { } pressed) return null;
            if (pressed != wanted.Code) continue;
            bool isProved = await wanted.Prove(call.Stop);
            // Its last status tells of it.
            if (isProved) await call.SendAsync(new LegCommand.SetLabels { Labels = Labels.Of((TexmlLabels.Validated, wanted.Sid)) });
            await SayAsync(call, isProved ? "Thank you. Your number may be shown now. Goodbye."
                : "Thank you. This number can no longer be verified. Goodbye.");
            return null;
        }
        await SayAsync(call, "That was not the code. Goodbye.");
        return null;
    }

    /// <returns>Null when the leg has ended, or its far end is somebody else.</returns>
    private static async ValueTask<string?> AskAsync(IProgramCall call, string words, int digits)
    {
        var gather = new LegCommand.Gather
        {
            Prompt = Speech(words),
            MaximumDigits = digits,
            InitialTimeout = FirstKey,
            InterDigitTimeout = NextKey,
            GatherId = Guid.CreateVersion7().ToString(),
        };
        if (!(await call.SendAsync(gather)).IsAccepted) return null;
        return (await NextAsync<CallEvent.GatherEnded>(call, ended => ended.GatherId == gather.GatherId))?.Digits;
    }

    private static async ValueTask SayAsync(IProgramCall call, string words)
    {
        var speak = new LegCommand.Speak { Id = Guid.CreateVersion7(), Speech = Speech(words) };
        if ((await call.SendAsync(speak)).IsAccepted) await NextAsync<CallEvent.SpeakEnded>(call, ended => ended.Speak == speak.Id);
    }

    private static async ValueTask<T?> NextAsync<T>(IProgramCall call, Func<T, bool> isWanted) where T : CallEvent
    {
        while (await call.NextAsync() is { } happened)
        {
            if (happened is CallEvent.ReferStarted) return null;
            if (happened is T wanted && isWanted(wanted)) return wanted;
        }
        return null;
    }

    private static PromptSource.Speech Speech(string text) => new(text, "", "en-US", IsSsml: false);
}
