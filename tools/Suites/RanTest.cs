namespace Ringwright.Suites;

internal enum Outcome
{
    Passed,
    Failed,
    Skipped
}

/// <summary>What a report says of one test.</summary>
/// <param name="Class">Its class, or its file (Node).</param>
/// <param name="Method">What runs it once more: a method of the class, or the file (Node).</param>
/// <param name="Name">As the report shows it, with its arguments.</param>
/// <param name="Message">The first line of what went wrong; empty where nothing did.</param>
/// <param name="Depth">Why it is run by <c>--all</c> alone; null for a test of the gate.</param>
internal sealed record RanTest(string Class, string Method, string Name, double Seconds, Outcome Outcome, string Message, string? Depth)
{
    /// <summary>What <c>tests/unsteady.tsv</c> calls it: without arguments, which may hold a seed.</summary>
    public string Title => Method.Contains('.', StringComparison.Ordinal) && !Method.EndsWith(".js", StringComparison.Ordinal)
        ? Method : $"{Method}: {Name}";

    /// <summary>Its arguments, as they tell which seed or row it was; empty where it has none.</summary>
    public string Arguments => Name.IndexOf('(', StringComparison.Ordinal) is >= 0 and var open && Title == Method ? Name[open..] : "";
}

/// <summary>
/// How a suite ended. <see cref="Faults"/> are failures of the run itself, each counted in <see cref="Failed"/>: it hung, wrote no report
/// or ran no test.
/// </summary>
internal sealed record SuiteReport(
    string Suite, int Passed, int Failed, int Skipped, double Seconds, IReadOnlyList<RanTest> Tests, IReadOnlyList<string> Faults)
{
    /// <summary>Why it did not come to its end, which is the last of its faults too: it fell silent, or a signal ended it.</summary>
    public string? CutOff { get; init; }

    /// <summary>What failed, and did not when it was run once more as a whole.</summary>
    public IReadOnlyList<Unsteady> Unsteady { get; init; } = [];

    /// <summary>The same with a fault of the run itself.</summary>
    public SuiteReport With(string fault) => this with { Failed = Failed + 1, Faults = [.. Faults, fault] };

    public IEnumerable<RanTest> FailedTests => Tests.Where(test => test.Outcome == Outcome.Failed);

    public static string FirstLine(string? text) =>
        text?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "";
}
