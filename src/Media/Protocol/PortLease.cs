using System.Net;
using Ringwright.Core;

namespace Ringwright.Media.Protocol;

/// <summary>Names one media port of one start-up of the media process: epoch in the upper half, index in the lower. Stale ids are dropped.</summary>
public readonly record struct PortId(ulong Value)
{
    public uint Epoch => (uint)(Value >> 32);
    public int Index => (int)(uint)Value;
    public static PortId Compose(uint epoch, int index) => new(((ulong)epoch << 32) | (uint)index);
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A bound RTP/RTCP port pair, leased to a leg before any SDP is written. <paramref name="Local"/> is what SDP advertises.</summary>
public readonly record struct PortLease(PortId Port, IPEndPoint Local);

/// <summary>Media as the shards see it: leases from memory, commands one way; events come back as letters.</summary>
public interface IMediaPlane
{
    /// <summary>Takes a free port for the leg. Never blocks. False when all are taken or media is dead.</summary>
    bool TryLease(LegId owner, out PortLease lease);

    /// <summary>Hands the command over; effective at the next tick. Never blocks. False when media counts as dead (queue full).</summary>
    bool Post(MediaCommand command);
}
