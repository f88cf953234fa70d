namespace Ringwright.Suites;

/// <summary>
/// Runs suites: in a run of everything first the one that others' durations are told in, alone; then those that wait for real time, one
/// after the other. Half of the processors idle meanwhile, and those that only compute take that half, at the lowest priority: whoever
/// measures half a second is served before them. Who starts nodes waits until their code is made ahead: those that are waited for take
/// their share of the processors, and those that are left at the end.
/// </summary>
internal sealed class Run(Ask ask, Action<string> say)
{
    private readonly List<SuiteReport> _reports = [];
    private readonly List<Unsteady> _unsteady = [];
    private Dictionary<string, TaskCompletionSource> _ends = [], _waits = [];

    public IReadOnlyList<SuiteReport> Reports => _reports;

    public IReadOnlyList<Unsteady> Unsteady => _unsteady;

    public async Task AllAsync(IReadOnlyList<ISuite> suites)
    {
        _ends = suites.ToDictionary(suite => suite.Name,
            _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await InTurnAsync(suites.Where(suite => Durations.IsAlone(suite.Name, ask)), []);
        var rest = suites.Where(suite => !Durations.IsAlone(suite.Name, ask)).ToLookup(suite => suite.IsBeside);
        _waits = rest[true].ToDictionary(suite => suite.Name,
            _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await Task.WhenAll(InTurnAsync(rest[true], []), InTurnAsync(rest[false], [.. rest[true]]));
    }

    /// <param name="beside">What runs beside them; nobody else is in its way when they are over.</param>
    private async Task InTurnAsync(IEnumerable<ISuite> suites, IReadOnlyList<ISuite> beside)
    {
        var row = suites.ToList();
        try
        {
            foreach (var suite in row)
            {
                if (suite.Behind is { } step && _ends.TryGetValue(step, out var end))
                {
                    if (!end.Task.IsCompleted) WaitFor(beside, step);
                    await end.Task;
                }
                await OneAsync(suite);
                _ends[suite.Name].SetResult();
            }
        }
        finally
        {
            // Nobody waits for what does not begin any more.
            foreach (var suite in row) _ends[suite.Name].TrySetResult();
            WaitFor(beside, beside.LastOrDefault()?.Name);
        }
    }

    // Those before it are waited for as well: they run in turn.
    private void WaitFor(IReadOnlyList<ISuite> beside, string? last)
    {
        int count = beside.TakeWhile(suite => suite.Name != last).Count();
        if (count == beside.Count) return;
        foreach (var suite in beside.Take(count + 1)) _waits[suite.Name].TrySetResult();
    }

    private async Task OneAsync(ISuite suite)
    {
        var first = await suite.RunAsync(_waits.TryGetValue(suite.Name, out var wait) ? ask with { WaitedFor = wait.Task } : ask);
        var (report, unsteady) = await SecondTries.RunAsync(suite, first, ask);
        lock (_reports)
        {
            _reports.Add(report);
            _unsteady.AddRange(report.Unsteady);
            _unsteady.AddRange(unsteady);
            say(Summary.Line(report));
        }
    }
}
