using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class GatherUsingSpeak
{
    public static LegCommand Map(VoiceBody body)
    {
        var digits = GatherAction.Digits(body);
        var prompt = SpeakAction.Speech(body);
        return digits with
        {
            Prompt = prompt,
            InvalidPrompt = body.Json.Filled("invalid_payload") is null ? null
                : prompt with { Text = SpeakAction.Payload(body, "invalid_payload") },
            MaximumTries = body.Whole("maximum_tries", 3, 1, VoiceLimits.Tries, VoiceErrors.MaximumTries),
            // The contract has no time for the first digit here: the whole try's is the only bound.
            InitialTimeout = digits.TotalTimeout,
        };
    }
}
