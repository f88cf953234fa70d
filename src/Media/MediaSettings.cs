using Ringwright.Core;

namespace Ringwright.Media;

/// <summary>What all ports of a shard have in common.</summary>
public sealed record MediaSettings
{
    /// <summary>Sends silence while a port has nothing to say.</summary>
    public bool SendsSilence { get; init; } = true;
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>For the NTP times of sender reports.</summary>
    public WallAnchor Anchor { get; init; } = new(default, default);
    /// <summary>Indices of ports are below this.</summary>
    public int Capacity { get; init; } = 16 * 1024;
    /// <summary>For stream sources, first sequence numbers and timestamps.</summary>
    public ulong Seed { get; init; }
}

/// <summary>Totals of a shard; written by its thread, read by anyone.</summary>
public sealed class MediaCounters
{
    public long PacketsReceived;
    public long PacketsSent;
    /// <summary>No RTP or RTCP.</summary>
    public long PacketsMalformed;
    /// <summary>From an address that is not the port's remote, or for a port that is not open.</summary>
    public long PacketsForeign;
    /// <summary>Of a payload type that was not agreed.</summary>
    public long PacketsUnexpected;
    /// <summary>Of an encrypted stream: not made with its key.</summary>
    public long PacketsForged;
    /// <summary>Of an encrypted stream: genuine once, and seen before.</summary>
    public long PacketsReplayed;
    public long DigitsReceived;
    public long Ticks;
    /// <summary>Of ours, over a packet, a command, a port in a tick or a room.</summary>
    public long Faults;
}
