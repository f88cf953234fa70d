using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Media.Protocol;

/// <summary>
/// Names one lease of one media port: start-up epoch of the media process (32 bits), how often the port was leased (16),
/// index (16), from the top. Stale ids are dropped.
/// </summary>
public readonly record struct PortId(ulong Value)
{
    public uint Epoch => (uint)(Value >> 32);
    public ushort Lease => (ushort)(Value >> 16);
    public int Index => (ushort)Value;
    public static PortId Compose(uint epoch, int index, ushort lease = 0) =>
        new(((ulong)epoch << 32) | ((ulong)lease << 16) | (ushort)index);
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// A bound RTP/RTCP port pair, leased before any SDP is written. <paramref name="Local"/> is what SDP advertises.
/// </summary>
public readonly record struct PortLease(PortId Port, IPEndPoint Local)
{
    /// <summary>
    /// Where this machine's other ports reach it, whatever the world calls it; <see cref="Local"/> unless said otherwise.
    /// </summary>
    public IPEndPoint Inside { get => field ?? Local; init; }

    /// <summary>The node's network that it is on, by its number.</summary>
    public int Network { get; init; }
}

/// <summary>Media as the shards see it: leases from memory, commands one way; events come back as messages.</summary>
public interface IMediaPlane
{
    /// <summary>
    /// Takes a free port; what it says goes to the owner. Never blocks. False when all of that network are taken or media is dead.
    /// </summary>
    /// <param name="network">The node's network whose address the port has, by its number.</param>
    bool TryLease(Subject owner, int network, out PortLease lease);

    /// <summary>False while media is dead, or not started: there are no leases then, however many ports are free.</summary>
    bool IsUp { get; }

    /// <summary>Hands the command over; effective at the next tick. Never blocks. False when media counts as dead (queue full).</summary>
    bool Post(MediaCommand command);
}

public static class MediaPlaneExtensions
{
    /// <summary><see cref="IMediaPlane.TryLease"/>, with the reason.</summary>
    /// <returns><see cref="Refusal.None"/> when there is a lease.</returns>
    public static Refusal Lease(this IMediaPlane media, Subject owner, int network, out PortLease lease) =>
        media.TryLease(owner, network, out lease) ? Refusal.None : media.IsUp ? Refusal.NoMediaPort : Refusal.MediaAway;
}
