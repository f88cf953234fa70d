using System.Collections.Concurrent;
using System.Net;

namespace Ringwright.Net;

/// <summary>
/// SIP datagrams between the engines of one process that share a clock of their own. Each is handed over by the thread that sends it, so
/// that none is ever under way unseen. What goes to anybody else goes by the socket.
/// </summary>
public sealed class DatagramExchange
{
    private readonly ConcurrentDictionary<IPEndPoint, Action<byte[], IPEndPoint>> _places = new();

    internal void Join(IPEndPoint place, Action<byte[], IPEndPoint> handle) => _places[place] = handle;

    internal void Leave(IPEndPoint place) => _places.TryRemove(place, out _);

    /// <summary>False when nobody here has that place.</summary>
    internal bool TrySend(ReadOnlySpan<byte> bytes, IPEndPoint from, IPEndPoint to)
    {
        if (!_places.TryGetValue(to, out var handle)) return false;
        if (!bytes.IsEmpty) handle(bytes.ToArray(), from);
        return true;
    }
}
