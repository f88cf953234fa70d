using System.Net;
using System.Net.Sockets;

namespace Ringwright.Bench.Machine;

/// <summary>Free loopback ports below Linux's ephemeral range (32768), so that outgoing connections cannot take one meanwhile.</summary>
internal static class FreePorts
{
    private const int First = 18_000, Last = 32_700;

    /// <summary>Programs that look at the same moment begin somewhere else.</summary>
    private static int _next = First + Environment.ProcessId * 257 % (Last - First - 4_000);

    /// <summary>Free by UDP and by TCP.</summary>
    public static int One() => Range(1);

    /// <summary>The first of so many in a row, an even number.</summary>
    public static int Range(int count)
    {
        for (int tries = 0; tries < 4_000; tries++)
        {
            if (_next + count >= Last) _next = First;
            int port = _next + (_next & 1);
            _next = port + count;
            if (Enumerable.Range(port, count).All(IsFree)) return port;
        }
        throw new InvalidOperationException($"no {count} free ports in a row between {First} and {Last}");
    }

    private static bool IsFree(int port) => CanBind(port, SocketType.Dgram, ProtocolType.Udp) && CanBind(port, SocketType.Stream, ProtocolType.Tcp);

    private static bool CanBind(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
