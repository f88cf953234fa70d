namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Does nothing, where something must stand.</summary>
internal sealed class EmptyAction : IFlowAction
{
    public string Type => "empty";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => false;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) => new(FlowStep.Next);
}
