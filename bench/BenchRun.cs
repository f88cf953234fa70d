using Ringwright.Bench.Reports;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench;

/// <summary>All of <c>bench</c>: workload after workload, then the table and the file.</summary>
internal static class BenchRun
{
    /// <param name="json">A file for the figures; null for none.</param>
    /// <returns>0 when all calls of all runs were as they should be.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<Workload> workloads, WorkloadOptions options, bool isBareToo, string? json, CancellationToken stop)
    {
        var figures = new List<WorkloadFigures>();
        foreach (var workload in workloads)
        {
            void Progress(string step) => Console.Error.WriteLine($"{workload.Name} {workload.Title}: {step}");
            var measured = await WorkloadRun.MeasureAsync(workload, options, Progress, stop);
            if (isBareToo) measured = measured with { Bare = await WorkloadRun.MeasureAsync(workload, options with { IsBare = true }, step => Progress($"bare, {step}"), stop) };
            figures.Add(measured);
        }
        var lateness = options.IsQuick || !workloads.Any(w => w.Name == LatenessRun.Workload) ? null : await LatenessRun.MeasureAsync(step => Console.Error.WriteLine($"tick lateness: {step}"), stop);

        var report = new BenchReport(figures, lateness);
        await Console.Out.WriteAsync(BenchTable.Write(report));
        if (json is not null) await File.WriteAllTextAsync(json, BenchFile.Write(report), stop);
        foreach (string fault in report.Faults) await Console.Error.WriteLineAsync($"ringwright bench: {fault}");
        return report.Faults.Any() ? 1 : 0;
    }
}
