using System.Net;
using System.Net.Sockets;

namespace Ringwright.Core;

/// <summary>What a target is wanted for. Only media and documents may be fetched from the node itself, from its public listener.</summary>
public enum TargetUse { Webhook, Media, Document, Socket, Bucket, Signalling, Rtp }

/// <summary>The policy's answer: allowed, or the range that forbids it.</summary>
public enum TargetVerdict
{
    Allowed, Unspecified, Loopback, Private, LinkLocal, Platform, Multicast, Broadcast, Reserved, OwnListener, OwnPort,
}

/// <summary>
/// Decides which addresses a customer may make the node talk to. Pure: whoever connects asks again with the address that it really connects
/// to, after each DNS answer and each redirect.
/// </summary>
public sealed class TargetPolicy
{
    /// <summary>Nothing but public addresses.</summary>
    public static readonly TargetPolicy Strict = new();

    private static readonly (IPNetwork Network, TargetVerdict Verdict)[] Ranges =
    [
        (IPNetwork.Parse("0.0.0.0/8"), TargetVerdict.Unspecified),
        (IPNetwork.Parse("127.0.0.0/8"), TargetVerdict.Loopback),
        (IPNetwork.Parse("169.254.0.0/16"), TargetVerdict.LinkLocal),
        // Where clouds tell a machine its secrets beside 169.254.169.254. They stand before the ranges that an operator may open.
        (IPNetwork.Parse("168.63.129.16/32"), TargetVerdict.Platform),   // Azure's host, a public address that leads nowhere else
        (IPNetwork.Parse("100.100.100.200/32"), TargetVerdict.Platform), // Alibaba
        (IPNetwork.Parse("192.0.0.192/32"), TargetVerdict.Platform),     // Oracle
        (IPNetwork.Parse("fd00:ec2::/32"), TargetVerdict.Platform),      // Amazon
        (IPNetwork.Parse("fd20:ce::254/128"), TargetVerdict.Platform),   // Google
        (IPNetwork.Parse("10.0.0.0/8"), TargetVerdict.Private),
        (IPNetwork.Parse("172.16.0.0/12"), TargetVerdict.Private),
        (IPNetwork.Parse("192.168.0.0/16"), TargetVerdict.Private),
        (IPNetwork.Parse("100.64.0.0/10"), TargetVerdict.Private),       // RFC 6598, carrier-grade NAT
        (IPNetwork.Parse("192.0.0.0/24"), TargetVerdict.Reserved),       // RFC 6890
        (IPNetwork.Parse("192.0.2.0/24"), TargetVerdict.Reserved),       // RFC 5737, documentation
        (IPNetwork.Parse("198.51.100.0/24"), TargetVerdict.Reserved),
        (IPNetwork.Parse("203.0.113.0/24"), TargetVerdict.Reserved),
        (IPNetwork.Parse("198.18.0.0/15"), TargetVerdict.Reserved),      // RFC 2544, benchmarks
        (IPNetwork.Parse("224.0.0.0/4"), TargetVerdict.Multicast),
        (IPNetwork.Parse("255.255.255.255/32"), TargetVerdict.Broadcast),
        (IPNetwork.Parse("240.0.0.0/4"), TargetVerdict.Reserved),
        (IPNetwork.Parse("::/128"), TargetVerdict.Unspecified),
        (IPNetwork.Parse("::1/128"), TargetVerdict.Loopback),
        (IPNetwork.Parse("fe80::/10"), TargetVerdict.LinkLocal),
        (IPNetwork.Parse("fec0::/10"), TargetVerdict.Private),           // RFC 3879, deprecated site-local
        (IPNetwork.Parse("fc00::/7"), TargetVerdict.Private),            // RFC 4193, unique local
        (IPNetwork.Parse("ff00::/8"), TargetVerdict.Multicast),
        // RFC 8215: NAT64 of the local network, with its private IPv4 behind it
        (IPNetwork.Parse("64:ff9b:1::/48"), TargetVerdict.Reserved),
        (IPNetwork.Parse("::ffff:0:0:0/96"), TargetVerdict.Reserved),    // RFC 2765, IPv4 translated
        (IPNetwork.Parse("2001::/32"), TargetVerdict.Reserved),          // RFC 4380, Teredo: a tunnel to the IPv4 address inside
        (IPNetwork.Parse("2001:2::/48"), TargetVerdict.Reserved),        // RFC 5180, benchmarks
        (IPNetwork.Parse("2001:10::/28"), TargetVerdict.Reserved),       // RFC 4843 and RFC 7343, hashes of keys
        (IPNetwork.Parse("2001:20::/28"), TargetVerdict.Reserved),
        (IPNetwork.Parse("2001:db8::/32"), TargetVerdict.Reserved),      // RFC 3849 and RFC 9637, documentation
        (IPNetwork.Parse("3fff::/20"), TargetVerdict.Reserved),
        (IPNetwork.Parse("5f00::/16"), TargetVerdict.Reserved),          // RFC 9602, segment routing
        (IPNetwork.Parse("100::/64"), TargetVerdict.Reserved),           // RFC 6666, discard
    ];

