namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Keeps a value under a name.</summary>
internal sealed class VariableSetAction : IFlowAction
{
    public string Type => "variable_set";

    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.Text("key", FlowLimits.NameCharacters).Required, FlowOption.Text("value", FlowLimits.VariableCharacters)];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) =>
        options.Text("key").StartsWith(FlowVariables.Reserved, StringComparison.OrdinalIgnoreCase)
            ? $"variable_set: key begins with {FlowVariables.Reserved}, which is for the node's own" : null;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        new(run.Variables.TrySet(options.Text("key"), options.Text("value")) is { } fault
            ? new FlowStep.Failed($"{options.Text("key")} {fault}") : FlowStep.Next);
}
