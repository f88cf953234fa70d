using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Bridges;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The leg's part in bridges: the one that it is joined in, and the one that is forming.
/// It stays with its partner until the new one is joined.
/// </summary>
internal sealed class LegBridge(ShardContext shard, Leg leg)
{
    private BridgeId? _joined, _forming;
    private LegId _partner;
    private BridgeOrder? _hears;
    /// <summary>What is heard of <see cref="_hears"/> until something comes of it.</summary>
    private RingTone? _meanwhile;
    private RecordPlan? _record;
    private readonly List<LegId> _dialled = [];
    /// <summary>Bridges that form beside the first: several legs were dialled for this one; the first that is answered is joined.</summary>
    private List<BridgeId>? _rivals;
    private bool _hasRivals, _isReady, _isRinging, _hasEarlyAudio, _isAlerting, _hearsEarly, _hearsRing, _parks;

    /// <summary>The bridge that it is joined in, and with whom.</summary>
    public (BridgeId Bridge, LegId Partner)? Joined => _joined is { } joined ? (joined, _partner) : null;

    /// <summary>It is on its way into a bridge.</summary>
    public bool IsForming => _forming is not null;

    public void OnOrder(BridgeId bridge, BridgeOrder order)
    {
        switch (order)
        {
            case BridgeOrder.Invite invite:
                Enter(bridge, invite.HasRivals);
                _record = invite.Record;
                break;
            case BridgeOrder.Answer:
                if (IsWaitingFor(bridge)) leg.Commands.AnswerUnasked();
                break;
            case BridgeOrder.Ring:
                if (IsWaitingFor(bridge)) leg.Ringing.Tell();
                break;
            case BridgeOrder.HearRing or BridgeOrder.HearEarly:
                if (!IsWaitingFor(bridge)) break;
                leg.Transferee?.OnRinging(order is BridgeOrder.HearRing ? 180 : 183);
                (_hears, _meanwhile) = (order, null);
                Hear();
                break;
            case BridgeOrder.RingMeanwhile ring:
                // Of several that speak another may be heard by now.
                if (!IsWaitingFor(bridge) || _hears is not BridgeOrder.HearEarly early || early.Peer != ring.Peer) break;
                leg.Transferee?.OnRinging(180);
                _meanwhile = ring.Tone;
                if (_hearsEarly) Ring(ring.Tone);
                break;
            case BridgeOrder.Join join:
                if (IsWaitingFor(bridge)) Join(bridge, join);
                else Note(bridge, new BridgeNote.Left());
                break;
            case BridgeOrder.Meet meet:
                if (bridge == _joined) Post(new MediaCommand.JoinRoom(leg.Media.Port, meet.Room, new() { KeepsBridge = true }));
                break;
            case BridgeOrder.Part:
                if (bridge == _joined) Post(new MediaCommand.LeaveRoom(leg.Media.Port));
                break;
            case BridgeOrder.BeHeld held:
                if (bridge == _joined) BeHeld(held.IsOn);
                break;
            case BridgeOrder.Release release:
                Release(bridge, release);
                break;
            default:
                throw new UnreachableException();
        }
    }

    public bool IsJoinedToOtherThan(LegId one) => _joined is not null && _partner != one;

    /// <summary>It stays with whom it is joined to: whoever was dialled for it has come too late.</summary>
    public void Decline(BridgeId bridge) => Note(bridge, new BridgeNote.Left { IsWon = true });

    /// <summary>Nobody is there to be ordered about.</summary>
    public static void Decline(ShardContext shard, LegMessage.Ordered message)
    {
        if (message.Order is BridgeOrder.Invite { Correlation: { } correlation })
            shard.Emit(new Effect.Acknowledge(correlation, Refusal.AlreadyEnded));
        if (message.Order is not BridgeOrder.Release)
            shard.Send(message.Bridge.Shard, new BridgeMessage.Noted(message.Bridge, message.Leg, new BridgeNote.Left()));
    }

    /// <summary>Nobody is there any longer for whom that leg would ring.</summary>
    public static void Decline(ShardContext shard, LegMessage.DialledFor message) =>
        shard.Send(message.Dialled.Shard, new LegMessage.Withdraw(message.Dialled, WithdrawReason.PartnerLeft));

    /// <summary>That leg rings for this one, and others may too; whichever is answered asks for a bridge then.</summary>
    public void OnDialled(LegId dialled)
    {
        _dialled.Add(dialled);
        leg.Ringing.AwaitConnection();
    }