    /// <summary>What is wrong with a name that is not looked up, as the end of a sentence.</summary>
    public const string OnlyInside = "names that only an inner network knows need the operator's permission";

    /// <summary>RFC 6762, RFC 8375, the top-level domain that is kept for private use, and what networks call themselves.</summary>
    private static readonly string[] InnerEndings =
        [".local", ".internal", ".home.arpa", ".lan", ".home", ".corp", ".intranet", ".localdomain"];

    /// <summary>True while every listener of the node is on loopback.</summary>
    public bool IsLoopbackAllowed { get; init; }

    /// <summary>
    /// Private and reserved ranges that the operator opened; loopback, link-local and where clouds tell machines of themselves stay shut.
    /// </summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>
    /// The node's own listeners; one on the wildcard address stands for loopback and all of <see cref="LocalAddresses"/>.
    /// </summary>
    public IReadOnlyList<IPEndPoint> OwnListeners { get; init; } = [];

    /// <summary>The one of them that serves media and documents; only from there may the node fetch its own.</summary>
    public IPEndPoint? MediaListener { get; init; }

    /// <summary>Addresses of this machine, for listeners on the wildcard address.</summary>
    public IReadOnlyList<IPAddress> LocalAddresses { get; init; } = [];

    /// <summary>What the world calls this machine: the listeners are there too.</summary>
    public IReadOnlyList<IPAddress> AdvertisedAddresses { get; init; } = [];

    /// <summary>Ports of calls, and others that come and go; they take datagrams alone.</summary>
    public IOwnPorts OwnPorts { get; init; } = NoOwnPorts.Instance;

    /// <summary>Names that the operator chose himself, whatever they look like: that of the public URL.</summary>
    public IReadOnlyList<string> NamedHosts { get; init; } = [];

    /// <summary>What the operator configured (trunks, providers) and the lab's own; port 0 stands for every port.</summary>
    public IReadOnlyList<IPEndPoint> Exempt { get; init; } = [];

    /// <summary>The policy of a node with these listeners, the first of which serves the API, media and documents.</summary>
    public static TargetPolicy For(IReadOnlyList<IPEndPoint> listeners, IReadOnlyList<IPNetwork> allowedNetworks,
        IReadOnlyList<IPAddress> localAddresses, IReadOnlyList<IPAddress>? advertised = null, IOwnPorts? own = null,
        IReadOnlyList<string>? named = null) => new()
        {
            IsLoopbackAllowed = listeners.All(l => IPAddress.IsLoopback(l.Address)),
            AllowedNetworks = allowedNetworks,
            OwnListeners = listeners,
            MediaListener = listeners.Count > 0 ? listeners[0] : null,
            LocalAddresses = localAddresses,
            AdvertisedAddresses = advertised ?? [],
            OwnPorts = own ?? NoOwnPorts.Instance,
            NamedHosts = named ?? [],
        };

    /// <summary>
    /// Whether a name that a customer wrote is looked up at all. One that only the network inside knows is not while no private network is
    /// open: neither an answer nor the time that it takes says which names there are. Where loopback is allowed the node is nobody else's.
    /// </summary>
    /// <param name="host">No literal address.</param>
    public bool MayLookUp(string host)
    {
        if (IsLoopbackAllowed || AllowedNetworks.Count > 0) return true;
        host = host.TrimEnd('.');
        if (NamedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)) return true;
        // Everybody knows what this one means, and it is refused for that.
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return host.Contains('.') && !InnerEndings.Any(ending => host.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }

    public TargetVerdict Check(IPEndPoint target, TargetUse use) => Check(target.Address, target.Port, use);

