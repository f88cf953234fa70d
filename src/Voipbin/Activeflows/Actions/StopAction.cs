namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>The end of the flow.</summary>
internal sealed class StopAction : IFlowAction
{
    public string Type => "stop";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) => new(FlowStep.End);
}
