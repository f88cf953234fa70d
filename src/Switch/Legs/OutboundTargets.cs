using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Who is tried next for one dial: the contacts of a 3xx, then the plan's targets, and of each target its flows one after another. What
/// becomes of them is said to the <see cref="TrunkBoard"/> and the <see cref="WayBoard"/>, by which other calls pass over what fails.
/// </summary>
internal sealed class OutboundTargets(ShardContext shard, Leg leg, LegMessage.Dial dial)
{
    private readonly Queue<SipFlow> _flows = new();
    private readonly Redirections _redirections = new(shard, leg.Facts, dial);
    private DialPlan _plan = dial.Plan;
    private int _next;
    private int _resolving;
    /// <summary>UDP again, for a request that was too long for it and found no TCP.</summary>
    private SipFlow? _fallback;
    /// <summary>Of the current target; null when nothing outside stands for it, or a user's phones do.</summary>
    private IWayHealth? _health;
    /// <summary>Of a trunk the flow that may be tried first of those that are passed over, until another one is tried.</summary>
    private SipFlow? _passed;
    /// <summary>Each flow of a place that is no trunk's has failed, and none is to be tried again yet.</summary>
    private bool _areIll;
    /// <summary>
    /// A trunk that was well when the plan was made and is passed over now comes last; and so do other places, which no plan judges.
    /// </summary>
    private Queue<DialTarget>? _deferred;
    private Instant _sent;
    private bool _isSilent;

    /// <summary>Whose flows are tried.</summary>
    public DialTarget? Current { get; private set; }

    /// <summary>Which limit of a trunk kept the call from it; null when none did.</summary>
    public FailureClass? Full { get; private set; }

    /// <summary>Somebody or something is left, should the current flow not answer.</summary>
    public bool AreMore => _fallback is not null || _flows.Count > 0 || AreOthers;

    /// <summary>The current flow cost an earlier call its time-out, and is no trunk's.</summary>
    public bool IsDoubted { get; private set; }

    /// <summary>
    /// How long the current flow may be silent: whoever is last has the transaction's time, unless that was in vain before.
    /// </summary>
    public TimeSpan? Silence => AreMore || IsDoubted || Current is { IsPassedOver: true } && _plan.Targets.Count > 1
        ? Current?.Silence ?? Limits.TargetSilence
        : null;

    private bool AreOthers => !_redirections.IsEmpty || _next < _plan.Targets.Count || _deferred is { Count: > 0 };

    /// <summary>
    /// Another place was named, and the gate lets the call go there. Then the places of the plan are over: what they stood for was sent on.
    /// </summary>
    /// <inheritdoc cref="Redirections.TryPrepare"/>
    public bool? TryRedirect(Action<bool> later)
    {
        return _redirections.TryPrepare(isNext => later(Turn(isNext))) is { } isNext ? Turn(isNext) : null;

        bool Turn(bool isNext)
        {
            if (!isNext) return false;
            _next = _plan.Targets.Count;
            _deferred?.Clear();
            return true;
        }
    }

    /// <summary>Nobody was tried yet, and the call goes there now.</summary>
    public void Follow(DialPlan plan) => _plan = plan;

    public bool TryAdvance(out DialTarget target)
    {
        while (TryTakeNext(out target))
        {
            var trunk = target.Trunk is { } id ? shard.Routing.FindTrunk(id) : null;
            _health = target.Trunk is { } known ? shard.Settings.Trunks.Of(known)
                : target.IsInside || target.RegisteredUser is not null ? null : shard.Settings.Ways;
            IsDoubted = false;
            if (ShortNumber.IsEmergency(target.User)) return true;
            var full = shard.Settings.Trunks.Enter(leg.Facts.Id, trunk, Direction.Outbound, shard.Now);
            if (full.IsOpen) return true;
            Full = FailureClass.OfFull(full.Detail!);
            shard.Emit(new Effect.TrunkRefused(trunk!, Direction.Outbound, full.Rule!));        // who is full is a trunk, and says why
            shard.Emit(new Effect.Noted(leg.Facts, $"{full.Detail} The next place is tried."));
        }
        return false;
    }

    private bool TryTakeNext(out DialTarget target)
    {
        if (_redirections.TryTake(out target)) Current = target;
        else if (_next < _plan.Targets.Count) Current = target = _plan.Targets[_next++];
        else if (_deferred is { } waiting && waiting.TryDequeue(out var deferred)) Current = target = deferred;
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
        var flows = Current?.RegisteredWay?.Order(resolved.Flows, Current.Transport) ?? resolved.Flows;
        if (flows.Count > Limits.DialTargets) flows = [.. flows.Take(Limits.DialTargets)];
        _health?.Learn(flows);
        if (_health is WayBoard ways) Enqueue(flows, ways);
        else foreach (var flow in flows) _flows.Enqueue(flow);
        return true;
    }

    /// <summary>Of a place that is no trunk's nothing is left out: what has failed comes after the others.</summary>
    private void Enqueue(IReadOnlyList<SipFlow> flows, WayBoard ways)
    {
        List<SipFlow>? last = null;
        foreach (var flow in flows)
        {
            if (ways.MayTry(flow, shard.Now)) _flows.Enqueue(flow);
            else (last ??= []).Add(flow);
        }
        _areIll = flows.Count > 0 && _flows.Count == 0;
        foreach (var flow in last ?? []) _flows.Enqueue(flow);
    }

    /// <param name="isFallback">It is the flow that was given to <see cref="FallBackTo"/>.</param>
    public bool TryTakeFlow(out SipFlow flow, out bool isFallback)
    {
        (_sent, _isSilent) = (shard.Now, true);
        isFallback = _fallback is not null;
        flow = _fallback.GetValueOrDefault();
        _fallback = null;
        return isFallback || TryTakeFlow(out flow);
    }