    public TargetVerdict Check(IPAddress address, int port, TargetUse use)
    {
        address = Unwrap(address);
        foreach (var exempt in Exempt)
            if (exempt.Address.Equals(address) && (exempt.Port == 0 || exempt.Port == port)) return TargetVerdict.Allowed;

        var verdict = Classify(address);
        bool isOwnFetch = use is TargetUse.Media or TargetUse.Document && MediaListener is { } media && Is(media, address, port);
        bool isOpen = verdict switch
        {
            TargetVerdict.Allowed => true,
            TargetVerdict.Loopback => IsLoopbackAllowed,
            TargetVerdict.Private or TargetVerdict.Reserved => isOwnFetch || AllowedNetworks.Any(n => n.Contains(address)),
            _ => false,
        };
        if (!isOpen) return verdict;
        foreach (var own in OwnListeners)
            if (Is(own, address, port) && !(isOwnFetch && own.Equals(MediaListener))) return TargetVerdict.OwnListener;
        return use is TargetUse.Rtp or TargetUse.Signalling && OwnPorts.Has(address, port) ? TargetVerdict.OwnPort : TargetVerdict.Allowed;
    }

    /// <summary>
    /// The node itself takes datagrams there: no description, Contact or order may name it, whoever vouches for its host otherwise.
    /// </summary>
    public bool IsOwn(IPEndPoint target)
    {
        var address = Unwrap(target.Address);
        foreach (var own in OwnListeners)
            if (Is(own, address, target.Port)) return true;
        return OwnPorts.Has(address, target.Port);
    }

    /// <summary>The reason in words, for a customer.</summary>
    public static string Describe(TargetVerdict verdict) => verdict switch
    {
        TargetVerdict.Allowed => "the address is allowed",
        TargetVerdict.Unspecified => "the unspecified address is not a target",
        TargetVerdict.Loopback => "loopback addresses are allowed only while the node itself listens on loopback",
        TargetVerdict.Private => "private addresses need the operator's permission",
        TargetVerdict.LinkLocal => "link-local addresses are never a target",
        TargetVerdict.Platform => "addresses by which a cloud tells its machines of themselves are never a target",
        TargetVerdict.Multicast => "multicast addresses are never a target",
        TargetVerdict.Broadcast => "the broadcast address is never a target",
        TargetVerdict.Reserved => "reserved addresses need the operator's permission",
        TargetVerdict.OwnPort => "a port of the node's own, where it has calls, is not a target",
        _ => "the node's own listeners are not a target",
    };

    /// <summary>Nobody outside its own network or machine reaches this address.</summary>
    public static bool IsPrivate(IPAddress address) =>
        Classify(Unwrap(address)) is TargetVerdict.Private or TargetVerdict.Loopback or TargetVerdict.LinkLocal or TargetVerdict.Platform;

    private bool Is(IPEndPoint own, IPAddress address, int port)
    {
        if (own.Port != port) return false;
        return Reaches(Unwrap(own.Address), address, LocalAddresses) || AdvertisedAddresses.Contains(address);
    }

    /// <summary>Whether what is sent to an address reaches a socket that is bound to another.</summary>
    public static bool Reaches(IPAddress bound, IPAddress address, IReadOnlyList<IPAddress> local) =>
        bound.Equals(address)
        || (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any)) && (IPAddress.IsLoopback(address) || local.Contains(address));

    private static TargetVerdict Classify(IPAddress address)
    {
        foreach (var (network, verdict) in Ranges)
            if (network.Contains(address)) return verdict;
        return TargetVerdict.Allowed;
    }

    /// <summary>The IPv4 address inside an IPv6 one that only wraps it: mapped, compatible, 6to4 (RFC 3056) or NAT64 (RFC 6052).</summary>
    public static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (address.IsIPv4MappedToIPv6) return new(bytes[12..]);
        if (bytes is [0x20, 0x02, ..]) return new(bytes[2..6]);
        if (bytes[..12].SequenceEqual<byte>([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])) return new(bytes[12..]);
        // :: and ::1 are addresses of their own, not wrapped IPv4.
        if (bytes[..12].IndexOfAnyExcept((byte)0) < 0 && bytes[12..].IndexOfAnyExcept((byte)0) is >= 0 and < 3) return new(bytes[12..]);
        // Without the scope, so that fe80::1%eth0 is compared by its bits.
        return new(bytes);
    }
}
