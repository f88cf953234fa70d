using System.Diagnostics.Metrics;

namespace Ringwright.Server;

/// <summary>The counters of the node's own web servers.</summary>
internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Server");

    public static readonly Counter<long> ConnectionsRefused = Meter.CreateCounter<long>("ringwright.http.connections.refused",
        description: "Connections refused, or closed because another needed the place more or nothing was asked "
            + "in time, by listener and reason");
}
