using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Speaks a text. A key that is pressed meanwhile is kept, and ends it where it is to.</summary>
internal sealed class TalkAction : IFlowAction
{
    public string Type => "talk";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Text("text", FlowLimits.SpokenCharacters).Required, FlowOption.Text("language", 35),
        FlowOption.OneOf("provider", "gcp", "aws"), FlowOption.OneOf("gender", "female", "male", "neutral"),
        FlowOption.Text("voice_id", 100), FlowOption.OneOf("digits_handle", "next"), FlowOption.Flag("async"),
    ];

    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        var speech = SpeechOf(options);
        if (options.Flag("async"))
            return await run.Call!.TrySendAsync(new LegCommand.Speak { Speech = speech }) is { } refused
                ? new FlowStep.Failed(refused) : FlowStep.Next;
        var step = await SpeakAsync(run, speech, options.Text("digits_handle") is "next");
        // A provider's name that nobody here knows: then it is said by the usual voice.
        if (step is not FlowStep.Failed || speech.Voice.Length == 0) return step;
        await run.WarnAsync($"talk: the voice {speech.Voice} does not speak, and the usual one does");
        return await SpeakAsync(run, speech with { Voice = "" }, options.Text("digits_handle") is "next");
    }

    public static PromptSource.Speech SpeechOf(FlowOptions options)
    {
        string text = options.Text("text");
        bool isSsml = text.StartsWith("<speak", StringComparison.Ordinal);
        return new(text, VoiceOf(options), options.Filled("language"), isSsml);
    }

    private static async ValueTask<FlowStep> SpeakAsync(FlowRunner run, PromptSource.Speech speech, bool endsByKey)
    {
        var call = run.Call!;
        var command = new LegCommand.Speak { Id = Guid.CreateVersion7(), Speech = speech };
        if (await call.TrySendAsync(command) is { } refused) return new FlowStep.Failed(refused);
        run.KeepsLastKeyOnly = true;
        try
        {
            bool IsEnd(object e) => e is CallEvent.SpeakEnded ended && ended.Speak == command.Id;
            object happened = await call.NextAsync(e => IsEnd(e) || endsByKey && e is CallEvent.DigitReceived);
            if (happened is CallEvent.DigitReceived)
            {
                await call.SendAsync(new LegCommand.StopPlayback(StopWhat.All));
                return FlowStep.Next;
            }
            return happened is CallEvent.SpeakEnded { Status: PlayStatus.Failed }
                ? new FlowStep.Failed("it could not be spoken") : FlowStep.Next;
        }
        finally
        {
            run.KeepsLastKeyOnly = false;
        }
    }

    /// <summary>Whoever names no voice may say whether it is a man's: those are voices' names on every node.</summary>
    private static string VoiceOf(FlowOptions options) =>
        options.Filled("voice_id") is not { } voice ? options.Text("gender") is ("female" or "male") and var plain ? plain : ""
        : options.Text("provider") is "aws" && !voice.Contains('.', StringComparison.Ordinal) ? $"AWS.Polly.{voice}" : voice;
}
