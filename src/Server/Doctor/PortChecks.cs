using System.Net;
using System.Net.Sockets;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Doctor;

/// <summary>Are the ports free that <c>serve</c> would take?</summary>
internal static class PortChecks
{
    /// <summary>Pairs that are tried; the whole range would take seconds and says no more.</summary>
    private const int SampledPairs = 200;

    public static IEnumerable<Finding> Run(ServeSettings settings)
    {
        yield return Listener("HTTP port", "--http", settings.Http, SocketType.Stream);
        foreach (var network in settings.Networks)
        {
            yield return Listener("SIP port", "--sip", network.Sip, SocketType.Dgram);
            yield return Listener("SIP by TCP", "--sip", network.Sip, SocketType.Stream);
            if (network.SipTls is { } secure) yield return Listener("SIP by TLS", "--sip-tls", secure, SocketType.Stream);
        }
        yield return Listener("admin port", "--admin", settings.Admin, SocketType.Stream);
        if (settings.Storage is { } storage) yield return Listener("storage port", "--storage", storage, SocketType.Stream);
        foreach (var network in settings.Networks) yield return RtpRange(network.Rtp);
        foreach (var fault in AddressRules.Find(settings, Ports.LocalAddresses()))
            yield return Finding.Bad("addresses", fault.Says, fault.Advice);
    }

    private static Finding Listener(string about, string flag, IPEndPoint where, SocketType type)
    {
        if (where.Port == 0) return Finding.Good(about, $"{where.Address}: any free one");
        return TryBind(where, type) switch
        {
            SocketError.Success => Finding.Good(about, $"{where} is free"),
            SocketError.AddressAlreadyInUse =>
                Finding.Bad(about, $"{where} is in use by another program", $"stop that program, or choose another port with {flag}"),
            SocketError.AddressNotAvailable =>
                Finding.Bad(about, $"{where.Address} is not an address of this machine", $"give {flag} one of this machine's addresses"),
            SocketError.AccessDenied =>
                Finding.Bad(about, $"{where} may not be opened by this user", $"choose a port above 1023 with {flag}"),
            var other => Finding.Bad(about, $"{where} cannot be opened: {other}", $"choose another address with {flag}"),
        };
    }

    private static Finding RtpRange(PortRange range)
    {
        int pairs = (range.Last - range.First + 1) / 2, step = Math.Max(1, pairs / SampledPairs), tried = 0, free = 0;
        for (int pair = 0; pair < pairs; pair += step, tried++)
        {
            int port = range.First + (range.First & 1) + pair * 2;
            if (port + 1 > range.Last) break;
            if (TryBind(new(range.Address, port), SocketType.Dgram) is SocketError.Success
                && TryBind(new(range.Address, port + 1), SocketType.Dgram) is SocketError.Success) free++;
        }
        string text = $"{range}, {pairs} pairs, {free} of {tried} tried are free";
        if (free == 0) return Finding.Bad("RTP ports", text, "choose another range with --rtp");
        return free * 2 < tried ? Finding.Warning("RTP ports", text, "choose another range with --rtp: half of this one is taken")
            : Finding.Good("RTP ports", text);
    }

    private static SocketError TryBind(IPEndPoint where, SocketType type)
    {
        try
        {
            using var socket = new Socket(where.AddressFamily, type, type is SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
            socket.Bind(where);
            return SocketError.Success;
        }
        catch (SocketException failed)
        {
            return failed.SocketErrorCode;
        }
    }
}
