namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Goes on with the next action where a comparison holds, else elsewhere.</summary>
internal sealed class ConditionVariableAction : IFlowAction
{
    public static readonly string[] Comparisons = ["==", "!=", ">", ">=", "<", "<="];

    public string Type => "condition_variable";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Text("variable", FlowLimits.VariableCharacters), FlowOption.OneOf("condition", Comparisons).Required,
        FlowOption.OneOf("value_type", "string", "number", "length"), FlowOption.Text("value_string"),
        new("value_number", OptionKind.Number), FlowOption.Whole("value_length"), FlowOption.Id("false_target_id"),
    ];

    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string said = options.Text("variable"), value = run.Variables.Find(said) ?? said, condition = options.Text("condition");
        bool isTrue = options.Text("value_type") switch
        {
            "number" => FlowOptions.NumberOf(value) is { } left && options.Number("value_number") is { } right
                && Holds(left.CompareTo(right), condition),
            "length" => Holds(value.Length.CompareTo(options.Whole("value_length")), condition),
            _ => Holds(string.CompareOrdinal(value, options.Text("value_string")), condition),
        };
        return new(isTrue ? FlowStep.Next : new FlowStep.Jump(options.Id("false_target_id") ?? Guid.Empty));
    }

    /// <param name="order">As of a comparison.</param>
    public static bool Holds(int order, string condition) => condition switch
    {
        "==" => order == 0,
        "!=" => order != 0,
        ">" => order > 0,
        ">=" => order >= 0,
        "<" => order < 0,
        _ => order <= 0,
    };
}
