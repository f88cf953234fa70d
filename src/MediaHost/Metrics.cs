using System.Diagnostics.Metrics;
using Ringwright.Media;

namespace Ringwright.MediaHost;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Media");

    public static readonly UpDownCounter<long> PortsOpen = Meter.CreateUpDownCounter<long>("ringwright.media.ports.open",
        description: "Leased media ports");
    public static readonly UpDownCounter<long> RecordingsActive = Meter.CreateUpDownCounter<long>("ringwright.media.recordings.active",
        description: "Recordings that are being made or finished");
    public static readonly Counter<long> RecordingsFailed = Meter.CreateCounter<long>("ringwright.media.recordings.failed",
        description: "Recordings whose file could not be written");
    public static readonly Counter<long> RecordingGaps = Meter.CreateCounter<long>("ringwright.media.recordings.gaps",
        description: "Gaps in recordings: their disk stood still for longer than audio may wait in memory");
    /// <summary>No port is left; among several networks it is told on which.</summary>
    public static void Refuse(MediaHostOptions options, int network)
    {
        if (options.Networks.Count == 1) LeasesRefused.Add(1);
        else LeasesRefused.Add(1, new KeyValuePair<string, object?>("network", options.Networks[network].Address.ToString()));
    }

    public static readonly Counter<long> LeasesRefused = Meter.CreateCounter<long>("ringwright.media.leases.refused",
        description: "Legs without a free port");
    public static readonly Counter<long> CommandsRefused = Meter.CreateCounter<long>("ringwright.media.commands.refused",
        description: "Commands that met a full mailbox");
    public static readonly Counter<long> PacketsReceived = Meter.CreateCounter<long>("ringwright.media.packets.received");
    public static readonly Counter<long> PacketsSent = Meter.CreateCounter<long>("ringwright.media.packets.sent");
    public static readonly Counter<long> PacketsUnsent = Meter.CreateCounter<long>("ringwright.media.packets.unsent",
        description: "Packets that the system did not take");
    public static readonly Counter<long> PacketsMalformed = Meter.CreateCounter<long>("ringwright.media.packets.malformed");
    public static readonly Counter<long> PacketsForeign = Meter.CreateCounter<long>("ringwright.media.packets.foreign",
        description: "Packets from an address that is not the remote");
    public static readonly Counter<long> PacketsUnexpected = Meter.CreateCounter<long>("ringwright.media.packets.unexpected",
        description: "Packets of a payload type that was not agreed");
    public static readonly Counter<long> PacketsForged = Meter.CreateCounter<long>("ringwright.media.packets.forged",
        description: "Packets of encrypted streams that were not made with the key");
    public static readonly Counter<long> PacketsReplayed = Meter.CreateCounter<long>("ringwright.media.packets.replayed",
        description: "Packets of encrypted streams that came a second time");
    public static readonly Counter<long> DigitsReceived = Meter.CreateCounter<long>("ringwright.media.digits.received");
    public static readonly Counter<long> Faults = Meter.CreateCounter<long>("ringwright.media.faults",
        description: "Packets, commands and steps of a port over which media failed; the others went on");
    public static readonly Counter<long> Ticks = Meter.CreateCounter<long>("ringwright.media.ticks.run");
    public static readonly Counter<long> TicksLate = Meter.CreateCounter<long>("ringwright.media.ticks.late",
        description: "Ticks that began 5 ms or more after their time");
    public static readonly Histogram<double> TickLate = Meter.CreateHistogram("ringwright.media.tick.late", "s",
        "How late ticks began that somebody heard", null, new InstrumentAdvice<double>
        {
            // Fine enough for percentiles: an undisturbed tick is late by some 50 µs, and from 20 ms on a listener may hear it.
            HistogramBucketBoundaries =
            [
                0.00005, 0.0001, 0.00015, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.0125,
                0.015, 0.0175, 0.02, 0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1,
            ],
        });
    public static readonly Gauge<double> TickLateMost = Meter.CreateGauge<double>("ringwright.media.tick.late.max", "s",
        "How late the latest of these ticks began, since the process started");
    public static readonly Counter<long> TicksSkipped = Meter.CreateCounter<long>("ringwright.media.ticks.skipped",
        description: "Ticks given up after a stop of the thread");
    public static readonly Gauge<double> ProcessorTime = Meter.CreateGauge<double>("ringwright.media.process.cpu", "s",
        "Processor time of the media process, user and system");
    public static readonly Gauge<double> Memory = Meter.CreateGauge<double>("ringwright.media.process.memory", "By",
        "Resident memory of the media process");
    public static readonly Gauge<double> Collections = Meter.CreateGauge<double>("ringwright.media.process.collections",
        description: "Garbage collections of the media process");
    public static readonly Gauge<double> CollectionPause = Meter.CreateGauge<double>("ringwright.media.process.pause", "s",
        "How long garbage collections have stopped the media process in all");

    /// <summary>Those of a media process. Its far end counts them anew, so that they are read where all others are.</summary>
    public static readonly IReadOnlyList<Instrument> All =
    [
        PortsOpen, RecordingsActive, RecordingsFailed, RecordingGaps, CommandsRefused, PacketsReceived, PacketsSent, PacketsUnsent,
        PacketsMalformed, PacketsForeign, PacketsUnexpected, PacketsForged, PacketsReplayed, DigitsReceived, Faults, Ticks, TicksLate,
        TickLate, TickLateMost, TicksSkipped, ProcessorTime, Memory, Collections, CollectionPause,
    ];
}

