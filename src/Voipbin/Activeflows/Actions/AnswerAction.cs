namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Answers a call that has come; of one that is answered it does nothing.</summary>
internal sealed class AnswerAction : IFlowAction
{
    public string Type => "answer";
    public IReadOnlyList<FlowOption> Options => [];
    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        await run.Call!.AnswerAsync();
        return FlowStep.Next;
    }
}
