using System.Diagnostics.Metrics;

namespace Ringwright.Egress;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Egress");

    public static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>("ringwright.egress.connections",
        description: "Open connections out: webhooks, audio, speech");
    public static readonly Counter<long> Waited = Meter.CreateCounter<long>("ringwright.egress.waited",
        description: "Requests out that waited because as many connections were open as may be");
}
