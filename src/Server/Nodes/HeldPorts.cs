using System.Net;
using System.Net.Sockets;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Free ports that stand where settings say 0, kept from other programs until the node's own listeners are there: between the choice and the last listener lies the whole start.
/// A bound socket that does not listen lets a second one listen in its place (SO_REUSEADDR), while Linux gives its port to nobody who asks for a free one.
/// </summary>
internal sealed class HeldPorts : IDisposable
{
    private const int FreePortTries = 20;

    private readonly List<Socket> _streams = [];
    private Socket? _datagrams;

    /// <exception cref="StartRefused">The address cannot be listened on.</exception>
    public IPEndPoint HoldTcp(IPEndPoint where)
    {
        if (where.Port != 0) return where;
        var socket = Bind(where, SocketType.Stream);
        _streams.Add(socket);
        return Local(socket);
    }

    /// <summary>SIP takes the same port by UDP and by TCP.</summary>
    /// <exception cref="StartRefused">The address cannot be listened on.</exception>
    public IPEndPoint HoldSip(IPEndPoint where)
    {
        if (where.Port != 0) return where;
        for (int tries = 1; ; tries++)
        {
            var datagrams = Bind(where, SocketType.Dgram);
            var found = Local(datagrams);
            try
            {
                _streams.Add(Bind(found, SocketType.Stream));
                _datagrams = datagrams;
                return found;
            }
            catch (StartRefused) when (tries < FreePortTries)
            {
                datagrams.Dispose();        // somebody has this port by TCP: another one
            }
        }
    }

    /// <summary>For the SIP listener, which comes now: two sockets cannot share a UDP port.</summary>
    public void LetUdpGo() => _datagrams?.Dispose();

    public void Dispose()
    {
        _datagrams?.Dispose();
        foreach (var socket in _streams) socket.Dispose();
    }

    private static Socket Bind(IPEndPoint where, SocketType type)
    {
        var socket = new Socket(where.AddressFamily, type, type is SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            if (type is SocketType.Stream) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(where);
            return socket;
        }
        catch (SocketException failed)
        {
            socket.Dispose();
            throw new StartRefused($"{where.Address} cannot be listened on: {failed.Message}", failed);
        }
    }

    private static IPEndPoint Local(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;      // bound by Bind
}
