using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Ends all recordings of the call.</summary>
internal sealed class RecordingStopAction : IFlowAction
{
    public string Type => "recording_stop";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        await run.Call!.TrySendAsync(new LegCommand.RecordStop(null)) is { } refused ? new FlowStep.Failed(refused) : FlowStep.Next;
}
