using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>
/// A dialled leg waits until its account, or a trunk that leads there, may have one more call: nobody is called meanwhile, and neither
/// counts it. Those whose turn it is ask now and then, the others wait behind them. Where the call goes is found anew each time.
/// </summary>
internal sealed class RoomWait(ShardContext shard, Leg leg, LegMessage.Dial dial)
{
    /// <summary>Each reason once, in whatever order they come and go.</summary>
    private readonly HashSet<string> _said = [];

    private Instant _until;
    private uint _turn;

    private TenantId Account => dial.Request.Tenant;

    public void Begin()
    {
        _until = shard.Now + Limits.RoomWait;
        _turn = shard.NextTurn();
        Look();
    }

    public void Look()
    {
        var room = shard.Settings.Room;
        if (shard.IsDraining) leg.End(Ending.ByNode(HangupCause.NodeShutdown), LegInput.HangUp);
        else if (shard.Now >= _until)
            Fail(Refusal.Overloaded, $"There was no room for the call within {Limits.RoomWait.TotalMinutes:0} minutes.");
        else if (room.IsNext(Account, leg.Facts.Id)) Ask(Plan());
        // Other accounts wait for its first trunk for longer, and a further one may have room.
        else if (room.IsNextOfAccount(Account, leg.Facts.Id) && Plan() is { Refusal: Refusal.None, By: { } by } plan
            && by != plan.Way && room.IsNext(Account, leg.Facts.Id, by)) Ask(plan);
        else LookLater("Others that came before it wait for the same.");
    }

    /// <summary>Idempotent.</summary>
    public void Leave() => shard.Settings.Room.Leave(Account, leg.Facts.Id);

    private DialPlan Plan() => DialPlan.ForProgram(shard.Routing, dial.Request, shard.Hosts, turn: _turn, trunks: shard.Trunks);

    /// <summary>The trunks first: where they are full the gate need not be asked.</summary>
    private void Ask(DialPlan plan)
    {
        var judged = plan.Judge(shard.Settings.Targets);
        if (!judged.IsOpen) Wait(judged, plan);
        else if (shard.Questions.Enter(CallAttempts.Of(dial.Request, plan, leg.Facts.Id, Direction.Outbound), leg.Facts.Id,
            answer => Hear(answer, plan)) is { } answered) Hear(answered, plan);
    }

    private void Hear(GateAnswer answer, DialPlan plan)
    {
        if (leg.IsOver)
        {
            shard.Gate.Leave(leg.Facts.Id);
            return;
        }
        if (!answer.IsOpen)
        {
            Wait(answer, plan);
            return;
        }
        var entered = shard.Placement.EnterTrunk(shard.Routing, leg.Facts.Id, ref plan, shard.Now);
        if (entered.IsOpen)
        {
            Leave();
            leg.Outbound!.Proceed(plan);        // it waits, so it is dialled
            return;
        }
        // Somebody else was quicker.
        shard.Gate.Leave(leg.Facts.Id);
        Wait(entered, plan);
    }

    /// <summary>What may not be at all does not wait any longer.</summary>
    private void Wait(GateAnswer refused, DialPlan plan)
    {
        if (!WaitingRoom.IsFull(refused) && refused.Refusal is not Refusal.Overloaded)
        {
            Fail(refused.Refusal, refused.Detail ?? "The call may not be placed any more.");
            return;
        }
        // Where the gate has no answer for its account, other accounts need not wait for the trunk behind it.
        shard.Settings.Room.Change(Account, new(leg.Facts.Id, plan.Way, refused.Refusal is Refusal.TrunkLimit));
        LookLater(refused.Detail);
    }

    /// <param name="why">For whoever asks the call's trace why nobody was called yet.</param>
    private void LookLater(string? why)
    {
        if (why is not null && _said.Add(why)) shard.Emit(new Effect.Noted(leg.Facts, $"It waits for room. {why}"));
        leg.Timers.Arm(LegTimer.Room, shard.Now + Limits.RoomLook);
    }

    /// <summary>With the status that equipment would get that dials it; where no room is, there may be some later.</summary>
    private void Fail(Refusal refusal, string why)
    {
        int status = refusal.IsOfRoom() ? 503 : InboundSetup.OutwardStatusOf(refusal);
        var cause = refusal is Refusal.InsufficientFunds or Refusal.SpendLimit ? HangupCause.InsufficientFunds : HangupCause.RemoteFailure;
        leg.End(Ending.Of(FailureClass.OfGate(status, cause, why)), LegInput.Failure);
    }
}
