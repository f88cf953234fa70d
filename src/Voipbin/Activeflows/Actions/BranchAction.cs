using System.Text.Json.Nodes;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Goes on by the value of a variable, which is forgotten then.</summary>
internal sealed class BranchAction : IFlowAction
{
    public string Type => "branch";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Text("variable", FlowLimits.NameCharacters), new("target_ids", OptionKind.Targets) { MostLength = 200 },
        FlowOption.Id("default_target_id"),
    ];

    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string name = options.Filled("variable") ?? FlowVariables.Digits, value = run.Variables.Get(name);
        run.Variables.Clear(name);
        string? target = options.Object("target_ids")?[value] is JsonValue id ? (string?)id : null;
        return new(new FlowStep.Jump(target is null ? options.Id("default_target_id") ?? Guid.Empty : Guid.Parse(target)));
    }
}
