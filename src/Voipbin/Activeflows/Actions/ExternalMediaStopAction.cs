using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Ends what <c>external_media_start</c> began.</summary>
internal sealed class ExternalMediaStopAction : IFlowAction
{
    public string Type => "external_media_stop";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        await run.Call!.TrySendAsync(new LegCommand.StopFork()) is { } refused ? new FlowStep.Failed(refused) : FlowStep.Next;
}
