namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>
/// Goes on with the next action where the time of day, the day, the month and the weekday all compare so, else elsewhere.
/// </summary>
internal sealed class ConditionDatetimeAction : IFlowAction
{
    public string Type => "condition_datetime";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.OneOf("condition", ConditionVariableAction.Comparisons).Required, FlowOption.Whole("minute", -1, 59),
        FlowOption.Whole("hour", -1, 23), FlowOption.Whole("day", -1, 31), FlowOption.Whole("month", 0, 12),
        new("weekdays", OptionKind.Wholes) { MostLength = 7 }, FlowOption.Text("timezone", 64), FlowOption.Id("false_target_id"),
    ];

    public bool EndsOnFailure => true;

    public string? FaultOf(FlowOptions options) =>
        options.Wholes("weekdays").Any(day => day is < 0 or > 6) ? "condition_datetime: weekdays are from 0 (Sunday) to 6"
        : options.Filled("timezone") is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)
            ? $"condition_datetime: there is no time zone '{zone}'" : null;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        new(Holds(options, run.Parts.Time.GetUtcNow()) ? FlowStep.Next : new FlowStep.Jump(options.Id("false_target_id") ?? Guid.Empty));

    /// <summary>What is not given holds at any time.</summary>
    public static bool Holds(FlowOptions options, DateTimeOffset now)
    {
        if (options.Filled("timezone") is { } zone) now = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(zone));
        string condition = options.Text("condition");
        bool Is(int given, int none, int value) => given <= none || ConditionVariableAction.Holds(value.CompareTo(given), condition);
        var weekdays = options.Wholes("weekdays");
        return Is(options.Whole("minute", -1), -1, now.Minute) && Is(options.Whole("hour", -1), -1, now.Hour)
            && Is(options.Whole("day"), 0, now.Day) && Is(options.Whole("month"), 0, now.Month)
            && (weekdays.Count == 0 || weekdays.Contains((int)now.DayOfWeek));
    }
}
