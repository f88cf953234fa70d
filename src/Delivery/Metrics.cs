using System.Diagnostics.Metrics;

namespace Ringwright.Delivery;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Delivery");

    public static readonly Counter<long> Attempts = Meter.CreateCounter<long>("ringwright.delivery.attempts");

    public static void Pending(Func<int> count) => Meter.CreateObservableGauge("ringwright.delivery.pending", count);
}
