using System.Buffers;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class SendDtmf
{
    private const int UsualMillis = 250;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("0123456789ABCDabcd*#wW");

    public static LegCommand Map(VoiceBody body)
    {
        string digits = Digits(body, "digits", "digits", body.Text("digits") ?? "", VoiceLimits.Digits) ?? "";
        int millis = (int)body.Millis("duration_millis", UsualMillis, VoiceLimits.DigitMillisMinimum, VoiceLimits.DigitMillisMaximum,
            VoiceErrors.DurationMillis).TotalMilliseconds;
        return new LegCommand.SendDigits(digits, millis) { CommandId = body.CommandId(), Labels = body.Labels() };
    }

    /// <summary>Digits to send once the called party has answered; null for none. Those of the field count before appended ones.</summary>
    public static string? OnAnswer(VoiceBody body)
    {
        const string field = "send_digits_on_answer";
        if (body.Text(field) is { Length: > 0 } digits) return Digits(body, field, field, digits, VoiceLimits.DigitsOnAnswer);
        return DialDestination.Appended(body) is { Length: > 0 } appended
            ? Digits(body, "to", "What follows the comma of to", appended, VoiceLimits.DigitsOnAnswer) : null;
    }

    /// <param name="name">The field that has them.</param>
    /// <param name="what">What the problem calls them.</param>
    private static string? Digits(VoiceBody body, string name, string what, string digits, int most)
    {
        if (digits.Length > 0 && digits.Length <= most && !digits.AsSpan().ContainsAnyExcept(Allowed)) return Upper(digits);
        body.Refuse(VoiceErrors.Digits, name, $"{what} must have 1 to {most} of the characters 0-9, A-D, *, #, w and W.");
        return null;
    }

    /// <summary>A-D in upper case; w and W keep their meaning.</summary>
    private static string Upper(string digits) => string.Create(digits.Length, digits, static (into, from) =>
    {
        for (int i = 0; i < into.Length; i++)
            into[i] = from[i] is >= 'a' and <= 'd' ? char.ToUpperInvariant(from[i]) : from[i];
    });
}
