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
            InvalidPrompt = body.Has("invalid_payload") ? prompt with { Text = SpeakAction.Payload(body, "invalid_payload") } : null,
            MaximumTries = body.Whole("maximum_tries", 3, 1, VoiceLimits.Tries, VoiceErrors.MaximumTries),
            // The contract has no time for the first digit here: the whole try's is the only bound.
            InitialTimeout = digits.TotalTimeout,
        };
    }
}
