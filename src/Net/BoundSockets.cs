using System.Net;
using System.Net.Sockets;

namespace Ringwright.Net;

/// <summary>
/// Sockets that have their port and do not listen yet. Whoever chooses a port hands the socket on with it:
/// between letting a port go and binding it again anybody may take it.
/// </summary>
public static class BoundSockets
{
    private const int FreePortTries = 20;

    /// <summary>For TCP. A port whose old connections linger is not in use. Nobody who asks for a free port is given this one.</summary>
    /// <param name="isDual">On every IPv6 address it takes IPv4 too, as web servers do.</param>
    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public static Socket Stream(IPEndPoint where, bool isDual = false) =>
        Bind(where, new(where.AddressFamily, SocketType.Stream, ProtocolType.Tcp), socket =>
        {
            if (isDual && where.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        });

    /// <summary>For UDP.</summary>
    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public static Socket Datagrams(IPEndPoint where) =>
        Bind(where, new(where.AddressFamily, SocketType.Dgram, ProtocolType.Udp), static _ => { });

    /// <summary>For SIP: the same port by UDP and by TCP (RFC 3261 section 18.2.1); when any will do, one that is free for both.</summary>
    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public static SipSockets Sip(IPEndPoint where)
    {
        for (int tries = 1; ; tries++)
        {
            var datagrams = Datagrams(where);
            try
            {
                return new(datagrams, Stream(Local(datagrams)));
            }
            catch (SocketException) when (where.Port == 0 && tries < FreePortTries)
            {
                datagrams.Dispose();        // somebody has this port by TCP: another one
            }
            catch
            {
                datagrams.Dispose();
                throw;
            }
        }
    }

    public static IPEndPoint Local(Socket bound) => (IPEndPoint)bound.LocalEndPoint!;      // it is bound

    private static Socket Bind(IPEndPoint where, Socket socket, Action<Socket> prepare)
    {
        try
        {
            prepare(socket);
            socket.Bind(where);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>One SIP port by UDP and by TCP.</summary>
public sealed record SipSockets(Socket Datagrams, Socket Streams) : IDisposable
{
    public IPEndPoint Local => BoundSockets.Local(Datagrams);

    public void Dispose()
    {
        Datagrams.Dispose();
        Streams.Dispose();
    }
}
