using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class GatherUsingAudio
{
    public static LegCommand Map(VoiceBody body)
    {
        var digits = GatherAction.Digits(body);
        var prompt = AudioSource.Read(body);
        if (prompt is null && body.Problems.Count == 0)
            body.Refuse(VoiceErrors.MissingParameter, "audio_url", "One of audio_url and media_name is required.");
        return digits with
        {
            Prompt = prompt,
            InvalidPrompt = AudioSource.Read(body, "invalid_audio_url", "invalid_media_name"),
            IsPromptReported = true,
            MaximumTries = body.Whole("maximum_tries", 3, 1, VoiceLimits.Tries, VoiceErrors.MaximumTries),
            // The contract has no time for the first digit here: the whole try's is the only bound.
            InitialTimeout = digits.TotalTimeout,
        };
    }
}
