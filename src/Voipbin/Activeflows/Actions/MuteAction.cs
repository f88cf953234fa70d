namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>The party is not heard in conferences that it comes into from now on.</summary>
internal sealed class MuteAction : IFlowAction
{
    public string Type => "mute";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => false;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        run.IsMuted = true;
        return new(FlowStep.Next);
    }
}
