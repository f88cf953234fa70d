using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>A short tone.</summary>
internal sealed class BeepAction : IFlowAction
{
    private static readonly PromptSource.Tone Tone = new(1_000, 0, 300, 0, 300);

    public string Type => "beep";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        await PlayAction.PlayAsync(run.Call!, Tone) is { } fault ? new FlowStep.Failed(fault) : FlowStep.Next;
}
