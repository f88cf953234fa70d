namespace Ringwright.Suites;

/// <summary>
/// Runs suites one after the other: first those that only compute, then those that wait for real time, beside which nothing runs: on two
/// cores that are busy, a test that measures half a second measures the others.
/// </summary>
internal sealed class Run(Ask ask, Action<string> say)
{
    private readonly List<SuiteReport> _reports = [];
    private readonly List<Unsteady> _unsteady = [];

    public IReadOnlyList<SuiteReport> Reports => _reports;

    public IReadOnlyList<Unsteady> Unsteady => _unsteady;

    public async Task AllAsync(IReadOnlyList<ISuite> suites)
    {
        foreach (var suite in suites.OrderByDescending(suite => suite.IsPatient))
        {
            var first = await suite.RunAsync(ask);
            var (report, unsteady) = await SecondTries.RunAsync(suite, first, ask);
            _reports.Add(report);
            _unsteady.AddRange(unsteady);
            say(Summary.Line(report));
        }
    }
}
