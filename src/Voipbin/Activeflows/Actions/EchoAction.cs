using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Sends back what is heard, for a while.</summary>
internal sealed class EchoAction : IFlowAction
{
    private const int Usual = 180_000;

    public string Type => "echo";
    public IReadOnlyList<FlowOption> Options { get; } = [FlowOption.Whole("duration", -1, 3_600_000)];
    public bool EndsOnFailure => false;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) => EchoAsync(run, options);

    public static async ValueTask<FlowStep> EchoAsync(FlowRunner run, FlowOptions options)
    {
        if (await run.Call!.TrySendAsync(new LegCommand.Echo(IsOn: true)) is { } refused) return new FlowStep.Failed(refused);
        int millis = options.Whole("duration") is > 0 and var said ? said : Usual;
        await run.Call.NextWithinAsync(TimeSpan.FromMilliseconds(millis), _ => false);
        await run.Call.SendAsync(new LegCommand.Echo(IsOn: false));
        return FlowStep.Next;
    }
}