    /// <param name="hasAudio">The network of the far end speaks already, and our port hears it.</param>
    /// <param name="isAlerting">The far end itself rings.</param>
    public void OnRinging(bool hasAudio, bool isAlerting)
    {
        isAlerting |= _isAlerting;
        if (_isRinging && hasAudio == _hasEarlyAudio && isAlerting == _isAlerting) return;
        (_isRinging, _hasEarlyAudio, _isAlerting) = (true, hasAudio, isAlerting);
        if (IsForming) NoteForming(new BridgeNote.Ringing(hasAudio, isAlerting));
    }

    /// <summary>Answered, and what was to be heard before a bridge is over.</summary>
    public void OnReady()
    {
        _isReady = true;
        if (IsForming) NoteForming(new BridgeNote.Ready());
    }

    /// <summary>The party holds the call, or does no longer: whoever it talks to is to notice.</summary>
    public void OnHeld(bool isHeld)
    {
        if (_joined is { } bridge) Note(bridge, new BridgeNote.Held(isHeld));
    }

    /// <param name="failure">Why the leg, an outbound one, was never answered.</param>
    /// <param name="isElsewhere">Somebody else has answered its caller.</param>
    public void HangUp(BridgeFailure? failure = null, bool isElsewhere = false)
    {
        var why = isElsewhere ? WithdrawReason.PartnerElsewhere : WithdrawReason.PartnerLeft;
        foreach (var dialled in _dialled) shard.Send(dialled.Shard, new LegMessage.Withdraw(dialled, why));
        _dialled.Clear();
        if (IsForming) NoteForming(new BridgeNote.Left { Failure = failure, IsElsewhere = isElsewhere });
        if (_joined is { } joined) Note(joined, new BridgeNote.Left());
        _forming = _joined = null;
        _rivals?.Clear();
    }

    /// <summary>Who listens in on it, and so on whoever it is joined to.</summary>
    public void TellSupervisors(IReadOnlyList<Supervisor> supervisors)
    {
        if (_joined is { } bridge) Note(bridge, new BridgeNote.Supervised(supervisors));
    }

    /// <summary>It goes elsewhere, and not to another bridge: whoever it talks to is released by his rules.</summary>
    public void Leave()
    {
        if (IsForming)
        {
            NoteForming(new BridgeNote.Left());
            (_forming, _record) = (null, null);
            _rivals?.Clear();
            StopWaiting();
        }
        if (_joined is not { } joined) return;
        Note(joined, new BridgeNote.Left());
        _joined = null;
        leg.Activities.StopOrdered();
        BeHeld(false);
        Post(new MediaCommand.Unbridge(leg.Media.Port));
    }

    /// <summary>It goes nowhere: <see cref="Leave"/>, of which nobody else would tell.</summary>
    public void Park()
    {
        var joined = Joined;
        Leave();
        if (joined is (_, var partner)) leg.Reports.Unbridged(partner);
    }

    /// <summary>What comes before the answer; whoever still talks to somebody hears that one.</summary>
    private void Hear()
    {
        if (_joined is not null || leg.Conferencing.IsOn) return;
        if (_hears is BridgeOrder.HearRing ring) Ring(ring.Tone);
        else if (_hears is BridgeOrder.HearEarly early)
        {
            StopRing();
            if (!leg.IsAnswered) leg.Ringing.BeginEarlyMedia();
            _hearsEarly = true;
            Post(new MediaCommand.Bridge(leg.Media.Port, early.Peer, PassesDigits: false));
            if (_meanwhile is { } tone) Ring(tone);
        }
    }

    private void Ring(RingTone tone)
    {
        _hearsRing = true;
        Post(new MediaCommand.Ringback(leg.Media.Port, tone));
    }

    private void Enter(BridgeId bridge, bool hasRivals)
    {
        if (IsForming && _hasRivals && hasRivals) (_rivals ??= []).Add(bridge);
        else
        {
            if (IsForming) NoteForming(new BridgeNote.Left());
            _rivals?.Clear();
            StopWaiting();
            leg.Transferee?.OnEntered();
            leg.Timers.Disarm(LegTimer.FirstCommand);
            (_forming, _hasRivals) = (bridge, hasRivals);
        }
        leg.Ringing.AwaitConnection();
        Note(bridge, new BridgeNote.Entered(leg.Media.Port, _isReady));
        if (_isRinging && !_isReady) Note(bridge, new BridgeNote.Ringing(_hasEarlyAudio, _isAlerting));
    }

