using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch;

/// <summary>One network that the node is on: where it listens there, and what its peers call that.</summary>
/// <param name="Local">Where the UDP and TCP listeners are bound.</param>
/// <param name="Advertised">Address and port that peers reach them by: Via, Contact.</param>
public sealed record SipNetwork(IPEndPoint Local, IPEndPoint Advertised)
{
    /// <summary>The same for the TLS listener, when there is one.</summary>
    public IPEndPoint? SecureAdvertised { get; init; }

    /// <summary>What Via and Contact name there in place of the address, since some peers ask for the name of a certificate.</summary>
    public string? SecureName { get; init; }

    /// <summary>As Via and Contact have it by TLS; null without a listener.</summary>
    public string? SecureText => SecureAdvertised is not { } at ? null : SecureName is { } name ? $"{name}:{at.Port}" : at.PlainText();

    public AddressFamily Family => Local.AddressFamily;
}

/// <summary>
/// The networks of the node, and which of them reaches an address: of one that is alone in its family that is clear; among several the one
/// whose listener has the address that this machine would send from. Its number is in each <see cref="SipFlow"/>. Safe from any thread.
/// </summary>
/// <param name="all">At least one; the first speaks for the node where no way is known.</param>
/// <param name="source">
/// From which of its own addresses the machine sends to another, as its routes stand; null where no route leads. Asked off the shards.
/// </param>
/// <param name="neighbours">Whether two addresses of the machine are on one interface.</param>
public sealed class SipNetworks(IReadOnlyList<SipNetwork> all, Func<IPAddress, IPAddress?>? source = null,
    Func<IPAddress, IPAddress, bool>? neighbours = null)
{
    /// <summary>Routes change; what was found is looked at again after this.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<IPAddress, (int Network, bool IsRouted, Instant Until)> _known = new();

    public IReadOnlyList<SipNetwork> All => all;

    public SipNetwork First => all[0];

    public SipNetwork this[int number] => all[number];

    /// <summary>The first network of the family; null when the node listens on none.</summary>
    public int? FirstOf(AddressFamily family)
    {
        for (int i = 0; i < all.Count; i++)
            if (all[i].Family == family) return i;
        return null;
    }

    /// <summary>What is known without asking the machine; null also for a family that the node does not listen on.</summary>
    /// <param name="now">For who will ask when that is old.</param>
    public int? TryFind(IPAddress remote, Instant now = default)
    {
        if (FirstOf(remote.AddressFamily) is not { } first) return null;
        if (source is null || !AreMore(first)) return first;
        return _known.TryGetValue(remote, out var known) && known.Until > now ? known.Network : null;
    }

    /// <summary>The network that reaches the address; null for a family that the node does not listen on.</summary>
    public int? Find(IPAddress remote, Instant now)
    {
        if (FirstOf(remote.AddressFamily) is not { } first) return null;
        return source is null || !AreMore(first) ? first : Look(remote, first, now).Network;
    }

    /// <summary>A route leads there at the moment, from one of the networks.</summary>
    public bool IsRouted(IPAddress remote, Instant now) =>
        FirstOf(remote.AddressFamily) is { } first && (source is null || Look(remote, first, now).IsRouted);

    /// <summary>The same flow on the network that reaches its peer; null for a family that the node does not listen on.</summary>
    public SipFlow? On(SipFlow flow, Instant now) =>
        Find(flow.Remote.Address, now) is { } network ? flow with { Network = network } : null;

    /// <summary>The network with this listener, as <see cref="NameOf"/> writes it; else the one that reaches the peer.</summary>
    public SipFlow On(SipFlow flow, string? name, Instant now)
    {
        for (int i = 0; i < all.Count && name is not null; i++)
            if (NameOf(i) == name && all[i].Family == flow.Remote.AddressFamily) return flow with { Network = i };
        return On(flow, now) ?? flow;
    }

    /// <summary>What stands for a network where it must outlive the process: its listener's place. Null where there is but one.</summary>
    public string? NameOf(int network) => all.Count > 1 ? all[network].Local.ToString() : null;

    private bool AreMore(int first)
    {
        for (int i = first + 1; i < all.Count; i++)
            if (all[i].Family == all[first].Family) return true;
        return false;
    }

    private (int Network, bool IsRouted, Instant Until) Look(IPAddress remote, int first, Instant now)
    {
        if (_known.TryGetValue(remote, out var known) && known.Until > now) return known;
        var own = source!(remote);      // asked for by those who have looked
        if (_known.Count >= Limits.KnownWays) _known.Clear();
        return _known[remote] = (own is null ? first : Of(own, first), own is not null, now + Life);
    }

    /// <summary>The listener on that address; on every address; on the same interface; else the first of the family.</summary>
    private int Of(IPAddress own, int first) =>
        Position(n => n.Local.Address.Equals(own)) ?? Position(n => IsEvery(n.Local.Address) && n.Family == own.AddressFamily)
        ?? Position(n => neighbours?.Invoke(n.Local.Address, own) is true) ?? first;

    private int? Position(Func<SipNetwork, bool> matches)
    {
        for (int i = 0; i < all.Count; i++)
            if (matches(all[i])) return i;
        return null;
    }

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
