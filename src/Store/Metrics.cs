using System.Diagnostics.Metrics;

namespace Ringwright.Store;

internal static class Metrics
{
    private const string Name = "Ringwright.Store";
    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> EventsWritten = Meter.CreateCounter<long>("ringwright.ledger.events",
        description: "Events written");
    public static readonly Counter<long> EventsLost = Meter.CreateCounter<long>("ringwright.ledger.lost",
        description: "Events that met a full queue, or could not be written because of a bug");

    public static readonly Counter<long> CallsWithdrawn = Meter.CreateCounter<long>("ringwright.ledger.withdrawn",
        description: "Calls that did not begin because their first row was not committed in time");

    /// <summary>For what one database holds: whoever owns it ends it, for each gauge keeps what it asks.</summary>
    public static Meter Own() => new(Name);

    public static void Available(Meter own, Func<int> isAvailable) =>
        own.CreateObservableGauge("ringwright.store.available", isAvailable, unit: null, "1 while the database can be written");

    public static void LedgerQueue(Meter own, Func<int> length) =>
        own.CreateObservableGauge("ringwright.ledger.queue", length, unit: null, "Events that wait to be written");
}
