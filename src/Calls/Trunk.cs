using System.Globalization;
using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>A carrier or PBX.</summary>
public sealed record Trunk
{
    public required TrunkId Id { get; init; }
    public required string Name { get; init; }
    public bool IsEnabled { get; init; } = true;
    /// <summary>Host name or address that we send INVITEs to.</summary>
    public required string Host { get; init; }
    /// <summary>Null looks for SRV records of the name first, then takes the usual port (RFC 3263).</summary>
    public int? Port { get; init; }
    /// <summary>Null takes what the name's records offer, else UDP.</summary>
    public SipTransport? Transport { get; init; }
    public TrunkTls Tls { get; init; } = TrunkTls.Default;
    public NatPolicy Nat { get; init; }
    /// <summary>Its sound may come from elsewhere than its SDP says, when nothing comes from there.</summary>
    public bool AdjustsRtp { get; init; } = true;
    /// <summary>Whoever is behind it may transfer whom he talks to by REFER, at the expense of the account whose call it is.</summary>
    public bool MayRefer { get; init; }
    /// <summary>Networks that its requests come from.</summary>
    public IReadOnlyList<IPNetwork> Sources { get; init; } = [];
    public string? AuthUser { get; init; }
    public string? AuthPassword { get; init; }
    /// <summary>We register with it, under <see cref="Login"/>, so that it brings us calls.</summary>
    public bool Registers { get; init; }
    /// <summary>
    /// HOST or HOST:PORT that takes the registration, the trunk's own when not set; behind USER@ where that is not <see cref="AuthUser"/>.
    /// </summary>
    public string? Registrar { get; init; }
    /// <summary>For how long we ask to be registered.</summary>
    public int RegisterSeconds { get; init; } = 3_600;
    /// <summary>Calls at a time, in both directions together.</summary>
    public int? ChannelLimit { get; init; }
    /// <summary>Of these, calls that it brings.</summary>
    public int? InboundChannelLimit { get; init; }
    /// <summary>INVITEs that it gets within any one second.</summary>
    public int? CallsPerSecond { get; init; }
    /// <summary>Calls that it brings within any one second.</summary>
    public int? InboundCallsPerSecond { get; init; }
    /// <summary>How often each of its addresses is asked by OPTIONS whether it is there; 0 is never.</summary>
    public int ProbeSeconds { get; init; }
    /// <summary>Which of its answers lead a call on to the next trunk; silence always does.</summary>
    public AnswerSet NextTrunkOn { get; init; } = AnswerSet.ServerFailures;
    public IReadOnlyList<string> Codecs { get; init; } = ["PCMU", "PCMA", "G722"];
    /// <summary>Host of From and To; the node's own SIP domain and the trunk's host when not set.</summary>
    public string? FromDomain { get; init; }
    /// <summary>Which caller ids customers may show on it.</summary>
    public CallerChoice CallerIds { get; init; }
    /// <summary>What tells it who calls, beside From.</summary>
    public CallerIdentity Identity { get; init; }
    /// <summary>What tells it who sent a call on.</summary>
    public ForwardedBy ForwardedBy { get; init; }
    /// <summary>SRTP with it, in both directions.</summary>
    public MediaEncryption Encryption { get; init; }
    /// <summary>
    /// Its calls end when no RTP came for so long; 0 is no limit, null leaves it to the connection. See <see cref="LifeLimits"/>.
    /// </summary>
    public int? RtpTimeoutSeconds { get; init; }
    /// <summary>The same while it holds the call.</summary>
    public int? HeldRtpTimeoutSeconds { get; init; }

    /// <summary>The name that we register, by which it calls us.</summary>
    public string? Login => Registrar is { } own && own.LastIndexOf('@') is > 0 and var at ? own[..at] : AuthUser;

    /// <summary>Where it takes the registration; null when that is its own host. An IPv6 address has its brackets, or no port.</summary>
    public (string Host, int? Port)? RegistrarPlace => Registrar is { } own ? PlaceOf(own) : null;

    /// <summary>What stands in <see cref="Registrar"/>, without USER@. What is no port is left in the host.</summary>
    public static (string Host, int? Port) PlaceOf(string registrar)
    {
        string place = registrar[(registrar.LastIndexOf('@') + 1)..];
        // The colons of an IPv6 address are its own.
        return place.LastIndexOf(':') is >= 0 and var colon
            && place.AsSpan(0, colon) is var host && (host.EndsWith("]") || !host.Contains(':'))
            && int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            ? (place[..colon], port) : (place, null);
    }

    /// <summary>Its host is this address, written as one.</summary>
    public bool IsAt(IPAddress address) => IPAddress.TryParse(Host, out var host) && host.Plain().Equals(address.Plain());

    /// <summary>The smallest of its networks that has this address in it.</summary>
    public IPNetwork? NarrowestSource(IPAddress source)
    {
        source = source.Plain();
        IPNetwork? best = null;
        foreach (var network in Sources)
            if (network.Contains(source) && !(best?.PrefixLength >= network.PrefixLength)) best = network;
        return best;
    }
}

/// <summary>Which caller ids customers may show on a trunk; a route's own stands above both.</summary>
public enum CallerChoice
{
    /// <summary>Own and verified numbers, and what a call that goes on brought with it.</summary>
    Owned,
    /// <summary>All but numbers of other tenants: whoever is behind the trunk judges the others.</summary>
    Any,
}

/// <summary>The header by which a trunk wants to learn who sent a call on.</summary>
public enum ForwardedBy
{
    /// <summary>RFC 5806.</summary>
    Diversion,
    /// <summary>RFC 7044.</summary>
    HistoryInfo,
    Both,
    None,
}

/// <summary>The header by which a trunk wants to learn the caller, also of callers who are not to be shown (RFC 3325).</summary>
public enum CallerIdentity
{
    None,
    /// <summary>P-Asserted-Identity.</summary>
    Pai,
}
