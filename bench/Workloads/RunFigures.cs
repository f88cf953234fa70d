using Ringwright.Bench.Driving;

namespace Ringwright.Bench.Workloads;

/// <summary>One run of a workload that counts.</summary>
internal sealed record RunFigures
{
    /// <summary>Of the whole system from the first call to the last webhook, per unit.</summary>
    public required double CpuMs { get; init; }

    /// <summary>Of that the processes beside the first one: the media process.</summary>
    public required double MediaCpuMs { get; init; }

    /// <summary>Of <see cref="CpuMs"/> what the runtime's compiler still took.</summary>
    public required double CompilerCpuMs { get; init; }

    /// <summary>Of the database's server, per unit, which is not in <see cref="CpuMs"/>; null where there is none.</summary>
    public double? DatabaseCpuMs { get; init; }

    /// <summary>Per unit.</summary>
    public required double BaselineCpuMs { get; init; }
    public double Ratio => BaselineCpuMs > 0 ? CpuMs / BaselineCpuMs : 0;

    /// <summary>Per call-second, while all calls are up and none is set up or ends; null where that never is.</summary>
    public required double? SteadyCpuMs { get; init; }

    /// <summary>The 99th percentile of how late ticks were while all calls were up; null where nobody looked.</summary>
    public double? TickLateMs { get; init; }

    /// <summary>How long callers waited for an assistant's answers; null where nobody talked with one.</summary>
    public TurnFigures? Turns { get; init; }

    /// <summary>While all calls were up; null where that never was.</summary>
    public required double? ResidentMb { get; init; }
    public required CallReport Report { get; init; }
    public required IReadOnlyList<string> Faults { get; init; }
}

/// <summary>A workload's runs, and what was measured around them.</summary>
internal sealed record WorkloadFigures(Workload Workload, IReadOnlyList<RunFigures> Runs)
{
    public double CpuMs => Median(r => r.CpuMs);
    public double MediaCpuMs => Median(r => r.MediaCpuMs);
    public double CompilerCpuMs => Median(r => r.CompilerCpuMs);
    public double BaselineCpuMs => Median(r => r.BaselineCpuMs);
    public double Ratio => BaselineCpuMs > 0 ? CpuMs / BaselineCpuMs : 0;
    public double? DatabaseCpuMs => Runs.All(r => r.DatabaseCpuMs is not null) ? Median(r => r.DatabaseCpuMs ?? 0) : null;
    public double? SteadyCpuMs => Runs.All(r => r.SteadyCpuMs is not null) ? Median(r => r.SteadyCpuMs ?? 0) : null;
    public double? TickLateMs => Runs.All(r => r.TickLateMs is not null) ? Median(r => r.TickLateMs ?? 0) : null;
    /// <summary>Of the run whose own part is the median.</summary>
    public TurnFigures? Turns =>
        Runs.Select(r => r.Turns).OfType<TurnFigures>().OrderBy(turns => turns.OwnP95).ToList() is { Count: > 0 } all
            ? all[all.Count / 2] : null;

    public double? ResidentMb => Runs.All(r => r.ResidentMb is not null) ? Median(r => r.ResidentMb ?? 0) : null;

    /// <summary>Between the warm-up and the first run; null when not measured.</summary>
    public double? IdleCpuMsPerSecond { get; init; }

    /// <summary>
    /// Per unit, of a node's first calls and of those after them, while code is still compiled; none of them is longer than a second. Null
    /// when not measured.
    /// </summary>
    public double? ColdCpuMs { get; init; }
    public double? WarmCpuMs { get; init; }

    /// <summary>Before the first call.</summary>
    public required double EmptyResidentMb { get; init; }

    /// <summary>Between the warm-up and the first run: with the code that calls need, and without a call.</summary>
    public double? WarmResidentMb { get; init; }

    /// <summary>With the call trace off; null when not asked for.</summary>
    public WorkloadFigures? Bare { get; init; }
    public IEnumerable<string> Faults =>
        Runs.SelectMany((r, i) => r.Faults.Select(f => $"{Workload.Name}, run {i + 1}: {f}")).Concat(Bare?.Faults ?? []);

    public Spread? Times(Func<CallReport, Spread?> of)
    {
        var all = Runs.Select(r => of(r.Report)).OfType<Spread>().ToList();
        return all.Count == 0 ? null
            : new(all.Sum(s => s.Count), MedianOf(all.Select(s => s.P50)), MedianOf(all.Select(s => s.P99)), all.Max(s => s.Max));
    }

    private double Median(Func<RunFigures, double> of) => MedianOf(Runs.Select(of));

    /// <summary>Of an even number, the mean of the middle two.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
