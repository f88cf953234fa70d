using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary><c>answering_machine_detection</c> and its parameters, of a dial and of a transfer.</summary>
internal static class MachineDetectionMap
{
    private const string Field = "answering_machine_detection", Parameters = "answering_machine_detection_config";

    private static readonly (string Word, MachineMode Mode)[] Modes =
    [
        ("detect", MachineMode.Detect), ("detect_beep", MachineMode.DetectBeep), ("detect_words", MachineMode.DetectWords),
        ("greeting_end", MachineMode.GreetingEnd),
    ];

    /// <returns>Null when it is off, or when the body's problems say why not.</returns>
    public static MachineDetection? Map(VoiceBody body)
    {
        string? word = body.OneOf(Field, VoiceErrors.BadRequest, [.. Modes.Select(m => m.Word), "premium", "disabled"]);
        if (word is "premium")
            body.Refuse(VoiceErrors.BadRequest, Field,
                "10041: premium detection is not built yet: answering_machine_detection may be detect, detect_beep, "
                    + "detect_words or greeting_end.");
        if (word is null or "premium" or "disabled") return null;

        var usual = new MachineDetection(Array.Find(Modes, m => m.Word == word).Mode);
        if (body.Json[Parameters] is not JsonObject given) return usual;
        return usual with
        {
            TotalAnalysis = Millis("total_analysis_time_millis", usual.TotalAnalysis),
            AfterGreetingSilence = Millis("after_greeting_silence_millis", usual.AfterGreetingSilence),
            BetweenWordsSilence = Millis("between_words_silence_millis", usual.BetweenWordsSilence),
            GreetingDuration = Millis("greeting_duration_millis", usual.GreetingDuration),
            InitialSilence = Millis("initial_silence_millis", usual.InitialSilence),
            MaximumWords = Whole("maximum_number_of_words", usual.MaximumWords, VoiceLimits.DetectionWords),
            MaximumWordLength = Millis("maximum_word_length_millis", usual.MaximumWordLength),
            SilenceThreshold = Whole("silence_threshold", usual.SilenceThreshold, short.MaxValue),
            GreetingTotalAnalysis = Millis("greeting_total_analysis_time_millis", usual.GreetingTotalAnalysis),
            GreetingSilence = Millis("greeting_silence_duration_millis", usual.GreetingSilence),
        };

        TimeSpan Millis(string name, TimeSpan fallback) =>
            TimeSpan.FromMilliseconds(Whole(name, (int)fallback.TotalMilliseconds, VoiceLimits.DetectionMillis));

        int Whole(string name, int fallback, int most) =>
            body.Whole(given[name], $"{Parameters}/{name}", fallback, 0, most, VoiceErrors.BadRange);
    }
}
