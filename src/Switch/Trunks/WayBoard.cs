using System.Collections.Concurrent;
using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Trunks;

/// <summary>
/// Addresses at which calls have failed and that are no trunk's: customers' equipment, registered phones, what a dialled URI leads to, the
/// TCP side of whoever is called by UDP. For all shards of the node, in memory. Where other ways are left such an address comes last; where
/// none is, it is tried, and given up as soon as one of several would be.
/// </summary>
public sealed class WayBoard : IWayHealth
{
    private readonly ConcurrentDictionary<(SipTransport Transport, IPEndPoint Remote), TargetHealth> _ways = new();

    /// <summary>The address has failed, and nothing was heard of it since.</summary>
    public bool IsIll(SipFlow flow) => Find(flow) is { IsIll: true };

    /// <summary>Something was heard of it elsewhere: a phone has registered.</summary>
    public void Forget(SipFlow flow)
    {
        if (flow.Peer is { } remote) _ways.TryRemove((flow.Transport, remote), out _);
    }

    public void Learn(IReadOnlyList<SipFlow> flows) { /* each address stands for itself */ }

    public bool MayTry(SipFlow flow, Instant now) => !IsIll(flow) || TryBegin(flow, now);

    public Instant NextTry(SipFlow flow) => Find(flow)?.NextTry ?? default;

    public bool Hear(SipFlow flow, Instant sent, Instant now) => IsIll(flow) && TryRecover(flow, sent, now);

    bool IWayHealth.TryFail(SipFlow? flow, FailureClass failure, string number, Instant sent, Instant now) =>
        TryFail(flow, failure, sent, now);

    /// <summary>What an address answers costs no time, and is about the call.</summary>
    internal bool TryFail(SipFlow? flow, FailureClass failure, Instant sent, Instant now)
    {
        if (!failure.IsOfAddress || failure.IsAnswer || flow is not { Peer: { } remote, IsInside: false } to) return false;
        if (_ways.Count >= Limits.FailedWays) _ways.Clear();
        _ways.TryAdd((to.Transport, remote), new(remote, to.Transport));
        return TryChange(to, way => way.Fail(failure.Evidence, retryAfter: null, answered: null, isAnswer: false, sent, now));
    }

    private TargetHealth? Find(SipFlow flow) => flow.Peer is { } remote ? _ways.GetValueOrDefault((flow.Transport, remote)) : null;

    // Apart from those who ask, so that a call whose ways are well makes no closure.
    private bool TryBegin(SipFlow flow, Instant now) => TryChange(flow, way => way.BeginTrial(now));

    private bool TryRecover(SipFlow flow, Instant sent, Instant now) => TryChange(flow, way => way.Hear(sent, now));

    private bool TryChange(SipFlow flow, Func<TargetHealth, TargetHealth?> step)
    {
        while (Find(flow) is { } was && step(was) is { } changed)
            if (_ways.TryUpdate((flow.Transport, flow.Remote), changed, was)) return true;
        return false;
    }
}
