using System.Diagnostics.Metrics;

namespace Ringwright.Store;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Store");

    public static readonly Counter<long> EventsWritten = Meter.CreateCounter<long>("ringwright.ledger.events");
    public static readonly Counter<long> EventsLost = Meter.CreateCounter<long>("ringwright.ledger.lost");

    public static void LedgerQueue(Func<int> length) => Meter.CreateObservableGauge("ringwright.ledger.queue", length);
}
