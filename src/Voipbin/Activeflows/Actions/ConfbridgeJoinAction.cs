namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>As <c>conference_join</c>, of bridges that have ids and nothing else.</summary>
internal sealed class ConfbridgeJoinAction : IFlowAction
{
    public string Type => "confbridge_join";
    public IReadOnlyList<FlowOption> Options { get; } = [FlowOption.Id("confbridge_id").Required];
    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        ConferenceJoinAction.JoinAsync(run, $"voipbin bridge {options.Id("confbridge_id")}");
}
