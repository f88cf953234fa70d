using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

/// <summary>What a second try makes of failures, by suites whose tests fail as often as they are told to.</summary>
public sealed class SecondTryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Its tests pass but for those that are named, each of which fails so many times in a row.</summary>
    private sealed class Suite(Dictionary<string, int> failures, bool hasSecondTry = true) : ISuite
    {
        public string Name => "Edge";

        public bool IsPatient => false;

        public bool HasSecondTry => hasSecondTry;

        public List<string> Tried { get; } = [];

        private bool Fails(string method) => failures[method]-- > 0;

        public Task<SuiteReport> RunAsync(Ask ask)
        {
            List<RanTest> tests = [new("A", "A.Good", "A.Good", 1, Outcome.Passed, "", null)];
            foreach (string method in failures.Keys.ToList())
                tests.Add(new("A", method, method + "(seed: 5)", 1, Fails(method) ? Outcome.Failed : Outcome.Passed, "wrong\tnote", null));
            int failed = tests.Count(test => test.Outcome == Outcome.Failed);
            return Task.FromResult(new SuiteReport(Name, tests.Count - failed, failed, 0, 1, tests, []));
        }

        public Task<bool> TryAgainAsync(Ask ask, string method, int number)
        {
            Tried.Add(method);
            return Task.FromResult(!Fails(method));
        }
    }

    private async Task<(SuiteReport Report, IReadOnlyList<Unsteady> Unsteady)> RunAsync(ISuite suite)
    {
        var ask = new Ask(new Tree(_folder.Path, _folder.Path), null, IsAll: false, TimeSpan.FromSeconds(1));
        return await SecondTries.RunAsync(suite, await suite.RunAsync(ask), ask);
    }

    [Fact]
    public async Task What_fails_every_other_time_passes_and_is_told()
    {
        var (report, unsteady) = await RunAsync(new Suite(new() { ["A.Odd"] = 1, ["A.Bad"] = 9 }));
        Assert.Equal((2, 1), (report.Passed, report.Failed));
        Assert.Equal(new Unsteady("A.Odd", "(seed: 5)", "wrong\tnote"), Assert.Single(unsteady));
        Assert.Equal("A.Bad", Assert.Single(report.FailedTests).Title);
    }

    [Fact]
    public async Task A_suite_that_is_the_same_at_each_run_gets_no_second_try()
    {
        var suite = new Suite(new() { ["A.Odd"] = 1 }, hasSecondTry: false);
        var (report, unsteady) = await RunAsync(suite);
        Assert.Equal((1, 1), (report.Passed, report.Failed));
        Assert.Empty(unsteady);
        Assert.Empty(suite.Tried);
    }

    [Fact]
    public async Task A_suite_that_falls_apart_gets_none_either()
    {
        var suite = new Suite(Enumerable.Range(0, SecondTries.MostMethods + 1).ToDictionary(n => $"A.Odd{n}", _ => 1));
        Assert.Equal(SecondTries.MostMethods + 1, (await RunAsync(suite)).Report.Failed);
        Assert.Empty(suite.Tried);
    }

    /// <summary>One run of it after the other; its log is there, as a suite's is.</summary>
    private async Task<(SuiteReport Report, List<string> Told)> WholeAsync(params SuiteReport[] runs)
    {
        var (told, next) = (new List<string>(), new Queue<SuiteReport>(runs));
        var ask = new Ask(new Tree(_folder.Path, _folder.Path), null, IsAll: false, TimeSpan.FromSeconds(1)) { Say = told.Add };
        var report = await SecondTries.WholeAsync("Pure", ask, () =>
        {
            File.WriteAllText(ask.Tree.Report("Pure", "log"), $"{next.Count} to go\n");
            return Task.FromResult(next.Dequeue());
        });
        Assert.Empty(next);
        return (report, told);
    }

    private static SuiteReport Ends(params RanTest[] tests) => new("Pure", tests.Length, 0, 0, 1, tests, []);

    private static SuiteReport IsCutOff(string why, params RanTest[] tests) => Ends(tests).With($"Pure {why}") with { CutOff = why };

    [Fact]
    public async Task A_suite_that_was_cut_off_is_run_once_more_as_a_whole_and_is_told()
    {
        RanTest test = new("A", "A.Good", "A.Good", 1, Outcome.Passed, "", null);
        var (report, told) = await WholeAsync(IsCutOff("was ended by signal 11"), Ends(test));
        Assert.Equal((1, 0), (report.Passed, report.Failed));
        Assert.Equal(new Unsteady("Pure", " (was ended by signal 11)", "Pure was ended by signal 11"), Assert.Single(report.Unsteady));
        Assert.Equal(["Pure was ended by signal 11. Its last lines:", "  2 to go"], told);
        Assert.Equal("2 to go\n", File.ReadAllText(_folder.File("Pure-first.log")));
        Assert.Equal("unsteady: Pure (was ended by signal 11)", Summary.Closing([report], report.Unsteady, [], 0, 0)[^2]);

        var list = new UnsteadyList(_folder.File("unsteady.tsv"));
        Assert.Empty(list.Take(report.Unsteady));
        Assert.Equal("Pure\t(was ended by signal 11)\tPure was ended by signal 11", File.ReadAllLines(_folder.File("unsteady.tsv"))[^1]);
        Assert.Equal("Pure is unsteady, as tests/unsteady.tsv says already: mend it", Assert.Single(list.Take(report.Unsteady)));
    }

    [Fact]
    public async Task One_that_is_cut_off_twice_fails()
    {
        var (report, told) = await WholeAsync(IsCutOff("said nothing for 300 s"), IsCutOff("was ended by signal 9"));
        Assert.Equal((0, 1), (report.Passed, report.Failed));
        Assert.Equal("Pure was ended by signal 9", Assert.Single(report.Faults));
        Assert.Empty(report.Unsteady);
        Assert.Equal(4, told.Count);
    }

    [Fact]
    public async Task One_whose_tests_were_all_over_is_not_run_again()
    {
        RanTest test = new("A", "A.Good", "A.Good", 1, Outcome.Passed, "", null);
        var (report, _) = await WholeAsync(IsCutOff("said nothing for 300 s", test));
        Assert.Equal((1, 0), (report.Passed, report.Failed));
        Assert.Empty(report.Faults);
        Assert.Equal("Pure", Assert.Single(report.Unsteady).Title);
    }

    [Fact]
    public async Task One_that_only_fails_is_not_run_again_as_a_whole()
    {
        var (report, told) = await WholeAsync(Ends().With("Pure ran no test"));
        Assert.Equal((1, 0, 0), (report.Failed, report.Unsteady.Count, told.Count));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(Command.TooLong, null)]
    [InlineData(Command.Silent, "said nothing for 300 s")]
    [InlineData(134, "was ended by signal 6")]
    public void Silence_and_signals_cut_off(int status, string? why) =>
        Assert.Equal(why, new Ask(new Tree("/", "/"), null, IsAll: false, TimeSpan.FromMinutes(30)).WhyCutOff(status));

    [Fact]
    public void Who_was_unsteady_before_fails_the_run_and_so_do_more_than_three_new_ones()
    {
        var list = new UnsteadyList(_folder.File("unsteady.tsv"));
        Unsteady Of(string name) => new(name, "(seed: 5)", "wrong\tnote");
        Assert.Empty(list.Take([Of("A.One"), Of("A.Two"), Of("A.Three")]));
        string[] rows = ["test\targuments\tfirst message", .. new[] { "One", "Two", "Three" }.Select(n => $"A.{n}\t(seed: 5)\twrong note")];
        Assert.Equal(rows, File.ReadAllLines(_folder.File("unsteady.tsv")));
        Assert.Equal("A.Two is unsteady, as tests/unsteady.tsv says already: mend it",
            Assert.Single(list.Take([Of("A.Two"), Of("A.New")])));
        Assert.Equal("4 tests are unsteady that were not known to be: at most 3 pass by a second try",
            Assert.Single(list.Take([Of("B.1"), Of("B.2"), Of("B.3"), Of("B.4")])));
    }

    public void Dispose() => _folder.Dispose();
}
