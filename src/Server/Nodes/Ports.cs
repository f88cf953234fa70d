using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Ringwright.Server.Doctor;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Nodes;

/// <summary>What must be known of addresses and ports before anything listens.</summary>
internal static class Ports
{
    /// <summary>Below it the runtime itself ends in the middle of the start.</summary>
    private const int LeastFiles = 512;

    /// <summary>
    /// The settings with each port 0 replaced by a free one: the target policy and the links in answers need the numbers before the listeners exist.
    /// </summary>
    /// <exception cref="StartRefused">An address cannot be listened on.</exception>
    public static ServeSettings Fix(ServeSettings settings, HeldPorts held) => settings with
    {
        Http = held.HoldTcp(settings.Http),
        Admin = held.HoldTcp(settings.Admin),
        Storage = settings.Storage is { } storage ? held.HoldTcp(storage) : null,
        Sip = held.HoldSip(settings.Sip),
        SipTls = settings.SipTls is { } secure ? held.HoldTcp(secure) : null,
    };

    /// <summary>Finds a port in use before the first start makes an account and shows its secrets.</summary>
    /// <exception cref="StartRefused">A listener's place is taken or not ours.</exception>
    public static void Check(ServeSettings settings)
    {
        CheckDistinct(settings);
        Check("--http", settings.Http, SocketType.Stream);
        Check("--admin", settings.Admin, SocketType.Stream);
        Check("--sip", settings.Sip, SocketType.Dgram);
        Check("--sip", settings.Sip, SocketType.Stream);
        if (settings.SipTls is { } secure) Check("--sip-tls", secure, SocketType.Stream);
        if (settings.Storage is { } storage) Check("--storage", storage, SocketType.Stream);
        CheckRtp(settings.Rtp);
        if (SystemChecks.OpenFiles is >= 0 and < LeastFiles and var files)
            throw new StartRefused($"this process may open only {files} files and needs at least {LeastFiles}: raise the limit (ulimit -n, or LimitNOFILE of the service)");
    }

    /// <summary>The public one first: the target policy lets media come from there.</summary>
    public static IReadOnlyList<IPEndPoint> Listeners(ServeSettings settings) =>
        [settings.Http, settings.Sip, settings.Admin, .. new[] { settings.SipTls, settings.Storage }.OfType<IPEndPoint>()];

    /// <summary>The machine's own addresses, loopback left out.</summary>
    public static IReadOnlyList<IPAddress> LocalAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus is OperationalStatus.Up && i.NetworkInterfaceType is not NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address),
    ];

    /// <summary>What SIP and SDP should say: the setting, else the listener's address, else (for a listener on every address) the machine's first.</summary>
    public static IPAddress Advertised(ServeSettings settings, IPAddress listener)
    {
        if (settings.Advertise is { } told) return told;
        if (!listener.Equals(IPAddress.Any) && !listener.Equals(IPAddress.IPv6Any)) return listener;
        return LocalAddresses().FirstOrDefault(a => a.AddressFamily == listener.AddressFamily && !a.IsIPv6LinkLocal)
            ?? throw new StartRefused($"this machine has no address of its own that SIP could name for {listener}; say it with --advertise");
    }

    /// <summary>The setting, else the HTTP listener's own place.</summary>
    public static Uri PublicUrl(ServeSettings settings) =>
        settings.PublicUrl ?? new UriBuilder(Uri.UriSchemeHttp, Advertised(settings, settings.Http.Address).ToString(), settings.Http.Port).Uri;

    private static void Check(string flag, IPEndPoint where, SocketType type)
    {
        using var socket = Open(where, type);
        // As Kestrel does: a port whose old connections linger is not in use.
        if (type is SocketType.Stream) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(where);
            if (type is SocketType.Stream) socket.Listen();
        }
        catch (SocketException failed)
        {
            throw Listener.Refusal(flag, where, failed);
        }
    }

    private static void CheckDistinct(ServeSettings settings)
    {
        List<(string Flag, IPEndPoint Where)> listeners = [("--http", settings.Http), ("--admin", settings.Admin)];
        if (settings.Storage is { } storage) listeners.Add(("--storage", storage));
        listeners.Add(("--sip", settings.Sip));
        if (settings.SipTls is { } secure) listeners.Add(("--sip-tls", secure));
        for (int i = 0; i < listeners.Count; i++)
            foreach (var other in listeners.Take(i))
                if (listeners[i].Where.Port != 0 && listeners[i].Where.Equals(other.Where))
                    throw new StartRefused($"{other.Flag} and {listeners[i].Flag} are both {other.Where}: give each a port of its own");
    }

    /// <summary>One free pair is enough to start; the media host takes what else is there.</summary>
    private static void CheckRtp(PortRange range)
    {
        SocketException? last = null;
        for (int port = range.First + (range.First & 1); port < range.Last; port += 2)
        {
            try
            {
                using var rtp = Open(new(range.Address, port), SocketType.Dgram);
                rtp.Bind(new IPEndPoint(range.Address, port));
                using var rtcp = Open(new(range.Address, port + 1), SocketType.Dgram);
                rtcp.Bind(new IPEndPoint(range.Address, port + 1));
                return;
            }
            catch (SocketException failed)
            {
                last = failed;
                if (failed.SocketErrorCode is SocketError.AddressNotAvailable) throw Listener.Refusal("--rtp", new(range.Address, port), failed);
            }
        }
        throw new StartRefused($"no pair of ports is free in --rtp {range}: stop the program that holds them or choose others with --rtp", last!);
    }

    private static Socket Open(IPEndPoint where, SocketType type) => new(where.AddressFamily, type, type is SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
}