    private void Join(BridgeId bridge, BridgeOrder.Join join)
    {
        StopRing();
        leg.Transferee?.OnJoined();
        _parks = leg.Queueing.OnJoined();
        leg.Conferencing.Depart();
        leg.Supervising.Leave();
        // The same two once more have new terms, and nothing that anybody must be told.
        bool isNews = _joined is null || _partner != join.Partner;
        if (_joined is { } before)
        {
            Note(before, new BridgeNote.Left());
            leg.Activities.StopOrdered();
        }
        if (_forming is { } first && first != bridge) Note(first, new BridgeNote.Left { IsWon = true });
        for (int i = 0; i < _rivals?.Count; i++)
            if (_rivals[i] != bridge) Note(_rivals[i], new BridgeNote.Left { IsWon = true });
        _rivals?.Clear();
        (_joined, _partner, _forming, _hearsEarly, _hears, _meanwhile) = (bridge, join.Partner, null, false, null, null);
        BeHeld(false);
        Post(new MediaCommand.Bridge(leg.Media.Port, join.Peer, join.PassesDigits));
        if (leg.Media.IsHeld) OnHeld(true);
        if (isNews) leg.Reports.Bridged(join.Partner);
        leg.Supervising.TellBridge();
        leg.Activities.Records.Start(_record);
        _record = null;
    }

    private void Release(BridgeId bridge, BridgeOrder.Release release)
    {
        bool hangsUp = release.HangsUp && !(_parks && bridge == _joined);
        if (bridge == _joined)
        {
            _joined = null;
            leg.Activities.StopOrdered();
            var carried = leg.Transferee is { IsCarried: true } transferee ? transferee : null;
            if (!hangsUp || carried is not null) BeHeld(false);
            Post(new MediaCommand.Unbridge(leg.Media.Port));
            if (carried is not null)
            {
                carried.OnLeftAlone(_partner, hangsUp);
                Hear();
                return;
            }
            if (hangsUp && leg.Dialog.TakeRelease()) return;
            if (!hangsUp && !leg.IsOver) leg.Reports.Unbridged(_partner);
        }
        else if (_rivals?.Remove(bridge) is true)
        {
            // Others go on.
        }
        else if (bridge == _forming && _rivals is { Count: > 0 } others)
        {
            _forming = others[0];
            others.RemoveAt(0);
        }
        else if (bridge == _forming)
        {
            (_forming, _record) = (null, null);
            StopWaiting();
            leg.Ringing.AwaitAnswer();
            leg.Transferee?.OnFailed(release.Failure);
        }
        else return;
        if (hangsUp && !leg.TryFallBack())
            leg.End(leg.Dialog.Taken ?? (release.IsLost && !leg.IsAnswered ? Ending.ByWithdrawal(WithdrawReason.AnotherAnswered)
                : release.IsElsewhere
                    ? Ending.ByPartner(leg.IsAnswered, release.Failure) with { CancelReason = Ending.AnsweredElsewhere }
                : Ending.ByPartner(leg.IsAnswered, release.Failure)), LegInput.HangUp);
    }

    /// <summary>By music where the connection has some, else the way it came: our own hold, which the party's equipment shows.</summary>
    private void BeHeld(bool isOn)
    {
        if (leg.IsOver) return;
        if (shard.Routing.FindConnection(leg.Facts.Tenant, leg.Facts.Connection)?.HoldMusic is { } music && isOn)
            leg.Activities.PlayOnHold(new PromptSource.Stored(music), otherwise: () => leg.Dialog.Holding.Pass(true));
        else if (isOn) leg.Dialog.Holding.Pass(true);
        else
        {
            leg.Activities.EndHoldMusic();
            leg.Dialog.Holding.Pass(false);
        }
    }

    private bool IsWaitingFor(BridgeId bridge) => bridge == _forming || _rivals?.Contains(bridge) is true;

    private void NoteForming(BridgeNote note)
    {
        if (_forming is { } forming) Note(forming, note);
        for (int i = 0; i < _rivals?.Count; i++) Note(_rivals[i], note);
    }

    private void StopWaiting()
    {
        StopRing();
        if (_hearsEarly) Post(new MediaCommand.Unbridge(leg.Media.Port));
        (_hearsEarly, _hears, _meanwhile) = (false, null, null);
    }

    private void StopRing()
    {
        if (_hearsRing) Post(new MediaCommand.Ringback(leg.Media.Port, null));
        _hearsRing = false;
    }

    private void Post(MediaCommand command) => shard.Emit(new Effect.Media(command));

    private void Note(BridgeId bridge, BridgeNote note) => shard.Send(bridge.Shard, new BridgeMessage.Noted(bridge, leg.Facts.Id, note));
}
