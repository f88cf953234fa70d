using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Subscriptions;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch;

/// <summary>What all shards of a node share, and which of them this one is.</summary>
public sealed record ShardSettings
{
    public required NodeIdentity Identity { get; init; }
    public int Index { get; init; }
    /// <summary>Shards of the node.</summary>
    public int Count { get; init; } = 1;
    /// <summary>Where the node listens, and what its peers call that.</summary>
    public required SipNetworks Networks { get; init; }
    /// <summary>Our SIP domains, lower case; the first stands in From. The advertised address when there is none.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];
    /// <inheritdoc cref="SipDomains.Former"/>
    public IReadOnlyList<string> FormerHosts { get; init; } = [];
    public string UserAgent { get; init; } = "Ringwright";
    /// <summary>
    /// True while every listener of the node is on loopback: then loopback addresses may call our numbers without a trunk.
    /// </summary>
    public bool IsLoopbackOnly { get; init; }
    /// <summary>What the host names of trunks lead to.</summary>
    public TrunkHosts TrunkHosts { get; init; } = new();
    /// <summary>How the trunks stand, for all shards.</summary>
    public TrunkBoard Trunks { get; init; } = new();
    /// <summary>How many calls a second come in for each account, for all shards.</summary>
    public InboundRates InboundRates { get; init; } = new(null);
    /// <summary>Which addresses have shown that our answers arrive there, for all shards.</summary>
    public WayBackBook WaysBack { get; init; } = new();
    /// <summary>Who calls by UDP from an address that has shown nothing gets no sound before it has.</summary>
    public bool WithholdsMedia { get; init; }
    /// <summary>Calls that there are media ports for, on each network by its number; empty where nobody knows.</summary>
    public IReadOnlyList<int> MediaCalls { get; init; } = [];
    /// <summary>Per cent of channels and ports that calls of one source may take whose address has shown nothing.</summary>
    public int UnprovenShare { get; init; } = 25;
    /// <summary>How addresses stand that are no trunk's, for all shards.</summary>
    public WayBoard Ways { get; init; } = new();
    /// <summary>Calls that wait until their account may have one more, for all shards.</summary>
    public WaitingRoom Room { get; init; } = new();
    /// <summary>The calls of SIP users, for all shards.</summary>
    public LineBoard Lines { get; init; } = new();
    /// <summary>Media speaks Opus.</summary>
    public bool HasOpus { get; init; }
    /// <summary>The node carries media streams.</summary>
    public bool HasLiveAudio { get; init; }
    /// <summary>What modules say of their programs, as <see cref="Application.WithTraits"/> asks.</summary>
    public Func<Application, ApplicationTraits?> TraitsOf { get; init; } = static _ => null;
    public required TargetPolicy Targets { get; init; }
    public required WallAnchor Anchor { get; init; }
    /// <summary>Fixes tags' counters, Call-IDs and all other choices.</summary>
    public ulong Seed { get; init; }

    public SessionTimerSettings SessionTimer { get; init; } = new();

    public NatSettings Nat { get; init; } = new();

    public LegProbeSettings Probes { get; init; } = new();

    /// <summary>
    /// An inbound leg that its application neither answers nor ends, ends after this: most callers and carriers have given up by then.
    /// </summary>
    public TimeSpan InboundRinging { get; init; } = TimeSpan.FromSeconds(180);

    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    public TransactionSettings Transactions =>
        new()
        {
            Networks = [.. Networks.All.Select(n =>
                new SentBy(n.Advertised.PlainText(), n.SecureText) { SecureAddress = n.SecureAdvertised?.PlainText() })],
            T1 = T1,
        };

    /// <summary>Host of our From URIs when the trunk has no other wish.</summary>
    public string Domain => DomainOn(0);

    /// <summary>Host of the URIs of our SIP users.</summary>
    public string UserDomain => UserDomainOn(0);

    /// <summary>The same as peers of one network know it.</summary>
    public string DomainOn(int network) => Domains.Count > 0 ? Domains[0] : HostOf(Networks[network].Advertised.Address);

    /// <inheritdoc cref="DomainOn"/>
    public string UserDomainOn(int network) => Domains.Count > 0 ? Domains[0] : Networks[network].Advertised.PlainText();

    /// <summary>The way to another leg of this node.</summary>
    public SipFlow Inside => SipFlow.Inside(Networks.First.Advertised);

    /// <summary>The hosts that mean us.</summary>
    public SipDomains Hosts => new(Domains,
        [.. Networks.All.Select(n => n.Advertised), .. Networks.All.Select(n => n.SecureAdvertised).OfType<IPEndPoint>()], IsLoopbackOnly)
    {
        Former = FormerHosts,
    };

    /// <summary>As it stands in a URI.</summary>
    private static string HostOf(IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetworkV6 ? $"[{address.PlainText()}]" : $"{address}";
}
