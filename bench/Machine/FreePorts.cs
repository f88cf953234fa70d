using System.Net;
using System.Net.Sockets;

namespace Ringwright.Bench.Machine;

/// <summary>
/// Free loopback ports below Linux's ephemeral range (32768), so that outgoing connections cannot take one meanwhile;
/// single ones below those that a node takes for audio when it is told none (16384), in a block that belongs to this process as long
/// as it lives, so that no other node can.
/// </summary>
internal static class FreePorts
{
    private const int First = 6_000, Block = 140, Blocks = 20, FirstInRow = 18_000, LastInRow = 32_700;

    /// <summary>Of this process's block; bound, so that it is nobody else's.</summary>
    private static readonly Socket Claim = Enumerable.Range(0, Blocks)
        .Select(i => TryBind(First + i * Block, SocketType.Dgram, ProtocolType.Udp)).FirstOrDefault(socket => socket is not null)
        ?? throw new InvalidOperationException("no free ports: too many of these programs run");
    private static readonly int Begin = ((IPEndPoint)Claim.LocalEndPoint!).Port + 2;       // it is bound

    private static int _next = Begin;
    // Programs that look at the same moment begin somewhere else; should they meet, a node goes past the ports that another has.
    private static int _nextInRow = FirstInRow + Environment.ProcessId * 257 % (LastInRow - FirstInRow - 4_000);

    /// <summary>Free by UDP and by TCP.</summary>
    public static int One() => Find(ref _next, 1, Begin, Begin + Block - 2);

    /// <summary>The first of so many in a row, an even number.</summary>
    public static int Range(int count) => Find(ref _nextInRow, count, FirstInRow, LastInRow);

    private static int Find(ref int next, int count, int first, int last)
    {
        for (int tries = 0; tries < 4_000; tries++)
        {
            if (next + count >= last) next = first;
            int port = next + (next & 1);
            next = port + count;
            if (Enumerable.Range(port, count).All(IsFree)) return port;
        }
        throw new InvalidOperationException($"no {count} free ports in a row between {first} and {last}");
    }

    private static bool IsFree(int port) =>
        CanBind(port, SocketType.Dgram, ProtocolType.Udp) && CanBind(port, SocketType.Stream, ProtocolType.Tcp);

    private static bool CanBind(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = TryBind(port, type, protocol);
        return socket is not null;
    }

    private static Socket? TryBind(int port, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
