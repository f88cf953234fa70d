namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Ends the call, for a reason that is said or that another call has ended for.</summary>
internal sealed class HangupAction : IFlowAction
{
    /// <summary>As the documents of the API have it in their text.</summary>
    private const string Older = AttemptReasons.SpeltOut;

    public string Type => "hangup";

    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.OneOf("reason", [.. HangupReasons.All, Older]), FlowOption.Id("reference_id")];

    public bool EndsOnFailure => true;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string reason = options.Filled("reason") is not { } said ? HangupReasons.Normal : said is Older ? HangupReasons.NoAnswer : said;
        if (options.Id("reference_id") is not { } other) return new FlowStep.Hangup(reason);
        if (await run.Parts.Records.FindReasonAsync(run.Tenant, other, run.Interrupted) is { } copied) return new FlowStep.Hangup(copied);
        await run.WarnAsync($"hangup: there is no call {other} that has ended");
        return new FlowStep.Hangup(reason);
    }
}
