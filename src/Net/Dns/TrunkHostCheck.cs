using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;

namespace Ringwright.Net.Dns;

/// <inheritdoc cref="ITrunkHostCheck"/>
public sealed class TrunkHostCheck : ITrunkHostCheck
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(4);

    private readonly Resolver _resolver;
    private readonly SipDomains _hosts;

    /// <param name="hosts">The hosts that mean us.</param>
    /// <param name="networks">Where the node would listen.</param>
    public TrunkHostCheck(SipDomains hosts, SipNetworks networks, TimeProvider clock)
        : this(new Resolver(new DnsClient(DnsClient.SystemServers(TimeProvider.System)), networks, clock), hosts)
    {
    }

    internal TrunkHostCheck(Resolver resolver, SipDomains hosts) => (_resolver, _hosts) = (resolver, hosts);

    public async ValueTask<TrunkHostFinding> CheckAsync(Trunk trunk, CancellationToken stop)
    {
        var found = await CheckAsync("host", new(trunk.Host, trunk.Port, trunk.Transport, trunk.Id), stop);
        if (found.Says is not null || trunk.RegistrarPlace is not var (host, port)) return found;
        return await CheckAsync("registrar", new(host, port, trunk.Transport, trunk.Id), stop);
    }

    private async Task<TrunkHostFinding> CheckAsync(string what, SipPlace place, CancellationToken stop)
    {
        if (_hosts.IsDomain(place.Host)) return new($"{what} {place.Host} is a SIP domain of this node itself.", IsRefused: true);
        if (HostLiteral.TryParse(place.Host, out var address) && TargetPolicy.Strict.Check(address, 0, TargetUse.Signalling)
                is TargetVerdict.Unspecified or TargetVerdict.Multicast or TargetVerdict.Broadcast)
            return new($"{what} {place.Host} is no address of anybody's.", IsRefused: true);
        IReadOnlyList<SipFlow> flows;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Most);
            flows = await _resolver.ResolveAsync(place, seed: 0, limit.Token);
        }
        catch (Exception failed) when (!stop.IsCancellationRequested && Resolver.IsFailure(failed))
        {
            return new($"{what} {place.Host} could not be looked up: no name server has answered.", IsRefused: false);
        }
        if (flows.Count == 0)
            return new($"{what} {place.Host} leads nowhere: {_resolver.Trouble(place) ?? "the name has no address"}.", IsRefused: false);
        return flows.Any(flow => IsUs(flow.Remote)) ? new($"{what} {place.Host} leads to this node itself.", IsRefused: true)
            : TrunkHostFinding.Good;
    }

    /// <summary>A PBX on the same machine has another port.</summary>
    private bool IsUs(IPEndPoint remote) => _hosts.Listeners.Any(own => own.Port == remote.Port
        && TargetPolicy.Unwrap(own.Address).Equals(TargetPolicy.Unwrap(remote.Address)));
}
