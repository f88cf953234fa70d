using System.Diagnostics.Metrics;

namespace Ringwright.Delivery;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Delivery");

    public static readonly Counter<long> Attempts = Meter.CreateCounter<long>("ringwright.delivery.attempts",
        description: "Attempts to deliver a webhook, by whether it was taken");

    public static void Pending(Func<int> count) =>
        Meter.CreateObservableGauge("ringwright.delivery.pending", count, unit: null, "Webhooks under way or waiting for their turn");

    public static void Oldest(Func<double> seconds) =>
        Meter.CreateObservableGauge("ringwright.delivery.oldest.seconds", seconds, unit: null,
            "How long the oldest webhook without an attempt has waited; 0 without one, looked at every 15 s");

    public static void Resting(Func<int> count) =>
        Meter.CreateObservableGauge("ringwright.delivery.resting", count, unit: null,
            "Webhooks that wait for an attempt of the next minute; those that wait for longer are on disk");
}
