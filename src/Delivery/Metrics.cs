using System.Diagnostics.Metrics;

namespace Ringwright.Delivery;

internal static class Metrics
{
    private const string Name = "Ringwright.Delivery";
    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Attempts = Meter.CreateCounter<long>("ringwright.delivery.attempts",
        description: "Attempts to deliver a webhook, by whether it was taken");

    /// <summary>For what one dispatcher holds: it ends it, for each gauge keeps what it asks.</summary>
    public static Meter Own() => new(Name);

    public static void Pending(Meter own, Func<int> count) =>
        own.CreateObservableGauge("ringwright.delivery.pending", count, unit: null, "Webhooks under way or waiting for their turn");

    public static void Oldest(Meter own, Func<double> seconds) =>
        own.CreateObservableGauge("ringwright.delivery.oldest.seconds", seconds, unit: null,
            "How long the oldest webhook without an attempt has waited; 0 without one, looked at every 15 s");

    public static void Resting(Meter own, Func<int> count) =>
        own.CreateObservableGauge("ringwright.delivery.resting", count, unit: null,
            "Webhooks that wait for an attempt of the next minute; those that wait for longer are on disk");
}
