namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Has what was said on a call or a recording summed up by the node's language model; the run waits for that.</summary>
internal sealed class AiSummaryAction : IFlowAction
{
    private const string Recording = "recording";

    public string Type => "ai_summary";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.OneOf("reference_type", "call", Recording).Required, FlowOption.Id("reference_id").Required,
        FlowOption.Text("language", 35), FlowOption.Id("on_end_flow_id"),
    ];

    public bool EndsOnFailure => false;

    public string? LackOf(FlowParts parts) => Assistance.LackOf(parts);

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string kind = options.Text("reference_type"), language = options.Filled("language") ?? "en-US";
        var reference = options.Id("reference_id")!.Value;      // it is needed
        string said = await run.Parts.Records.ReadSpokenAsync(run.Tenant, kind is Recording, reference, language, run.Interrupted);
        if (said.Length == 0) return new FlowStep.Failed("nothing that was said there could be written down");
        var (text, fault) = await run.Parts.Assistants!.SummariseAsync(run.Tenant, said, language, run.Interrupted);    // not lacking
        if (text is null) return new FlowStep.Failed(fault ?? "it was not summed up");
        var facts = new Dictionary<string, string>
        {
            ["ai_summary.reference_type"] = kind, ["ai_summary.reference_id"] = reference.ToString(),
            ["ai_summary.language"] = language, ["ai_summary.content"] = text,
        };
        foreach (var (name, value) in facts) run.Variables.Set(name, value);
        if (options.Id("on_end_flow_id") is { } flow) run.Parts.Host.Follow(run.Order, FlowOrder.OfAi, run.Order.Id, flow, facts);
        return FlowStep.Next;
    }
}
