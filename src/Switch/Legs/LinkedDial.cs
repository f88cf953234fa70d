using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>Begins a leg for one that is there already: asked of the gate, with a port. What is refused here changes nothing.</summary>
internal static class LinkedDial
{
    /// <param name="leg">The one that is there: when it is over before the gate answers, nothing begins.</param>
    /// <param name="asks">As what the gate is asked; null when another leg stands for the call there.</param>
    /// <param name="later">Hears, in a turn of the leg, what becomes of a dial of which the gate says later whether it may be.</param>
    /// <returns>Null when that is so.</returns>
    public static Ack? TryBegin(ShardContext shard, Leg leg, DialRequest request, DialPlan plan, Direction? asks, Action<Ack> later)
    {
        if (plan.Judge(shard.Settings.Targets) is { IsOpen: false } refused) return new Ack(refused.Refusal);
        // Whoever sends a call on counts as a hop: two who send it to each other, through others, would do so for ever.
        if (leg.Dialog.HopsLeft < 0) return new Ack(Refusal.Loop);
        request = request with { HopsLeft = leg.Dialog.HopsLeft };
        // Equipment that is at a trunk is paid for like any other call there.
        if (request.IsDelivery && plan.Destination.Kind is DestinationKind.Number) asks = Direction.Outbound;
        var dialled = shard.NextLegId();
        if (asks is not { } direction) return Begin(GateAnswer.Open);
        var call = CallAttempts.Of(request, plan, dialled, direction);
        return shard.Questions.Enter(call, leg.Facts.Id, answer => later(leg.IsOver ? GiveUp() : Begin(answer))) is { } atOnce
            ? Begin(atOnce)
            : null;

        Ack Begin(GateAnswer entered)
        {
            var answer = shard.Placement.TryPlace(entered, shard.Routing, request, plan, dialled, shard.Now, out var placed);
            if (!answer.IsOpen) return answer.Refusal;
            shard.Send(shard.Settings.Index, new LegMessage.Dial(placed.Facts, placed.Request, placed.Plan, placed.Lease, placed.Codecs)
            {
                IsCommitted = false,
                // The caller's own leg stands for both of a call out.
                AtGate = asks is null && !request.IsDelivery ? request.Link?.To : null,
            });
            return Ack.Accepted;
        }

        Ack GiveUp()
        {
            shard.Gate.Leave(dialled);
            return Refusal.AlreadyEnded;
        }
    }
}
