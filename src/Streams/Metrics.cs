using System.Diagnostics.Metrics;

namespace Ringwright.Streams;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Streams");

    public static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("ringwright.streams.active",
        description: "Media streams that are open or being connected");
    public static readonly Counter<long> Ended = Meter.CreateCounter<long>("ringwright.streams.ended",
        description: "Media streams that have ended, by outcome");
    public static readonly Counter<long> Cuts = Meter.CreateCounter<long>("ringwright.streams.cuts",
        description: "Connections of media streams that were lost and tried again");
    public static readonly Counter<long> Dropped = Meter.CreateCounter<long>("ringwright.streams.frames.dropped",
        description: "Audio frames of 20 ms that a slow socket did not take in time");
    public static readonly Counter<long> Lost = Meter.CreateCounter<long>("ringwright.streams.losses",
        description: "Times that audio was lost on its way out; each was told to the application");
    public static readonly Counter<long> Errors = Meter.CreateCounter<long>("ringwright.streams.errors",
        description: "Error frames sent for what applications sent, by code");
    public static readonly UpDownCounter<long> Forks = Meter.CreateUpDownCounter<long>("ringwright.forks.active",
        description: "Forks of calls' audio to UDP that run");
    public static readonly Counter<long> ForksEnded = Meter.CreateCounter<long>("ringwright.forks.ended",
        description: "Forks that have ended, by outcome");
    public static readonly Counter<long> ForkPacketsLost = Meter.CreateCounter<long>("ringwright.forks.packets.lost",
        description: "Packets of forks that the network refused or had no room for");
    public static readonly UpDownCounter<long> SiprecSessions = Meter.CreateUpDownCounter<long>("ringwright.siprec.active",
        description: "Sessions with recording servers that run, or begin or end");
    public static readonly Counter<long> SiprecEnded = Meter.CreateCounter<long>("ringwright.siprec.ended",
        description: "Sessions with recording servers that ended by themselves, by outcome");
}
