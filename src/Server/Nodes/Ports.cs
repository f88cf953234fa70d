using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Ringwright.Net;
using Ringwright.Server.Doctor;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Nodes;

/// <summary>What must be known of addresses and ports before anything listens.</summary>
internal static class Ports
{
    /// <summary>Below it the runtime itself ends in the middle of the start.</summary>
    private const int LeastFiles = 512;

    /// <summary>
    /// Binds every listener's place, before the first start makes an account and shows its secrets. The answer is the settings with each
    /// port 0 replaced by a free one: the target policy and the links in answers need the numbers before the listeners exist.
    /// </summary>
    /// <exception cref="StartRefused">A listener's place is taken or not ours, or the addresses cannot work together.</exception>
    public static ServeSettings Hold(ServeSettings settings, HeldPorts held)
    {
        CheckDistinct(settings);
        foreach (var fault in AddressRules.Find(settings, LocalAddresses())) throw new StartRefused($"{fault.Says}: {fault.Advice}");
        if (SystemChecks.OpenFiles is >= 0 and < LeastFiles and var files)
            throw new StartRefused(
                $"this process may open only {files} files and needs at least {LeastFiles}: raise the limit (ulimit -n, or LimitNOFILE of "
                + "the service)");
        var first = Hold(settings.Networks[0], held);
        var fixedSettings = settings with
        {
            Http = held.HoldWeb("--http", settings.Http),
            Admin = held.HoldWeb("--admin", settings.Admin),
            Sip = first.Sip,
            SipTls = first.SipTls,
            Others = [.. settings.Others.Select(other => Hold(other, held))],
            Storage = settings.Storage is { } storage ? held.HoldWeb("--storage", storage) : null,
        };
        foreach (var network in settings.Networks) CheckRtp(network.Rtp);
        return fixedSettings;
    }

    private static NetworkSettings Hold(NetworkSettings network, HeldPorts held) => network with
    {
        Sip = held.HoldSip("--sip", network.Sip),
        SipTls = network.SipTls is { } secure ? held.HoldSipTls("--sip-tls", secure) : null,
    };

    /// <summary>The public one first: the target policy lets media come from there.</summary>
    public static IReadOnlyList<IPEndPoint> Listeners(ServeSettings settings) =>
    [
        settings.Http, settings.Admin, .. settings.Networks.Select(network => network.Sip),
        .. settings.Networks.Select(network => network.SipTls).Append(settings.Storage).OfType<IPEndPoint>(),
    ];

    /// <summary>The machine's own addresses, loopback left out.</summary>
    public static IReadOnlyList<IPAddress> LocalAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus is OperationalStatus.Up && i.NetworkInterfaceType is not NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address),
    ];

    /// <summary>Addresses that the world has for this machine, where they are not its own.</summary>
    public static IReadOnlyList<IPAddress> AdvertisedAddresses(ServeSettings settings) =>
        [.. settings.Networks.Select(network => network.Advertise).OfType<IPAddress>()];

    /// <summary>
    /// What SIP and SDP should say: the setting, else the listener's address, else (for a listener on every address) the machine's first.
    /// </summary>
    public static IPAddress Advertised(NetworkSettings network, IPAddress listener)
    {
        if (network.Advertise is { } told) return told;
        if (!listener.Equals(IPAddress.Any) && !listener.Equals(IPAddress.IPv6Any)) return listener;
        return LocalAddresses().FirstOrDefault(a => a.AddressFamily == listener.AddressFamily && !a.IsIPv6LinkLocal)
            ?? throw new StartRefused(
                $"this machine has no address of its own that SIP could name for {listener}; say it with --advertise");
    }

    /// <summary>The setting, else the HTTP listener's own place.</summary>
    public static Uri PublicUrl(ServeSettings settings) =>
        settings.PublicUrl
        ?? new UriBuilder(Uri.UriSchemeHttp, Advertised(settings.Networks[0], settings.Http.Address).ToString(), settings.Http.Port).Uri;

    private static void CheckDistinct(ServeSettings settings)
    {
        List<(string Flag, IPEndPoint Where)> listeners = [("--http", settings.Http), ("--admin", settings.Admin)];
        if (settings.Storage is { } storage) listeners.Add(("--storage", storage));
        foreach (var network in settings.Networks)
        {
            listeners.Add(("--sip", network.Sip));
            if (network.SipTls is { } secure) listeners.Add(("--sip-tls", secure));
        }
        for (int i = 0; i < listeners.Count; i++)
            foreach (var other in listeners.Take(i))
                if (listeners[i].Where.Port != 0 && listeners[i].Where.Equals(other.Where))
                    throw new StartRefused($"{other.Flag} and {listeners[i].Flag} are both {other.Where}: give each a port of its own");
    }

    /// <summary>One free pair is enough to start; the media host takes what is there, and goes past what is not.</summary>
    private static void CheckRtp(PortRange range)
    {
        SocketException? last = null;
        for (int port = range.First + (range.First & 1); port < range.Last; port += 2)
        {
            try
            {
                using var rtp = BoundSockets.Datagrams(new(range.Address, port));
                using var rtcp = BoundSockets.Datagrams(new(range.Address, port + 1));
                return;
            }
            catch (SocketException failed)
            {
                last = failed;
                if (failed.SocketErrorCode is SocketError.AddressNotAvailable)
                    throw WebListener.Refusal("--rtp", new(range.Address, port), failed);
            }
        }
        throw new StartRefused(
            $"no pair of ports is free in --rtp {range}: stop the program that holds them or choose others with --rtp", last!);
    }
}
