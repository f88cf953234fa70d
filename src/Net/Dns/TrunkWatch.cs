using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Net.Dns;

/// <summary>
/// What the names of trunks lead to, looked up soon after a trunk is added and once a minute. A customer may name a carrier by its address,
/// or by a name of his own that leads there: what he says is compared with these just before something is sent, and his claim on such
/// an address counts for nothing. A name that has no answer at the moment keeps its last one.
/// </summary>
internal sealed class TrunkWatch(IRouting routing, Resolver resolver, TrunkHosts hosts, bool isLoopbackOnly,
    TimeProvider clock, ILogger logger)
{
    /// <summary>Of one name, in case its carrier has very many: all of them are forgotten, and learned anew.</summary>
    private const int MostAddresses = 1_024;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), Again = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<SipPlace, Known> _known = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A trunk has a name at all.</summary>
    public bool HasNames => Places.Any();

    /// <summary>Completes when each name has been looked up once, or the watch ends.</summary>
    public Task First => _first.Task;

    private IEnumerable<SipPlace> Places => routing.Current.Trunks.SelectMany(trunk => TrunkPlaces.NamesOf(trunk, isLoopbackOnly));

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(Wait(), clock);
            do
            {
                if (timer.Period != Wait()) timer.Period = Wait();
                await LookAsync(stop);
                _first.TrySetResult();
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The node stops.
        }
        finally
        {
            _first.TrySetResult();
        }

        TimeSpan Wait() =>
            clock == TimeProvider.System ? SharedBeat.Wait(Look, Environment.TickCount64, Environment.ProcessId) : Look;
    }

    /// <summary>
    /// True when one of the flows goes where the name of a trunk leads. Waits only for names of which nothing is known yet.
    /// </summary>
    public async Task<bool> AreTrunksAsync(IReadOnlyList<SipFlow> flows, CancellationToken stop)
    {
        if (flows.Count == 0) return false;
        var places = Places.ToList();
        // All at once: a name server that is silent costs its time only once.
        await Task.WhenAll(places.Where(place => !_known.TryGetValue(place, out var known) || known.Ever.IsEmpty)
            .Select(place => LearnAsync(place, stop)));
        return places.Any(place => _known.TryGetValue(place, out var known)
            && flows.Any(flow => known.Ever.Keys.Any(address => IsSame(address, flow.Remote))));
    }

    private async Task LookAsync(CancellationToken stop)
    {
        var places = Places.ToHashSet();
        bool isChanged = false;
        foreach (var gone in _known.Keys.Where(place => !places.Contains(place))) isChanged |= _known.TryRemove(gone, out _);
        // Of what has never had an answer the resolver decides how often it is asked.
        var due = places.Where(place => !_known.TryGetValue(place, out var known) || known.Ever.IsEmpty
            || clock.GetElapsedTime(known.At) >= Again).ToList();
        await Task.WhenAll(due.Select(place => LearnAsync(place, stop)));
        // every place is a trunk's
        if (isChanged || due.Count > 0)
            hosts.Learn(_known.SelectMany(k => k.Value.Found.Select(found => (found.Address, k.Key.Trunk!.Value))));
    }

    private async Task LearnAsync(SipPlace place, CancellationToken stop)
    {
        IReadOnlyList<IPEndPoint> found = [];
        try
        {
            found = [.. (await resolver.ResolveAsync(place, (ulong)Random.Shared.NextInt64(), stop)).Select(flow => flow.Remote)];
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            logger.LookupFailed(place.Host, failed.Message);
        }
        _known.GetOrAdd(place, static _ => new()).Take(found, clock.GetTimestamp());
    }

    private bool IsSame(IPEndPoint one, IPEndPoint other) =>
        TargetPolicy.Unwrap(one.Address).Equals(TargetPolicy.Unwrap(other.Address)) && (!isLoopbackOnly || one.Port == other.Port);

    /// <summary>What one name leads to.</summary>
    private sealed class Known
    {
        private volatile IReadOnlyList<IPEndPoint> _found = [];
        private long _at;

        /// <summary>The last answer that had an address.</summary>
        public IReadOnlyList<IPEndPoint> Found => _found;
        /// <summary>All answers: carriers hand out some of many at a time.</summary>
        public ConcurrentDictionary<IPEndPoint, bool> Ever { get; } = new();
        /// <summary>When it was looked up last.</summary>
        public long At => Volatile.Read(ref _at);

        public void Take(IReadOnlyList<IPEndPoint> found, long at)
        {
            Volatile.Write(ref _at, at);
            if (found.Count == 0) return;
            _found = found;
            if (Ever.Count >= MostAddresses) Ever.Clear();
            foreach (var address in found) Ever[address] = true;
        }
    }
}
