using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Ringwright.Bench.Sockets;

/// <summary>A UDP socket without the framework's: one system call a packet and nothing allocated.</summary>
internal sealed unsafe class UdpPort : IDisposable
{
    private const int BufferBytes = 4 << 20;

    private UdpPort(int descriptor, Place local) => (Descriptor, Local) = (descriptor, local);

    public int Descriptor { get; }
    public Place Local { get; }

    /// <param name="local">Port 0 takes a free one.</param>
    /// <exception cref="Win32Exception">It cannot be bound.</exception>
    public static UdpPort Open(Place local, bool blocks = false) =>
        TryOpen(local, blocks) ?? throw new Win32Exception(Marshal.GetLastPInvokeError(), $"cannot bind {local}");

    /// <summary>An even port and the odd one above it, for RTP and RTCP, searched from <paramref name="from"/> on.</summary>
    /// <returns>The port after the pair's in <paramref name="from"/>.</returns>
    public static (UdpPort Rtp, UdpPort Rtcp) OpenPair(uint address, ref ushort from)
    {
        for (from += (ushort)(from & 1); from < ushort.MaxValue - 2;)
        {
            var rtp = TryOpen(new(address, from), blocks: false);
            var rtcp = rtp is null ? null : TryOpen(new(address, (ushort)(from + 1)), blocks: false);
            from += 2;
            if (rtp is not null && rtcp is not null) return (rtp, rtcp);
            rtp?.Dispose();
        }
        throw new InvalidOperationException("no two free UDP ports in a row");
    }

    private static UdpPort? TryOpen(Place local, bool blocks)
    {
        int socket = Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockCloseOnExec | (blocks ? 0 : Libc.SockNonBlock), 0);
        if (socket < 0) return null;
        int on = 1, buffer = BufferBytes;
        Libc.SetOption(socket, Libc.SolSocket, Libc.SoReceiveBuffer, &buffer, sizeof(int));
        if (!blocks) Libc.SetOption(socket, Libc.SolSocket, Libc.SoTimestampNs, &on, sizeof(int));
        byte* raw = stackalloc byte[Place.RawBytes];
        local.Write(new(raw, Place.RawBytes));
        uint length = Place.RawBytes;
        if (Libc.Bind(socket, raw, length) == 0 && Libc.SocketName(socket, raw, &length) == 0)
            return new(socket, Place.Read(new(raw, Place.RawBytes)));
        Libc.Close(socket);
        return null;
    }

    /// <returns>False when the system did not take it.</returns>
    public bool Send(ReadOnlySpan<byte> packet, Place to)
    {
        byte* raw = stackalloc byte[Place.RawBytes];
        to.Write(new(raw, Place.RawBytes));
        fixed (byte* bytes = packet)
            return Libc.SendTo(Descriptor, bytes, (nuint)packet.Length, Libc.MsgDontWait, raw, Place.RawBytes) == packet.Length;
    }

    public void Dispose() => Libc.Close(Descriptor);
}
