using System.Diagnostics.Metrics;

namespace Ringwright.Http;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Http");

    /// <summary>By dialect, operation and status.</summary>
    public static readonly Counter<long> Requests = Meter.CreateCounter<long>("ringwright.http.requests");
    /// <summary>Requests of operations without behaviour, by dialect and operation.</summary>
    public static readonly Counter<long> Absent = Meter.CreateCounter<long>("ringwright.http.absent");
    public static readonly Counter<long> Limited = Meter.CreateCounter<long>("ringwright.http.limited");
    public static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("ringwright.http.seconds", "s");
}
