using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The leg's part when whoever it talks to refers it to somebody else (RFC 5589, transferee): it is connected to him, and stays where it
/// is until he answers. When the referrer hangs up meanwhile it goes on alone, and ends only when nobody is left for it; one that would
/// have stayed up is parted from him then, and not before, for its program would go on, and hang it up.
/// </summary>
internal sealed class LegTransferee(ShardContext shard, Leg leg)
{
    private LegId? _referrer, _parked;
    private bool _isAlone;

    /// <summary>It is on its way to somebody else.</summary>
    public bool IsCarried => _referrer is not null;

    public void OnCarry(LegMessage.Carry carry)
    {
        if (IsCarried || leg.Bridging.IsForming || leg.Bridging.Joined is not var (joined, _) || joined != carry.Bridge)
        {
            Decline(shard, carry.Referrer, 491);
            return;
        }
        (_referrer, _isAlone, _parked) = (carry.Referrer, false, null);
        leg.Timers.Arm(LegTimer.Carried, shard.Now + Limits.Carried);
        if (carry.Request is { } request) Dial(request);
    }

    /// <summary>The other call of the referrer, whose party this one is to talk to, or who is to be called for it.</summary>
    public void OnFound(LegMessage.Found found)
    {
        if (_referrer != found.Referrer) return;
        if (found.Request is { } request) Dial(request);
        else if (found.Other is { } other && other != leg.Facts.Id)
            shard.Send(shard.Settings.Index, new BridgeMessage.Form(new([new(leg.Facts.Id), new(other)]), Correlation: null));
        else Fail(found.Other is null ? found.Status : 403);
    }

    /// <summary>Nobody is there to be carried.</summary>
    public static void Decline(ShardContext shard, LegId referrer, int status) =>
        shard.Send(referrer.Shard, new LegMessage.ReferNews(referrer, status));

    public void OnEntered() => leg.Timers.Disarm(LegTimer.Carried);

    public void OnRinging(int status)
    {
        if (_referrer is { } referrer) Decline(shard, referrer, status);
    }

    /// <summary>Before the leg leaves the bridge with its referrer, who is hung up then.</summary>
    public void OnJoined()
    {
        OnRinging(200);
        Forget();
    }

    /// <summary>The referrer has left.</summary>
    /// <param name="hangsUp">Without this the leg would be hung up.</param>
    public void OnLeftAlone(LegId partner, bool hangsUp)
    {
        _isAlone = hangsUp;
        _parked = hangsUp ? null : partner;
    }

    /// <param name="failure">Why the one that was called was never answered; null when he left before that was known.</param>
    public void OnFailed(BridgeFailure? failure) => Fail(failure is { } why ? Ending.StatusOf(why) : 480);

    /// <summary>Neither a leg that was dialled for this one nor another call has come.</summary>
    public void OnSilence() => Fail(408);

    /// <summary>The leg is over.</summary>
    public void Stop()
    {
        OnRinging(487);
        Forget();
    }

    private void Dial(DialRequest request)
    {
        request = request with { Link = new(leg.Facts.Id) { JoinsOnAnswer = true, Ringback = RingTone.Usual } };
        var plan = DialPlan.For(shard.Routing, request, shard.Hosts, turn: shard.NextTurn(), trunks: shard.Trunks);
        if (LinkedDial.TryBegin(shard, leg, request, plan, Direction.Outbound, later: OnBegun) is { } begun) OnBegun(begun);
    }

    private void OnBegun(Ack begun)
    {
        if (!begun.IsAccepted) Fail(InboundSetup.OutwardStatusOf(begun.Refusal));
    }

    private void Fail(int status)
    {
        if (_referrer is not { } referrer) return;
        var (isAlone, parked) = (_isAlone, _parked);
        Forget();
        leg.Timers.Disarm(LegTimer.Carried);
        Decline(shard, referrer, status);
        if (leg.IsOver) return;
        if (isAlone) leg.End(Ending.ByLostReferral(status), LegInput.HangUp);
        else if (parked is { } partner) leg.Reports.Unbridged(partner);
    }

    private void Forget() => (_referrer, _isAlone, _parked) = (null, false, null);
}
