using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>
/// Has what is said on the call's recordings written down, of one side or of both, as soon as they are kept. Nobody waits for it.
/// </summary>
internal sealed class TranscribeRecordingAction : IFlowAction
{
    private const string Name = "transcribe_recording", Side = "direction", Both = "both";

    public string Type => Name;

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Text("language", 35), FlowOption.OneOf("provider", "gcp", "aws"), FlowOption.OneOf(Side, "in", "out", Both),
        FlowOption.Id("on_end_flow_id"),
    ];

    public bool EndsOnFailure => false;

    /// <summary>It wants one side, or a variable may yet say so: a recording that is made before has a channel for each then.</summary>
    public static bool IsOfOneSide(FlowAction action) =>
        action.Type is Name && new FlowOptions(action.Option).Text(Side) is not ("" or Both);

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        if (run.Call is not { } call) return new(new FlowStep.Failed("a run without a call has no recordings"));
        var wanted = new RecordTranscription(options.Filled("language") ?? "en-US")
        {
            Track = options.Text(Side) switch
            {
                "in" => RecordTrack.Inbound,
                "out" => RecordTrack.Outbound,
                _ => RecordTrack.Both,
            },
        };
        run.Parts.Host.Transcribe(run.Order, call.Leg.Id, [.. run.Recordings], wanted, options.Id("on_end_flow_id"));
        return new(FlowStep.Next);
    }
}
