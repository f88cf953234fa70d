namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>The same as <c>echo</c>; of both keys that are pressed are kept.</summary>
internal sealed class StreamEchoAction : IFlowAction
{
    public string Type => "stream_echo";
    public IReadOnlyList<FlowOption> Options { get; } = [FlowOption.Whole("duration", -1, 3_600_000)];
    public bool EndsOnFailure => false;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) => EchoAction.EchoAsync(run, options);
}