/// <summary>Carries one tick thread's counts to the meters, once a second.</summary>
internal sealed class Meters(MediaCounters now)
{
    /// <summary>A second's.</summary>
    public const int TicksPerFlush = 50;

    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(5);

    private static double s_mostLate;

    private readonly MediaCounters _told = new();
    private readonly List<double> _heard = new(2 * TicksPerFlush);
    private long _late, _skipped, _unsent, _open;

    /// <param name="isHeard">There are ports: a late tick is a gap in what somebody hears.</param>
    public void Ticked(TimeSpan lateness, bool isHeard)
    {
        if (lateness >= Late) _late++;
        if (isHeard && _heard.Count < _heard.Capacity) _heard.Add(lateness.TotalSeconds);
    }

    public void Skipped(double ticks) => _skipped += (long)ticks;

    public void SendFailed() => _unsent++;

    public void Flush(int openPorts)
    {
        Metrics.PortsOpen.Add(openPorts - _open);
        Metrics.TicksLate.Add(_late);
        Metrics.TicksSkipped.Add(_skipped);
        Metrics.PacketsUnsent.Add(_unsent);
        (_open, _late, _skipped, _unsent) = (openPorts, 0, 0, 0);
        TellLateness();
        Tell(Metrics.PacketsReceived, now.PacketsReceived, ref _told.PacketsReceived);
        Tell(Metrics.PacketsSent, now.PacketsSent, ref _told.PacketsSent);
        Tell(Metrics.PacketsMalformed, now.PacketsMalformed, ref _told.PacketsMalformed);
        Tell(Metrics.PacketsForeign, now.PacketsForeign, ref _told.PacketsForeign);
        Tell(Metrics.PacketsUnexpected, now.PacketsUnexpected, ref _told.PacketsUnexpected);
        Tell(Metrics.PacketsForged, now.PacketsForged, ref _told.PacketsForged);
        Tell(Metrics.PacketsReplayed, now.PacketsReplayed, ref _told.PacketsReplayed);
        Tell(Metrics.DigitsReceived, now.DigitsReceived, ref _told.DigitsReceived);
        Tell(Metrics.Faults, now.Faults, ref _told.Faults);
        Tell(Metrics.Ticks, now.Ticks, ref _told.Ticks);
    }

    private void TellLateness()
    {
        if (_heard.Count == 0) return;
        double most = 0;
        foreach (double late in _heard)
        {
            Metrics.TickLate.Record(late);
            most = Math.Max(most, late);
        }
        _heard.Clear();
        TellMost(most);
    }

    /// <summary>Without a lock: whoever else holds it may be waiting for the processor.</summary>
    private static void TellMost(double late)
    {
        for (double seen = Volatile.Read(ref s_mostLate), was; late > seen; seen = was)
        {
            was = Interlocked.CompareExchange(ref s_mostLate, late, seen);
            if (was != seen) continue;
            Metrics.TickLateMost.Record(late);
            return;
        }
    }

    private static void Tell(Counter<long> counter, long total, ref long told)
    {
        if (total != told) counter.Add(total - told);
        told = total;
    }
}
