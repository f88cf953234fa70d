namespace Ringwright.Suites;

/// <summary>A failure that a second try did not repeat.</summary>
internal sealed record Unsteady(string Title, string Arguments, string Message);

/// <summary>
/// The second try: what failed in a suite that meets real time is run once more, alone, when its suite is over. What passes then counts as
/// passed and is told as unsteady. A suite that fell silent or died says little of any test: it is run once more as a whole.
/// </summary>
internal static class SecondTries
{
    /// <summary>More methods than this are no bad luck: they stay failed, and nobody waits for their second tries.</summary>
    public const int MostMethods = 12;

    private const int LastLines = 30;

    /// <summary>Runs a suite, and once more if it was cut off. Where it came to its end then, it counts as one unsteady test.</summary>
    /// <param name="name">Its own, and that of its log.</param>
    public static async Task<SuiteReport> WholeAsync(string name, Ask ask, Func<Task<SuiteReport>> once)
    {
        var first = await once();
        if (first.CutOff is not { } why) return first;

        string log = ask.Tree.Report(name, "log");
        Tell(name, ask, why);
        var unsteady = new Unsteady(name, $" ({why})", first.Faults[^1]);
        // Its tests were over, and what they came to is written: the process alone did not end, or not well.
        if (first.Tests.Count > 0)
            return first with { Failed = first.Failed - 1, Faults = [.. first.Faults.SkipLast(1)], Unsteady = [unsteady] };
        File.Move(log, ask.Tree.Report($"{name}-first", "log"), overwrite: true);
        var second = await once();
        if (second.CutOff is not { } again) return second with { Unsteady = [unsteady] };
        Tell(name, ask, again);
        return second;
    }

    private static void Tell(string name, Ask ask, string why)
    {
        ask.Say($"{name} {why}. Its last lines:");
        foreach (string line in File.ReadLines(ask.Tree.Report(name, "log")).TakeLast(LastLines)) ask.Say($"  {line}");
    }

    public static async Task<(SuiteReport Report, IReadOnlyList<Unsteady> Unsteady)> RunAsync(ISuite suite, SuiteReport report, Ask ask)
    {
        var methods = report.FailedTests.GroupBy(test => test.Method).ToList();
        if (!suite.HasSecondTry || methods.Count is 0 or > MostMethods) return (report, []);

        var steady = new HashSet<string>();
        int number = 0;
        foreach (var method in methods)
            if (!await suite.TryAgainAsync(ask, method.Key, ++number)) steady.Add(method.Key);

        // Counted by the report's own numbers: a test of Node that only contains what failed has failed with it.
        bool isRescued(RanTest test) => test.Outcome == Outcome.Failed && !steady.Contains(test.Method);
        var rescued = report.Tests.Where(isRescued).ToList();
        if (rescued.Count == 0) return (report, []);
        int count = steady.Count == 0 && report.Faults.Count == 0 ? report.Failed : rescued.Count;
        var tests = report.Tests.Select(test => isRescued(test) ? test with { Outcome = Outcome.Passed } : test).ToList();
        return (report with { Passed = report.Passed + count, Failed = report.Failed - count, Tests = tests },
            [.. rescued.Select(test => new Unsteady(test.Title, test.Arguments, test.Message)).DistinctBy(test => test.Title)]);
    }
}
