using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;

namespace Ringwright.Media.Graph;

/// <summary>
/// Stands between one port and the network and does harm as its fault says. What it delays it gives back at the first tick behind its time,
/// so the order of packets may change as it does on the way. Only the lab has such lines.
/// </summary>
internal sealed class BadLine(PortId port, LineFault fault)
{
    /// <summary>Packets that are delayed at a time; more pass at once.</summary>
    private const int Slots = 32;

    private readonly Rng _random = new(fault.Seed);
    private readonly Held[] _held = new Held[Slots];
    private readonly byte[] _bytes = new byte[Slots * Limits.PacketBytes];

    private record struct Held(bool IsTaken, bool IsOutgoing, bool IsControl, MediaAddress Peer, Instant Due, int Length);

    public PortId Port { get; } = port;

    /// <summary>True when the packet is lost, or comes later.</summary>
    public bool Takes(bool isOutgoing, bool isControl, MediaAddress peer, ReadOnlySpan<byte> bytes, Instant now)
    {
        if (_random.Chance(fault.Loss)) return true;
        var delay = fault.Jitter * _random.NextDouble();
        int slot = Array.FindIndex(_held, static held => !held.IsTaken);
        if (slot < 0 || bytes.Length > Limits.PacketBytes) return false;
        _held[slot] = new(true, isOutgoing, isControl, peer, now + delay, bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(slot * Limits.PacketBytes));
        return true;
    }

    /// <summary>The next packet whose time has come. The bytes are valid until another is taken.</summary>
    public bool TryGive(bool isOutgoing, Instant now, out bool isControl, out MediaAddress peer, out ReadOnlySpan<byte> bytes)
    {
        (isControl, peer) = (false, default);
        bytes = default;
        int first = -1;
        for (int i = 0; i < Slots; i++)
        {
            if (_held[i] is { IsTaken: true } held && held.IsOutgoing == isOutgoing && held.Due <= now
                && (first < 0 || held.Due < _held[first].Due)) first = i;
        }
        if (first < 0) return false;
        _held[first].IsTaken = false;
        (isControl, peer) = (_held[first].IsControl, _held[first].Peer);
        bytes = _bytes.AsSpan(first * Limits.PacketBytes, _held[first].Length);
        return true;
    }
}
