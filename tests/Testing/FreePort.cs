using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Testing;

/// <summary>
/// Free loopback ports for what must name them before it listens. Nobody takes one meanwhile: they lie below Linux's
/// ephemeral range (32768), below the ports that a node takes for audio when it is told none (16384), above those of SIPp's control socket;
/// each block of them belongs to one process as long as that lives, and a port that was given rests before it is given again.
/// </summary>
public static class FreePort
{
    private const int First = 9_000, Last = 16_383, Block = 256, LongestRange = 240;
    /// <summary>Of a process: there are 28, and two suites run beside each other.</summary>
    private const int MostBlocks = 12;
    /// <summary>
    /// Longer than anybody waits between being given a port and listening on it; and, where so many are given, as long as most do.
    /// </summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1), ShortestRest = TimeSpan.FromSeconds(2);

    private static readonly Lock Gate = new();
    /// <summary>
    /// First ports of this process's blocks. A bound UDP socket on that port is the claim: no second one can be,
    /// and the kernel closes it with the process.
    /// </summary>
    private static readonly List<(int Begin, Socket Claim)> Blocks = [];
    private static readonly Dictionary<int, long> GivenAt = [];
    private static readonly HashSet<int> Kept = [];
    private static int _next;

    public static int Tcp() => Next(1);

    /// <summary>Free by TCP too: SIP listens on both.</summary>
    public static int Udp() => Next(1);

    /// <summary>The first of <paramref name="count"/> free UDP ports in a row, an even number (an RTP range).</summary>
    public static int UdpRange(int count) => Next(count);

    /// <summary>
    /// A socket that is bound to the first of <paramref name="count"/> free UDP ports in a row. What was free when it was looked at may not
    /// be when it is bound: a child that has not begun its program yet holds what its parent had open, and the next ones are taken.
    /// </summary>
    public static Socket BoundUdp(IPAddress address, int count)
    {
        for (int tries = 1; ; tries++)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                socket.Bind(new IPEndPoint(address, UdpRange(count)));
                return socket;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse && tries < 10)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Gives these to nobody else, even while nobody listens on them: for what is killed and started again in its place.</summary>
    public static void Keep(params ReadOnlySpan<int> ports)
    {
        lock (Gate)
            foreach (int port in ports) Kept.Add(port);
    }

    /// <summary>Ends <see cref="Keep"/>.</summary>
    public static void LetGo(params ReadOnlySpan<int> ports)
    {
        lock (Gate)
            foreach (int port in ports) Kept.Remove(port);
    }

    private static int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, LongestRange);
        lock (Gate)
        {
            int port;
            var rest = Rest;
            while (!TryFind(count, rest, out port))
            {
                if (TryClaimBlock()) continue;
                // This process has its share of blocks, or all are somebody's: those that were given first rest no longer. One that was
                // given just now is still free, for whoever has it is about to listen on it.
                rest /= 2;
                if (rest < ShortestRest)
                    throw new InvalidOperationException(
                        $"no {count} free ports in a row from {First} to {Last}: too many tests run beside each other");
            }
            for (int p = port; p < port + count; p++) GivenAt[p] = Stopwatch.GetTimestamp();
            return port;
        }
    }

    /// <summary>Goes round from where the last one was found.</summary>
    private static bool TryFind(int count, TimeSpan rest, out int port)
    {
        for (int tries = Blocks.Count * Block / 2; tries > 0; tries--)
        {
            int index = _next % (Blocks.Count * Block), offset = index % Block;
            port = Blocks[index / Block].Begin + offset;
            // The first two of a block are its claim.
            bool fits = offset >= 2 && offset + count <= Block && Enumerable.Range(port, count).All(p => IsFree(p, rest));
            _next = index + (fits ? count + (count & 1) : 2);
            if (fits) return true;
        }
        port = 0;
        return false;
    }

    private static bool IsFree(int port, TimeSpan rest) =>
        !Kept.Contains(port) && (!GivenAt.TryGetValue(port, out long at) || Stopwatch.GetElapsedTime(at) > rest)
        && CanBind(port, SocketType.Dgram) && CanBind(port, SocketType.Stream);

    /// <summary>False when there is none that is nobody's, or this process has its share.</summary>
    private static bool TryClaimBlock()
    {
        if (Blocks.Count == MostBlocks) return false;
        int end = Math.Min(Last, EphemeralFirst() - 1);
        // Where the machine gives out even these as ephemeral ports, a clash is unlikely but not impossible.
        if (end - First < Block) end = Last;
        for (int begin = First; begin + Block - 1 <= end; begin += Block)
        {
            if (Blocks.Exists(b => b.Begin == begin) || TryBind(begin, SocketType.Dgram) is not { } claim) continue;
            _next = Blocks.Count * Block;
            Blocks.Add((begin, claim));
            return true;
        }
        return false;
    }

    private static int EphemeralFirst() =>
        int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[0],
            CultureInfo.InvariantCulture);

    private static bool CanBind(int port, SocketType type)
    {
        using var socket = TryBind(port, type);
        return socket is not null;
    }

    private static Socket? TryBind(int port, SocketType type)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, type is SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
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
