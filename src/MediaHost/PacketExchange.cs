using System.Collections.Concurrent;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Rtp;

namespace Ringwright.MediaHost;

/// <summary>
/// RTP and RTCP between the media hosts of one process that tick by one clock: what a tick sends waits for the tick of the other. What goes
/// to anybody else goes by the socket.
/// </summary>
public sealed class PacketExchange
{
    private readonly ConcurrentDictionary<MediaAddress, PacketPlace> _places = new();

    /// <summary>From here on packets to the address come into the inbox.</summary>
    internal void Open(MediaAddress at, PacketPlace place) => _places[at] = place;

    internal void Close(MediaAddress at)
    {
        if (_places.TryRemove(at, out var place)) place.IsClosed = true;
    }

    /// <summary>False when nobody here has that address.</summary>
    internal bool TrySend(MediaAddress from, MediaAddress to, ReadOnlySpan<byte> bytes, Instant now)
    {
        if (!_places.TryGetValue(to, out var place)) return false;
        place.Inbox.Add(place, bytes.ToArray(), from, now);
        return true;
    }
}

/// <summary>One socket's place at the exchange.</summary>
internal sealed class PacketPlace(PacketInbox inbox, int index, bool isControl)
{
    public PacketInbox Inbox => inbox;
    public int Index => index;
    public bool IsControl => isControl;
    /// <summary>What still waits for it is dropped.</summary>
    public volatile bool IsClosed;
}

/// <summary>What has come for the ports of one shard since its last tick.</summary>
internal sealed class PacketInbox
{
    private readonly ConcurrentQueue<(PacketPlace Place, byte[] Bytes, MediaAddress From, Instant At)> _packets = new();

    public void Add(PacketPlace place, byte[] bytes, MediaAddress from, Instant at) => _packets.Enqueue((place, bytes, from, at));

    public void ReadAll(MediaShard shard)
    {
        for (int left = _packets.Count; left > 0 && _packets.TryDequeue(out var packet); left--)
        {
            var place = packet.Place;
            if (!place.IsClosed) shard.HandlePacket(place.Index, place.IsControl, packet.Bytes, packet.From, packet.At);
        }
    }
}
