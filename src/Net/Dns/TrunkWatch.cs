using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Net.Dns;

/// <summary>
/// Looks the host names of trunks up, soon after one is added and once a minute, so that a customer's claim on such an address counts for nothing. A name that
/// has no answer at the moment keeps its last one.
/// </summary>
internal sealed class TrunkWatch(IRouting routing, Resolver resolver, TrunkHosts hosts, bool isLoopbackOnly, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), Again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<SipPlace, (long At, IReadOnlyList<IPAddress> Found)> _known = [];

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(Look, clock);
            do await LookAsync(stop);
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        List<SipPlace> places = [.. routing.Current.Trunks.SelectMany(trunk => TrunkPlaces.NamesOf(trunk, isLoopbackOnly)).Distinct()];
        bool isChanged = false;
        foreach (var gone in _known.Keys.Except(places).ToList()) isChanged |= _known.Remove(gone);
        foreach (var place in places)
        {
            bool isKnown = _known.TryGetValue(place, out var known);
            if (isKnown && clock.GetElapsedTime(known.At) < Again) continue;
            var found = await FindAsync(place, stop);
            _known[place] = (clock.GetTimestamp(), found.Count > 0 || !isKnown ? found : known.Found);
            isChanged = true;
        }
        if (isChanged) hosts.Learn(_known.SelectMany(k => k.Value.Found.Select(address => (address, k.Key.Trunk!.Value))));   // every place is a trunk's
    }

    private async Task<IReadOnlyList<IPAddress>> FindAsync(SipPlace place, CancellationToken stop)
    {
        try
        {
            return [.. (await resolver.ResolveAsync(place, seed: 0, stop)).Select(flow => flow.Remote.Address).Distinct()];
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            logger.LookupFailed(place.Host, failed.Message);
            return [];
        }
    }
}
