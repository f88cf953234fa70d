using System.Buffers;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class SendDtmf
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("0123456789ABCDabcd*#wW");

    public static LegCommand Map(VoiceBody body)
    {
        string digits = body.Text("digits") ?? "";
        if (digits.Length is 0 or > VoiceLimits.Digits || digits.AsSpan().ContainsAnyExcept(Allowed))
            body.Refuse(VoiceErrors.Digits, "digits", $"digits must have 1 to {VoiceLimits.Digits} of the characters 0-9, A-D, *, #, w and W.");
        int millis = body.Whole("duration_millis", 250, VoiceLimits.DigitMillisMinimum, VoiceLimits.DigitMillisMaximum, VoiceErrors.DurationMillis);
        return new LegCommand.SendDigits(Upper(digits), millis) { CommandId = body.CommandId(), Labels = body.Labels() };
    }

    /// <summary>A-D in upper case; w and W keep their meaning.</summary>
    private static string Upper(string digits) => string.Create(digits.Length, digits, static (into, from) =>
    {
        for (int i = 0; i < into.Length; i++)
            into[i] = from[i] is >= 'a' and <= 'd' ? char.ToUpperInvariant(from[i]) : from[i];
    });
}
