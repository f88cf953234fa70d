using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Who is tried next for one dial: the contacts of a 3xx, then the plan's targets, and of each target its flows one after another.
/// </summary>
internal sealed class OutboundTargets(ShardContext shard, Leg leg, LegMessage.Dial dial)
{
    private readonly Queue<SipFlow> _flows = new();
    private readonly Redirections _redirections = new(shard, leg.Facts, dial);
    private int _next;
    private int _resolving;
    /// <summary>UDP again, for a request that was too long for it and found no TCP.</summary>
    private SipFlow? _fallback;

    /// <summary>Whose flows are tried.</summary>
    public DialTarget? Current { get; private set; }

    /// <summary>Somebody or something is left, should the current flow not answer.</summary>
    public bool AreMore => _fallback is not null || _flows.Count > 0 || !_redirections.IsEmpty || _next < dial.Plan.Targets.Count;

    /// <summary>
    /// Another place was named, and the gate lets the call go there. Then the places of the plan are over: what they stood for was sent on.
    /// </summary>
    /// <inheritdoc cref="Redirections.TryPrepare"/>
    public bool? TryRedirect(Action<bool> later)
    {
        return _redirections.TryPrepare(isNext => later(Turn(isNext))) is { } isNext ? Turn(isNext) : null;

        bool Turn(bool isNext)
        {
            if (isNext) _next = dial.Plan.Targets.Count;
            return isNext;
        }
    }

    public bool TryAdvance(out DialTarget target)
    {
        if (_redirections.TryTake(out target)) Current = target;
        else if (_next < dial.Plan.Targets.Count) Current = target = dial.Plan.Targets[_next++];
        else return false;
        return true;
    }

    /// <summary>Asks where the target is; the answer is a message.</summary>
    public void Resolve(DialTarget target)
    {
        _resolving = shard.NextCorrelation();
        shard.Emit(new Effect.Resolve(leg.Facts.Id, _resolving, target.Place));
    }

    /// <summary>The target needs no look-up.</summary>
    public void Reach(SipFlow flow)
    {
        SkipFlows();
        _flows.Enqueue(flow);
    }

    /// <returns>False for an answer that nobody waits for any longer.</returns>
    public bool TryTakeResolved(LegMessage.Resolved resolved)
    {
        if (resolved.Correlation != _resolving) return false;
        _resolving = 0;
        SkipFlows();
        foreach (var flow in resolved.Flows.Take(Limits.DialTargets)) _flows.Enqueue(flow);
        return true;
    }

    public void StopResolving() => _resolving = 0;

    /// <param name="isFallback">It is the flow that was given to <see cref="FallBackTo"/>.</param>
    public bool TryTakeFlow(out SipFlow flow, out bool isFallback)
    {
        isFallback = _fallback is not null;
        flow = _fallback.GetValueOrDefault();
        _fallback = null;
        return isFallback || _flows.TryDequeue(out flow);
    }

    public void FallBackTo(SipFlow flow) => _fallback = flow;

    public void ForgetFallback() => _fallback = null;

    /// <summary>The current target is not tried any further.</summary>
    public void SkipFlows()
    {
        _fallback = null;
        _flows.Clear();
    }

    /// <summary>The current target has named others, if it has.</summary>
    public void Redirect(SipResponse response)
    {
        if (Redirections.Follows(response.Status) && Current is { } by) _redirections.Add(response, by);
    }
}
