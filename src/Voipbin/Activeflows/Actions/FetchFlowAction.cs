namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Carries out the actions of another flow of the account first.</summary>
internal sealed class FetchFlowAction : IFlowAction
{
    public string Type => "fetch_flow";
    public IReadOnlyList<FlowOption> Options { get; } = [FlowOption.Id("flow_id").Required];
    public bool EndsOnFailure => true;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        options.Id("flow_id") is { } flow && await run.Parts.Records.FindFlowAsync(run.Tenant, flow, run.Interrupted) is { } script
            ? new FlowStep.Nested(script.Actions) : new FlowStep.Failed("the account has no such flow");
}
