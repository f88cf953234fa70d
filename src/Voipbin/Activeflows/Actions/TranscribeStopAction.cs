using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Ends what <c>transcribe_start</c> began.</summary>
internal sealed class TranscribeStopAction : IFlowAction
{
    public string Type => "transcribe_stop";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        await run.Call!.TrySendAsync(new LegCommand.StopTranscription()) is { } refused ? new FlowStep.Failed(refused) : FlowStep.Next;
}
