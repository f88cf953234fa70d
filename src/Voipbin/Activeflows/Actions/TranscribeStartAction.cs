using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Has what is said written down from now on, beside what follows. What was understood so far is a variable.</summary>
internal sealed class TranscribeStartAction : IFlowAction
{
    public string Type => "transcribe_start";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Text("language", 35), FlowOption.OneOf("provider", "gcp", "aws"), FlowOption.OneOf("direction", "in", "out", "both"),
        FlowOption.Id("on_end_flow_id"),
    ];

    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        var tracks = options.Text("direction") switch
        {
            "in" => TapTracks.Said,
            "out" => TapTracks.Heard,
            _ => TapTracks.Said | TapTracks.Heard,
        };
        var terms = new TranscriptionTerms(options.Filled("language") ?? "en-US", tracks);
        if (await run.Call!.TrySendAsync(new LegCommand.StartTranscription(terms)) is { } refused) return new FlowStep.Failed(refused);
        Follow(run, options.Id("on_end_flow_id"));
        return FlowStep.Next;
    }

    private static void Follow(FlowRunner run, Guid? flow)
    {
        var text = new System.Text.StringBuilder();
        bool isOver = false;
        void End()
        {
            if (isOver) return;
            isOver = true;
            if (flow is { } next) run.Parts.Host.FollowTranscription(run.Order, text.ToString(), next);
        }
        run.Call!.Watch(happened =>
        {
            if (happened is CallEvent.SpeechTranscribed { IsFinal: true } said
                && text.Length + said.Text.Length < FlowLimits.VariableCharacters)
                run.Variables.Set(FlowHost.TranscriptionText, text.Append(text.Length > 0 ? " " : "").Append(said.Text).ToString());
            else if (happened is CallEvent.TranscriptionEnded or CallEvent.LegEnded) End();
            return default;
        });
    }
}
