using System.Net;
using System.Net.Sockets;

namespace Ringwright.Testing;

/// <summary>Free loopback ports, below Linux's ephemeral range (32768) so that outgoing connections cannot take one meanwhile.</summary>
public static class FreePort
{
    private const int First = 20_000, Last = 32_000;

    // Test processes run beside each other: each starts somewhere else.
    private static int _next = First + (Environment.ProcessId * 131) % (Last - First);

    public static int Tcp() => Next(1, tcp: true);

    /// <summary>Free by TCP too: SIP listens on both.</summary>
    public static int Udp() => Next(1, tcp: false);

    /// <summary>The first of <paramref name="count"/> free UDP ports in a row, an even number (an RTP range).</summary>
    public static int UdpRange(int count) => Next(count, tcp: false);

    private static int Next(int count, bool tcp)
    {
        for (int tries = 0; tries < 2_000; tries++)
        {
            int step = count + (count & 1) + 2;
            // Where the step begins, not where it ends: that is where the next one looks.
            int port = First + (Interlocked.Add(ref _next, step) - step - First) % (Last - First - count);
            port &= ~1;
            if (Enumerable.Range(port, count).All(p => IsFree(p, tcp) && (count > 1 || IsFree(p, !tcp)))) return port;
        }
        throw new InvalidOperationException($"no {count} free ports between {First} and {Last}");
    }

    private static bool IsFree(int port, bool tcp)
    {
        using var socket = tcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
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
