using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

public sealed class SummaryTests
{
    private static RanTest Test(string type, string name, double seconds, Outcome outcome = Outcome.Passed, string? depth = null) =>
        new(type, $"{type}.{name}", $"{type}.{name}", seconds, outcome, outcome == Outcome.Failed ? "wrong note" : "", depth);

    private static SuiteReport Report(string suite, double seconds, params RanTest[] tests) => new(suite,
        tests.Count(test => test.Outcome == Outcome.Passed), tests.Count(test => test.Outcome == Outcome.Failed), 0, seconds, tests, []);

    [Fact]
    public void The_last_lines_name_each_failure_and_who_was_unsteady()
    {
        SuiteReport[] reports = [Report("Pure", 9, Test("A", "Sings", 1), Test("A", "Hums", 1, Outcome.Failed))];
        Assert.Equal(["A: Hums: wrong note", "too many", "unsteady: B.Odd(seed: 5)", "6 passed, 2 failed, 0 skipped"],
            Summary.Closing(reports, [new Unsteady("B.Odd", "(seed: 5)", "late")], ["too many"], 5, 0));
        Assert.Equal(["no test was run", "0 passed, 1 failed, 0 skipped"], Summary.Closing([], [], [], 0, 0));
    }

    [Fact]
    public void A_class_of_the_gate_that_takes_a_third_of_Pures_time_gives_a_reason()
    {
        using var folder = new TempFolder();
        var durations = new Durations(folder.File("durations.tsv"));
        SuiteReport[] reports =
        [
            Report("Pure", 9, Test("A", "Sings", 1)),
            Report("Edge", 20, Test("B", "Waits", 5), Test("C", "Sleeps", 6, depth: "a night"), Test("D", "Hums", 0.1)),
        ];
        Assert.Equal("B takes 0.56 of Pure's time in the gate: split it, or give its reason in tests/durations.tsv",
            Assert.Single(durations.Write(reports)));
        string text = File.ReadAllText(folder.File("durations.tsv"));
        Assert.Equal("class\tof Pure's time\tdepth\twhy\nC\t0.67\tall\ta night\nB\t0.56\tgate\t\nA\t0.11\tgate\t\n", text);

        File.WriteAllText(folder.File("durations.tsv"),
            text.Replace("B\t0.56\tgate\t", "B\t0.56\tgate\twaits for a tide", StringComparison.Ordinal));
        Assert.Empty(durations.Write(reports));
        Assert.Contains("B\t0.56\tgate\twaits for a tide\n", File.ReadAllText(folder.File("durations.tsv")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_with_a_star_gives_the_reason_of_all_that_begin_so_and_stays()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("durations.tsv"),
            "class\tof Pure's time\tdepth\twhy\nSeas.*\t0.00\tgate\ttides\nSeas.B\t0.60\tgate\twaits\n");
        SuiteReport[] reports =
        [
            Report("Pure", 9, Test("A", "Sings", 1)), Report("Edge", 20, Test("Seas.B", "Waits", 5), Test("Seas.C", "Rises", 6)),
        ];
        Assert.Empty(new Durations(folder.File("durations.tsv")).Write(reports));
        Assert.Equal(
            "class\tof Pure's time\tdepth\twhy\nSeas.*\t0.00\tgate\ttides\nSeas.C\t0.67\tgate\ttides\nSeas.B\t0.56\tgate\twaits\n"
            + "A\t0.11\tgate\t\n", File.ReadAllText(folder.File("durations.tsv")));
    }

    [Fact]
    public void What_a_run_is_asked_is_read_or_refused_by_name()
    {
        var options = Options.Read(["--root", "/r", "--gates", "4", "1", "--suite", "Edge", "--suite", "Node", "--all", "--seconds", "7",
            "--silence", "8"]);
        Assert.Equal((4, 1, true, TimeSpan.FromSeconds(7)), (options.GatesPassed, options.GatesFailed, options.IsAll, options.Limit));
        Assert.Equal(["Edge", "Node"], options.Suites);
        Assert.Equal(TimeSpan.FromSeconds(8), options.Silence);
        Assert.Equal("test does not know '--often'", Assert.Throws<FormatException>(() => Options.Read(["--often"])).Message);
        Assert.Equal("--suite needs a value", Assert.Throws<FormatException>(() => Options.Read(["--suite"])).Message);
    }
}
