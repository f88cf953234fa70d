using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;

namespace Ringwright.Media;

/// <summary>A packet that a shard wants sent. The bytes are valid until the shard's next input.</summary>
public readonly ref struct OutgoingPacket(PortId port, bool isControl, MediaAddress to, ReadOnlySpan<byte> bytes)
{
    public PortId Port { get; } = port;
    /// <summary>Goes out of the RTCP socket.</summary>
    public bool IsControl { get; } = isControl;
    public MediaAddress To { get; } = to;
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}

/// <summary>One slab for all packets of a tick; it grows until it fits and then stays.</summary>
internal sealed class OutgoingPackets
{
    private record struct Entry(PortId Port, bool IsControl, MediaAddress To, int Start, int Length);

    private byte[] _slab = new byte[16 * 1024];
    private Entry[] _entries = new Entry[64];
    private int _used, _count, _polled;

    /// <summary>Room for one packet; what is used of it is said to <see cref="Commit"/>.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_polled == _count) (_used, _count, _polled) = (0, 0, 0);
        if (_used + bytes > _slab.Length) Array.Resize(ref _slab, Math.Max(2 * _slab.Length, _used + bytes));
        if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);
        return _slab.AsSpan(_used, bytes);
    }

    public void Commit(PortId port, bool isControl, MediaAddress to, int bytes)
    {
        _entries[_count++] = new(port, isControl, to, _used, bytes);
        _used += bytes;
    }

    public bool TryPoll(out OutgoingPacket packet)
    {
        packet = default;
        if (_polled == _count) return false;
        ref var entry = ref _entries[_polled++];
        packet = new(entry.Port, entry.IsControl, entry.To, _slab.AsSpan(entry.Start, entry.Length));
        return true;
    }
}
