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
