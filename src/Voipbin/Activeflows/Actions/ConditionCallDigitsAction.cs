namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Goes on with the next action where so many keys were pressed, or one of those that are named, else elsewhere.</summary>
internal sealed class ConditionCallDigitsAction : IFlowAction
{
    public string Type => "condition_call_digits";

    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.Whole("length", 0, FlowLimits.NameCharacters), FlowOption.Text("key", 16), FlowOption.Id("false_target_id")];

    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string pressed = run.Variables.Get(FlowVariables.Digits);
        int length = options.Whole("length");
        return new(length > 0 && pressed.Length >= length || pressed.AsSpan().ContainsAny(options.Text("key"))
            ? FlowStep.Next : new FlowStep.Jump(options.Id("false_target_id") ?? Guid.Empty));
    }
}
