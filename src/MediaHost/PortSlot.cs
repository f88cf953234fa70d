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

    /// <summary>Who leases binds, and who ends unbinds: both at once where a process ends while its node still asks.</summary>
    private readonly Lock _gate = new();
    private bool _isGivenUp;

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
    /// <param name="error">errno of the call that failed; 0 of one that is bound, or given up for good.</param>
    public bool TryBind(out int error)
    {
        error = 0;
        lock (_gate)
        {
            if (IsBound || _isGivenUp) return false;
            int rtp = Open(Port, out error);
            if (rtp < 0) return false;
            int rtcp = Open(Port + 1, out error);
            if (rtcp < 0)
            {
                MediaLibc.Close(rtp);
                return false;
            }
            (Rtp, Rtcp) = (rtp, rtcp);
            return IsFresh = true;
        }
    }

    /// <summary>
    /// A descriptor is closed once: the kernel gives its number to the next who asks, and closed again it would be his.
    /// </summary>
    /// <returns>False when it was not bound.</returns>
    public bool Unbind()
    {
        lock (_gate)
        {
            if (!IsBound) return false;
            var (rtp, rtcp) = (Rtp, Rtcp);
            (Rtp, Rtcp) = (-1, -1);
            MediaLibc.Close(rtp);
            MediaLibc.Close(rtcp);
            return true;
        }
    }

    /// <summary>Its pool has ended: it is not bound any more, nor ever again.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            _isGivenUp = true;
            Unbind();
        }
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
