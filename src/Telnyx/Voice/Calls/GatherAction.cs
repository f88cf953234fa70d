using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class GatherAction
{
    public static LegCommand Map(VoiceBody body) => Digits(body) with
    {
        InitialTimeout = body.Millis("initial_timeout_millis", 5_000, VoiceLimits.TimeoutMillis, VoiceErrors.InitialTimeout),
        GatherId = body.Text("gather_id") ?? Guid.NewGuid().ToString(),
    };

    /// <summary>What all gathers share.</summary>
    public static LegCommand.Gather Digits(VoiceBody body)
    {
        int least = body.Whole("minimum_digits", 1, 1, VoiceLimits.Digits, VoiceErrors.MinimumDigits);
        int most = body.Whole("maximum_digits", VoiceLimits.Digits, 1, VoiceLimits.Digits, VoiceErrors.MaximumDigits);
        if (least > most) body.Refuse(VoiceErrors.MinimumDigits, "minimum_digits", "minimum_digits may not exceed maximum_digits.");
        return new()
        {
            MinimumDigits = least,
            MaximumDigits = most,
            TerminatingDigits = body.DigitSet("terminating_digit", "#", 0, 1, VoiceErrors.TerminatingDigit),
            ValidDigits = body.DigitSet("valid_digits", "0123456789#*", 1, 16, VoiceErrors.ValidDigits),
            InterDigitTimeout = body.Millis("inter_digit_timeout_millis", 5_000, VoiceLimits.TimeoutMillis, VoiceErrors.InterDigitTimeout),
            TotalTimeout = body.Millis("timeout_millis", 60_000, VoiceLimits.GatherMillis, VoiceErrors.TimeoutMillis),
            CommandId = body.CommandId(),
            Labels = body.Labels(),
        };
    }
}
