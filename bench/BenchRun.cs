using Ringwright.Bench.Reports;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench;

/// <summary>All of <c>bench</c>: workload after workload, then the table and the file.</summary>
internal static class BenchRun
{
    /// <param name="json">A file for the figures; null for none.</param>
    /// <returns>0 when all calls of all runs were as they should be.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<Workload> workloads, WorkloadOptions options, bool isBareToo,
        string? json, CancellationToken stop)
    {
        if (json is not null) await CheckAsync(json, stop);
        var figures = new List<WorkloadFigures>();
        var problems = new List<string>();
        foreach (var workload in workloads)
        {
            void Progress(string step) => Console.Error.WriteLine($"{workload.Name} {workload.Title}: {step}");
            var measured = await TryAsync(workload.Name, problems, () => WorkloadRun.MeasureAsync(workload, options, Progress, stop));
            if (measured is null) continue;
            if (isBareToo)
                measured = measured with
                {
                    Bare = await TryAsync(workload.Name, problems,
                        () => WorkloadRun.MeasureAsync(workload, options with { IsBare = true }, step => Progress($"bare, {step}"), stop))
                };
            figures.Add(measured);
        }
        Lateness? lateness = null;
        if (!options.IsQuick && workloads.Any(w => w.Name == LatenessRun.Workload))
            lateness = await TryAsync("tick lateness", problems,
                () => LatenessRun.MeasureAsync(step => Console.Error.WriteLine($"tick lateness: {step}"), stop));

        var report = new BenchReport(figures, lateness, problems);
        await Console.Out.WriteAsync(BenchTable.Write(report));
        if (json is not null) await File.WriteAllTextAsync(json, BenchFile.Write(report), stop);
        foreach (string fault in report.Faults) await Console.Error.WriteLineAsync($"ringwright bench: {fault}");
        return report.Faults.Any() ? 1 : 0;
    }

    /// <summary>What cannot be measured is missing in the file and named below the table; the others may still be measured.</summary>
    private static async Task<T?> TryAsync<T>(string name, List<string> problems, Func<Task<T>> measure) where T : class?
    {
        try
        {
            return await measure();
        }
        catch (BenchFailure failure)
        {
            problems.Add($"{name}: {failure.Message}");
            return null;
        }
    }

    /// <summary>Minutes later it would be too late to say that.</summary>
    private static async Task CheckAsync(string json, CancellationToken stop)
    {
        try
        {
            await File.WriteAllTextAsync(json, "", stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BenchFailure($"{json} cannot be written: {e.Message}");
        }
    }
}
