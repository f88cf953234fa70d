using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Net.Dns;

/// <summary>
/// The addresses that the names of trunks lead to. A customer may name a carrier by its address, or by a name of his own that leads there: what he says is
/// compared with these just before something is sent. Addresses are remembered, for carriers hand out some of many at a time.
/// </summary>
internal sealed class TrunkNames(Resolver resolver, IRouting routing, bool isLoopbackOnly, ILogger logger)
{
    /// <summary>Of one name, in case its carrier has very many: all of them are forgotten, and learned anew.</summary>
    private const int MostAddresses = 1_024;

    private readonly ConcurrentDictionary<SipPlace, ConcurrentDictionary<IPEndPoint, bool>> _known = new();

    /// <summary>A trunk has a name at all.</summary>
    public bool HasAny => routing.Current.Trunks.Any(trunk => TrunkPlaces.NamesOf(trunk, isLoopbackOnly).Any());

    /// <summary>True when one of the flows goes where the name of a trunk leads.</summary>
    public async Task<bool> AreTrunksAsync(IReadOnlyList<SipFlow> flows, ulong seed, CancellationToken stop)
    {
        if (flows.Count == 0) return false;
        var trunks = routing.Current.Trunks;
        // All at once: a name server that is silent costs its time only once.
        var known = await Task.WhenAll(trunks.SelectMany(trunk => TrunkPlaces.NamesOf(trunk, isLoopbackOnly)).Select(place => LearnAsync(place, seed, stop)));
        return known.Any(addresses => flows.Any(flow => addresses.Keys.Any(address => IsSame(address, flow.Remote))));
    }

    private async Task<ConcurrentDictionary<IPEndPoint, bool>> LearnAsync(SipPlace place, ulong seed, CancellationToken stop)
    {
        var addresses = _known.GetOrAdd(place, static _ => new());
        try
        {
            foreach (var flow in await resolver.ResolveAsync(place, seed, stop))
            {
                if (addresses.Count >= MostAddresses) addresses.Clear();
                addresses[flow.Remote] = true;
            }
        }
        catch (Exception e) when (Resolver.IsFailure(e))
        {
            logger.LookupFailed(place.Host, e.Message);
        }
        return addresses;
    }

    private bool IsSame(IPEndPoint one, IPEndPoint other) =>
        TargetPolicy.Unwrap(one.Address).Equals(TargetPolicy.Unwrap(other.Address)) && (!isLoopbackOnly || one.Port == other.Port);
}
