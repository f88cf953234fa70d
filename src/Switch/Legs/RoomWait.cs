using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>
/// A dialled leg waits until its account may have one more call: nobody is called meanwhile, and the gate counts nothing. The first of an
/// account asks the gate now and then, the others wait behind it.
/// </summary>
internal sealed class RoomWait(ShardContext shard, Leg leg, LegMessage.Dial dial)
{
    private Instant _until;

    private TenantId Account => dial.Request.Tenant;

    public void Begin()
    {
        _until = shard.Now + Limits.RoomWait;
        shard.Emit(new Effect.Noted(leg.Facts, "It waits: the account has as many calls as it may have."));
        Look();
    }

    public void Look()
    {
        if (shard.IsDraining) leg.End(Ending.ByNode(HangupCause.NodeShutdown), LegInput.HangUp);
        else if (shard.Now >= _until) Fail($"The account had no room for the call within {Limits.RoomWait.TotalMinutes:0} minutes.");
        else if (!shard.Settings.Room.IsFirst(Account, leg.Facts.Id)) LookLater();
        else if (Ask() is { } answer) Hear(answer);
    }

    /// <summary>Idempotent.</summary>
    public void Leave() => shard.Settings.Room.Leave(Account, leg.Facts.Id);

    private GateAnswer? Ask() =>
        shard.Questions.Enter(CallAttempts.Of(dial.Request, dial.Plan, leg.Facts.Id, Direction.Outbound), leg.Facts.Id, Hear);

    private void Hear(GateAnswer answer)
    {
        if (leg.IsOver) shard.Gate.Leave(leg.Facts.Id);
        else if (answer.IsOpen)
        {
            Leave();
            leg.Outbound!.Proceed();        // it waits, so it is dialled
        }
        else if (WaitingRoom.IsFull(answer.Refusal) || answer.Refusal is Refusal.Overloaded) LookLater();
        // What may not be at all does not wait any longer.
        else Fail(answer.Detail ?? "The call may not be placed any more.");
    }

    private void LookLater() => leg.Timers.Arm(LegTimer.Room, shard.Now + Limits.RoomLook);

    private void Fail(string why) => leg.End(Ending.Of(FailureClass.OfGate(why)), LegInput.Failure);
}
