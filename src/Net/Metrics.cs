using System.Diagnostics.Metrics;

namespace Ringwright.Net;

/// <summary>The counters of the signalling edge.</summary>
internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Net");

    public static readonly UpDownCounter<long> LegsActive = Meter.CreateUpDownCounter<long>("ringwright.legs.active",
        description: "Legs that have begun and not ended");
    public static readonly Counter<long> LegsStarted = Meter.CreateCounter<long>("ringwright.legs.started",
        description: "Legs begun, by direction");
    public static readonly Counter<long> LegsAnswered = Meter.CreateCounter<long>("ringwright.legs.answered",
        description: "Legs answered, by direction");
    public static readonly Counter<long> LegsEnded = Meter.CreateCounter<long>("ringwright.legs.ended",
        description: "Legs ended, by hang-up cause");
    public static readonly Counter<long> TurnsFailed = Meter.CreateCounter<long>("ringwright.turns.failed",
        description: "Turns that threw; each ended one leg");
    public static readonly Counter<long> DatagramsReceived = Meter.CreateCounter<long>("ringwright.sip.datagrams.received");
    public static readonly Counter<long> DatagramsSent = Meter.CreateCounter<long>("ringwright.sip.datagrams.sent");
    public static readonly Counter<long> SendFailures = Meter.CreateCounter<long>("ringwright.sip.send.failures");
    public static readonly Counter<long> Dropped = Meter.CreateCounter<long>("ringwright.sip.dropped",
        description: "Datagrams dropped, by reason");
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("ringwright.sip.refused",
        description: "Stateless refusals, by status");
    public static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>("ringwright.sip.connections",
        description: "Open TCP and TLS connections, by transport");
    public static readonly Counter<long> ConnectionsRefused = Meter.CreateCounter<long>("ringwright.sip.connections.refused",
        description: "Connections refused, not opened, or closed because another needed the place more, by reason");
    public static readonly Counter<long> Registers = Meter.CreateCounter<long>("ringwright.registers",
        description: "What REGISTERs of phones came to, and registrations that lapsed, by outcome");
    public static readonly Counter<long> TrunkRegisters = Meter.CreateCounter<long>("ringwright.trunk.registers",
        description: "What our REGISTERs with trunks came to, by outcome");
    public static readonly Counter<long> TrunkNews = Meter.CreateCounter<long>("ringwright.trunk.changes",
        description: "Times that an address of a trunk was passed over, and times that it was back, by trunk and outcome");
    public static readonly Counter<long> TrunkRefused = Meter.CreateCounter<long>("ringwright.trunk.refused",
        description: "Calls for which a trunk had no room, by trunk, direction and limit");
    public static readonly Counter<long> CallsRefused = Meter.CreateCounter<long>("ringwright.calls.refused",
        description: "Calls that came in and were refused, by reason");
    public static readonly Counter<long> TrunkProbes = Meter.CreateCounter<long>("ringwright.trunk.probes",
        description: "What OPTIONS to trunks came to, by trunk and outcome");
    public static readonly Counter<long> CommandsRefused = Meter.CreateCounter<long>("ringwright.commands.refused",
        description: "Commands refused, by reason");
    public static readonly Counter<long> ClockSteps = Meter.CreateCounter<long>("ringwright.clock.steps",
        description: "Times that the wall clock was set while the node ran");
    public static readonly Counter<long> Stalls = Meter.CreateCounter<long>("ringwright.clock.stalls",
        description: "Times that the process stood still for more than five seconds");
    public static readonly Counter<long> DialsRefused = Meter.CreateCounter<long>("ringwright.dials.refused",
        description: "Calls out that were refused before they had a record, by reason");
    public static readonly Counter<long> DialsWithdrawn = Meter.CreateCounter<long>("ringwright.dials.withdrawn",
        description: "Dials that were not placed because their client had gone while the process stood still");
    public static readonly Counter<long> NameLookups = Meter.CreateCounter<long>("ringwright.dns.lookups",
        description: "Names looked up, by outcome");
    public static readonly Counter<long> TraceWritten = Meter.CreateCounter<long>("ringwright.trace.written",
        description: "Messages and commands kept in call traces");
    public static readonly Counter<long> TraceDropped = Meter.CreateCounter<long>("ringwright.trace.dropped",
        description: "Messages and commands that no call trace keeps, by reason");
}
