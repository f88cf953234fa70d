using System.Runtime.InteropServices;
using Ringwright.Media.Rtp;
using Ringwright.MediaHost.Native;

namespace Ringwright.MediaHost;

/// <summary>
/// One RTP/RTCP port pair of the range. Owned by whoever took it out of the pool, then by its tick thread until the port is closed.
/// </summary>
internal sealed unsafe class PortSlot(int index, MediaNetwork network, int port)
{
    private const int LeftoverPackets = 1024;

    public int Index { get; } = index;
    public int Port { get; } = port;
    /// <summary>How often the pair was leased.</summary>
    public ushort Leases { get; set; }
    public int Rtp { get; private set; } = -1;
    public int Rtcp { get; private set; } = -1;
    public bool IsBound => Rtp >= 0;

    /// <summary>Where its RTP or RTCP socket is.</summary>
    public MediaAddress At(bool isControl) => MediaAddress.From(new(network.Address, isControl ? Port + 1 : Port));

    /// <summary>
    /// Nobody has leased it since it was bound: what a call still sends there is meant for whoever had the port before.
    /// </summary>
    public bool IsFresh { get; set; }

    /// <summary>What is sent to that address comes here.</summary>
    public bool IsAt(MediaAddress address) =>
        address.Port - Port is 0 or 1 && !address.IsNone && network.IsAt(address.ToEndPoint().Address);

    /// <summary>Binds both sockets or none.</summary>
    /// <param name="error">errno of the call that failed.</param>
    public bool TryBind(out int error)
    {
        Rtp = Open(Port, out error);
        if (Rtp < 0) return false;
        Rtcp = Open(Port + 1, out error);
        if (Rtcp >= 0) return IsFresh = true;
        Unbind();
        return false;
    }

    public void Unbind()
    {
        if (Rtp >= 0) MediaLibc.Close(Rtp);
        if (Rtcp >= 0) MediaLibc.Close(Rtcp);
        (Rtp, Rtcp) = (-1, -1);
    }

    /// <summary>
    /// Throws away what arrived while nobody had leased the pair: packets of an earlier call must not be heard by the next.
    /// </summary>
    public void Drain()
    {
        byte scratch;
        for (int i = 0; i < LeftoverPackets && MediaLibc.Receive(Rtp, &scratch, 1, MediaLibc.MsgDontWait) >= 0; i++)
        {
        }
        for (int i = 0; i < LeftoverPackets && MediaLibc.Receive(Rtcp, &scratch, 1, MediaLibc.MsgDontWait) >= 0; i++)
        {
        }
    }

    private int Open(int port, out int error)
    {
        var local = MediaAddress.From(new(network.Address, port));
        int socket = MediaLibc.Socket(local.IsV6 ? MediaLibc.AfInet6 : MediaLibc.AfInet,
            MediaLibc.SockDgram | MediaLibc.SockNonBlock | MediaLibc.SockCloseOnExec, 0);
        error = socket < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (socket < 0) return -1;

        int on = 1;
        MediaLibc.SetOption(socket, MediaLibc.SolSocket, MediaLibc.SoTimestampNs, &on, sizeof(int));
        // Without it one on every IPv6 address would take the port of one on every IPv4 address.
        if (local.IsV6) MediaLibc.SetOption(socket, MediaLibc.IpProtoIpv6, MediaLibc.Ipv6Only, &on, sizeof(int));
        byte* raw = stackalloc byte[RawAddress.MostBytes];
        int length = RawAddress.Write(local, new Span<byte>(raw, RawAddress.MostBytes));
        if (MediaLibc.Bind(socket, raw, (uint)length) == 0) return socket;
        error = Marshal.GetLastPInvokeError();
        MediaLibc.Close(socket);
        return -1;
    }
}
