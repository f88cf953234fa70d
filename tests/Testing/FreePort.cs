using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Testing;

/// <summary>
/// Free loopback ports for what must name them before it listens. Nobody takes one meanwhile: they lie below Linux's ephemeral range (32768), below the ports that a node takes
/// for audio when it is told none (16384), above those of SIPp's control socket, and each test process has a part for itself.
/// </summary>
public static class FreePort
{
    private const int First = 9_000, Parts = 2, Part = 2_500, LongestRange = 128;

    /// <summary>The same round for ports and ranges: who goes round again meets nobody who has just been given his, and does not listen yet.</summary>
    private const int Round = Part - 2 - LongestRange;

    /// <summary>Bound as long as the process lives: its part's first port.</summary>
    private static readonly Socket? Claim = Enumerable.Range(0, Parts).Select(part => TryBind(First + part * Part, tcp: false)).FirstOrDefault(socket => socket is not null);

    /// <summary>A third process shares the last part.</summary>
    private static readonly int Begin = (Claim is { LocalEndPoint: IPEndPoint claimed } ? claimed.Port : First + (Parts - 1) * Part) + 2;

    private static readonly ConcurrentDictionary<int, bool> Kept = new();

    private static int _next;

    public static int Tcp() => Next(1, tcp: true);

    /// <summary>Free by TCP too: SIP listens on both.</summary>
    public static int Udp() => Next(1, tcp: false);

    /// <summary>The first of <paramref name="count"/> free UDP ports in a row, an even number (an RTP range).</summary>
    public static int UdpRange(int count) => Next(count, tcp: false);

    /// <summary>Gives these to nobody else, even while nobody listens on them: for what is killed and started again in its place.</summary>
    public static void Keep(params ReadOnlySpan<int> ports)
    {
        foreach (int port in ports) Kept[port] = true;
    }

    /// <summary>Ends <see cref="Keep"/>.</summary>
    public static void LetGo(params ReadOnlySpan<int> ports)
    {
        foreach (int port in ports) Kept.TryRemove(port, out _);
    }

    private static int Next(int count, bool tcp)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, LongestRange);
        for (int tries = 0; tries < Part; tries++)
        {
            int step = count + (count & 1) + 2;
            // Where the step begins, not where it ends: that is where the next one looks.
            int port = (Begin + (Interlocked.Add(ref _next, step) - step) % Round) & ~1;
            if (Enumerable.Range(port, count).All(p => IsFree(p, tcp) && (count > 1 || IsFree(p, !tcp)))) return port;
        }
        throw new InvalidOperationException($"no {count} free ports in a row from {Begin} on");
    }

    private static bool IsFree(int port, bool tcp)
    {
        using var socket = Kept.ContainsKey(port) ? null : TryBind(port, tcp);
        return socket is not null;
    }

    private static Socket? TryBind(int port, bool tcp)
    {
        var socket = tcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
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
