namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Is silent for a while.</summary>
internal sealed class SleepAction : IFlowAction
{
    public string Type => "sleep";
    public IReadOnlyList<FlowOption> Options { get; } = [FlowOption.Whole("duration", 0, 3_600_000)];
    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        await run.Call!.NextWithinAsync(TimeSpan.FromMilliseconds(options.Whole("duration")), _ => false);
        return FlowStep.Next;
    }
}
