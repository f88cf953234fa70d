using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary><c>answering_machine_detection</c> and its parameters, of a dial and of a transfer.</summary>
internal static class MachineDetectionMap
{
    private const string Field = "answering_machine_detection", Parameters = "answering_machine_detection_config";
    // Newer than the contract: premium that also waits for the end of what a phone asks that screens its calls.
    private const string Screening = "premium_ios_call_screening_detection", PromptTimeout = "prompt_end_timeout_millis";

    private static readonly (string Word, MachineMode Mode)[] Modes =
    [
        ("detect", MachineMode.Detect), ("detect_beep", MachineMode.DetectBeep), ("detect_words", MachineMode.DetectWords),
        ("greeting_end", MachineMode.GreetingEnd), ("premium", MachineMode.Classify),
        (Screening, MachineMode.Classify),
    ];

    // It has time: who is nobody in 3.5 s may still be a person who looks for the receiver.
    private static readonly TimeSpan PremiumAnalysis = TimeSpan.FromSeconds(30);

    /// <returns>Null when it is off, or when the body's problems say why not.</returns>
    public static MachineDetection? Map(VoiceBody body)
    {
        string? word = body.OneOf(Field, VoiceErrors.BadRequest, [.. Modes.Select(m => m.Word), "disabled"]);
        if (word is null or "disabled") return null;

        var usual = new MachineDetection(Array.Find(Modes, m => m.Word == word).Mode);
        bool isPremium = usual.Mode is MachineMode.Classify;
        if (isPremium) usual = usual with { TotalAnalysis = PremiumAnalysis };
        if (word is Screening) usual = usual with { PromptEnd = TimeSpan.FromMilliseconds(VoiceLimits.PromptMillis) };
        if (body.GreetingAnalysis is { } greeting) usual = usual with { GreetingTotalAnalysis = greeting };
        if (body.Json[Parameters] is not JsonObject given) return usual;
        var all = usual with
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
        if (word is Screening)
        {
            int prompt = body.Whole(given[PromptTimeout], $"{Parameters}/{PromptTimeout}", VoiceLimits.PromptMillis,
                VoiceLimits.PromptMillisMinimum, VoiceLimits.PromptMillisMaximum, VoiceErrors.BadRange);
            usual = usual with { PromptEnd = TimeSpan.FromMilliseconds(prompt) };
        }
        // The contract: the others are ignored with premium. What they say is looked at all the same.
        return isPremium ? usual with { TotalAnalysis = all.TotalAnalysis, GreetingDuration = all.GreetingDuration } : all;

        TimeSpan Millis(string name, TimeSpan fallback) =>
            TimeSpan.FromMilliseconds(Whole(name, (int)fallback.TotalMilliseconds, VoiceLimits.DetectionMillis));

        int Whole(string name, int fallback, int most) =>
            body.Whole(given[name], $"{Parameters}/{name}", fallback, 0, most, VoiceErrors.BadRange);
    }
}
