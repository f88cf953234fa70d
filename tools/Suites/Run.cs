namespace Ringwright.Suites;

/// <summary>
/// Runs suites in two lanes: one for those that wait for real time, one after the other, and beside it one for those that only compute, on
/// what the first leaves of the processors.
/// </summary>
internal sealed class Run(Ask ask, Action<string> say)
{
    private readonly List<SuiteReport> _reports = [];
    private readonly List<Unsteady> _unsteady = [];

    public IReadOnlyList<SuiteReport> Reports => _reports;

    public IReadOnlyList<Unsteady> Unsteady => _unsteady;

    public async Task AllAsync(IReadOnlyList<ISuite> suites)
    {
        var lanes = suites.GroupBy(suite => suite.IsPatient).Select(lane => LaneAsync([.. lane])).ToList();
        await Task.WhenAll(lanes);
    }

    private async Task LaneAsync(IReadOnlyList<ISuite> suites)
    {
        foreach (var suite in suites)
        {
            var first = await suite.RunAsync(ask);
            var (report, unsteady) = await SecondTries.RunAsync(suite, first, ask);
            lock (_reports)
            {
                _reports.Add(report);
                _unsteady.AddRange(unsteady);
                say(Summary.Line(report));
            }
        }
    }
}