    private bool TryTakeFlow(out SipFlow flow)
    {
        if (_health is WayBoard ways) return TryTakeWay(ways, out flow);
        while (_flows.TryDequeue(out flow))
        {
            if (_health is null || _health.MayTry(flow, shard.Now))
            {
                _passed = null;
                return true;
            }
            if (_passed is not { } other || _health.NextTry(flow) < _health.NextTry(other)) _passed = flow;
        }
        if (_passed is not { } passed) return false;
        _passed = null;
        if (TryDefer(passed)) return false;
        flow = passed;
        return true;
    }

    private bool TryTakeWay(WayBoard ways, out SipFlow flow)
    {
        if (_areIll && _flows.TryPeek(out flow) && TryDefer(flow))
        {
            SkipFlows();
            return false;
        }
        _areIll = false;
        if (!_flows.TryDequeue(out flow)) return false;
        IsDoubted = ways.IsIll(flow);
        return true;
    }

    /// <summary>The current target comes last, as one that is passed over, where there are others.</summary>
    private bool TryDefer(SipFlow passed)
    {
        if (Current is not { IsPassedOver: false } target || !AreOthers) return false;
        // Of trunks that are passed over the plan has one already; of others it has all.
        if (target.Trunk is null || _deferred is not { Count: > 0 }) (_deferred ??= []).Enqueue(target with { IsPassedOver = true });
        shard.Emit(new Effect.Noted(leg.Facts, $"{passed.Transport.Wire()} {passed.Remote} is passed over, the next place is tried."));
        return true;
    }

    /// <summary>A request that is too long for UDP may go by that flow first: TCP has not failed there of late.</summary>
    public bool MayGoBy(SipFlow tcp) => shard.Settings.Ways.MayTry(tcp, shard.Now);

    public void FallBackTo(SipFlow flow) => _fallback = flow;

    public void ForgetFallback() => _fallback = null;

    /// <summary>The current target is not tried any further.</summary>
    public void SkipFlows()
    {
        _fallback = null;
        _passed = null;
        _areIll = false;
        _flows.Clear();
    }

    /// <summary>The current target's flow says something.</summary>
    public void OnResponse(SipFlow flow, int status)
    {
        _isSilent = false;
        // 100 is said by whoever stands before the trunk, and 503 by one who takes no calls.
        if (status is > 100 and not 503 && _health?.Hear(flow, _sent, shard.Now) is true) Tell(flow, failure: null);
        if (status > 100) shard.Settings.Ways.Hear(flow, _sent, shard.Now);
    }

    /// <summary>The leg is hung up before the answer.</summary>
    public void OnCancelled(SipFlow flow)
    {
        _resolving = 0;
        // A ring timeout may be shorter than the transaction's time.
        if (!_isSilent || shard.Now - _sent < Limits.TargetSilence) return;
        OnFailed(flow, FailureClass.OfSilence());
        if (shard.Now - _sent >= Limits.ProbeAnswer) OnPhoneFailed(flow, FailureClass.OfSilence());
    }

    /// <summary>The current target's phones ring from now on.</summary>
    /// <param name="isDoubted">There is but one, and it did not answer the last call.</param>
    public void BeginRinging(bool isDoubted) => (_sent, _isSilent, IsDoubted) = (shard.Now, true, isDoubted);

    /// <summary>When the current target is a SIP user: that way to a phone of his is remembered.</summary>
    public void OnPhoneFailed(SipFlow flow, FailureClass failure)
    {
        if (Current is { RegisteredUser: not null }) shard.Settings.Ways.TryFail(flow, failure, _sent, shard.Now);
    }

    /// <param name="flow">Null when its name leads nowhere.</param>
    public void OnFailed(SipFlow? flow, FailureClass failure)
    {
        if (_fallback is not null) shard.Settings.Ways.TryFail(flow, failure, _sent, shard.Now);
        if (failure.IsOfAddress && _health?.TryFail(flow, failure, Current?.User ?? "", _sent, shard.Now) is true) Tell(flow, failure);
    }

    /// <summary>What a refusal by the current target means; of a trunk its settings say what leads on.</summary>
    public FailureClass ClassOf(SipResponse response)
    {
        int status = response.Status;
        var failure = Current switch
        {
            { Equipment: not null } => FailureClass.OfEquipment(status),
            { Trunk: { } id } when shard.Routing.FindTrunk(id) is { } trunk =>
                FailureClass.OfStatus(status) with { TriesNextTarget = trunk.NextTrunkOn.Includes(status) },
            _ => FailureClass.OfStatus(status),
        };
        if (status is 401 or 407) failure = failure.ForLackOfCredentials(leg.Dialog.Credentials is not null);
        return failure with
        {
            Reason = LegDialog.ReasonOf(response),
            IsdnCause = Reason.IsdnCause(response),
            RetryAfter = RetryAfterOf(response),
        };
    }

    /// <summary>What a 503 says of the time that it holds for.</summary>
    private static TimeSpan? RetryAfterOf(SipResponse response) => response.Status is 503
        && RetryAfter.TryParse(response.First(SipHeader.RetryAfter), out var after) is ParseStatus.Ok
            ? TimeSpan.FromSeconds(after.Seconds)
            : null;

    private void Tell(SipFlow? flow, FailureClass? failure)
    {
        if (Current?.Trunk is { } id && shard.Routing.FindTrunk(id) is { } trunk)
            shard.Emit(new Effect.TrunkNews(trunk, flow?.Remote, failure?.Evidence));
    }

    /// <summary>The current target has named others, if it has.</summary>
    public void Redirect(SipResponse response)
    {
        if (Redirections.Follows(response.Status) && Current is { } by) _redirections.Add(response, by);
    }
}
