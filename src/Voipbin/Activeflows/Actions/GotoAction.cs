namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Goes on elsewhere, so many times.</summary>
internal sealed class GotoAction : IFlowAction
{
    public string Type => "goto";
    public IReadOnlyList<FlowOption> Options { get; } = [FlowOption.Id("target_id").Required, FlowOption.Whole("loop_count")];
    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        new(run.TryTakeLoop(options.Whole("loop_count")) ? new FlowStep.Jump(options.Id("target_id") ?? Guid.Empty) : FlowStep.Next);
}
