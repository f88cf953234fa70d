namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Has what is said on the call's recordings written down, as soon as they are kept. Nobody waits for it.</summary>
internal sealed class TranscribeRecordingAction : IFlowAction
{
    public string Type => "transcribe_recording";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Text("language", 35), FlowOption.OneOf("provider", "gcp", "aws"), FlowOption.OneOf("direction", "both"),
        FlowOption.Id("on_end_flow_id"),
    ];

    public bool EndsOnFailure => false;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        if (run.Call is not { } call) return new(new FlowStep.Failed("a run without a call has no recordings"));
        run.Parts.Host.Transcribe(run.Order, call.Leg.Id, [.. run.Recordings], options.Filled("language") ?? "en-US",
            options.Id("on_end_flow_id"));
        return new(FlowStep.Next);
    }
}
