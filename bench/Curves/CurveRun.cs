using Ringwright.Bench.Driving;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Reports;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Curves;

/// <summary><c>bench --curves</c>: what a call costs and how it sounds at more and more load, and at which it stops to be good.</summary>
internal static class CurveRun
{
    private const int RtpPorts = 6_000;
    private const string Skipped = "ringwright_media_ticks_skipped_total";

    /// <param name="json">A file for the points; curves that it has already and that are not measured now stay. Null for none.</param>
    /// <param name="svg">A folder for the drawings; null for none.</param>
    /// <returns>0 when each curve has a point that is good.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<Curve> curves, bool isQuick, string? json, string? svg, CancellationToken stop)
    {
        var measured = new Dictionary<string, IReadOnlyList<CurvePoint>>(StringComparer.Ordinal);
        foreach (var curve in curves)
            measured[curve.Name] = await MeasureAsync(isQuick ? curve.Quick() : curve, isQuick, stop);
        var all = await CurveFile.KeepAsync(json, measured, stop);
        await Console.Out.WriteAsync(CurveTable.Write(curves.Count > 0 ? measured : all));
        if (svg is not null)
        {
            Directory.CreateDirectory(svg);
            foreach (var (name, text) in CurveCharts.Draw(all)) await File.WriteAllTextAsync(Path.Combine(svg, name), text, stop);
        }
        return measured.Values.All(points => points[0].Failure is null) ? 0 : 1;
    }

    private static async Task<IReadOnlyList<CurvePoint>> MeasureAsync(Curve curve, bool isQuick, CancellationToken stop)
    {
        void Progress(string step) => Console.Error.WriteLine($"{curve.Name}: {step}");
        await using var run = await WorkloadRun.StartAsync(curve.Of(isQuick), isBare: false, stop, RtpPorts);
        if (!isQuick) await run.WarmUpAsync(Progress, stop);
        var points = new List<CurvePoint>();
        foreach (int load in curve.Loads)
        {
            Progress($"{load}{(curve.IsRate ? " a second" : " at once")}");
            points.Add(await MeasureAsync(run, curve, load, isQuick, stop));
            if (points[^1].Failure is not { } failure) continue;
            Progress($"ends at {load}: {failure}");
            break;
        }
        return points;
    }

    private static async Task<CurvePoint> MeasureAsync(WorkloadRun run, Curve curve, int load, bool isQuick, CancellationToken stop)
    {
        MetricReading? before = null, after = null;
        // Calls that do not last are never all up together: there the ticks of all of them count.
        var (begin, end) = curve.IsRate ? (DriverMoment.Began, DriverMoment.Done) : (DriverMoment.Full, DriverMoment.Emptying);
        var figures = await run.RunAsync(run.PlanOf(plan => curve.At(load, plan, isQuick)), isWithBaseline: false, async moment =>
        {
            if (moment == begin) before = await run.Node.MetricsAsync(stop);
            else if (moment == end) after = await run.Node.MetricsAsync(stop);
        }, stop);
        double? late = before is not null && after is not null ? Lateness.P99Between(before, after) : null;
        var (report, audio) = (figures.Report, figures.Report.Audio);
        return new(load)
        {
            CpuMs = curve.IsRate ? figures.CpuMs : figures.SteadyCpuMs,
            // A few calls on a node that still compiles say nothing of that.
            TickLateMs = isQuick ? null : late,
            TicksSkipped = before is not null && after is not null ? (after[Skipped] ?? 0) - (before[Skipped] ?? 0) : null,
            JitterMs = curve.IsRate ? null : audio.JitterMs?.P99,
            GapMs = curve.IsRate ? null : audio.GapMs?.P99,
            TransitMs = audio.TransitMs,
            SetupMs = report.SetupMs,
            Lost = Math.Max(0, Math.Max(audio.Lost, audio.LostOnTheWay)),
            DriverShare = report.DriverShare,
            DriverLateMs = report.SendLateMs?.P99,
            Faults = figures.Faults,
        };
    }
}
