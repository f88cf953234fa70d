using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>Begins a leg for one that is there already: asked of the gate, with a port. What is refused here changes nothing.</summary>
internal static class LinkedDial
{
    /// <param name="asks">As what the gate is asked; null when another leg stands for the call there.</param>
    public static Ack TryBegin(ShardContext shard, DialRequest request, DialPlan plan, Direction? asks)
    {
        if (plan.Judge(shard.Settings.Targets) is { IsOpen: false } refused) return refused.Refusal;
        // Equipment that is at a trunk is paid for like any other call there.
        if (request.IsDelivery && plan.Destination.Kind is DestinationKind.Number) asks = Direction.Outbound;
        if (shard.Placement.TryPlace(shard.Routing, request, plan, shard.NextLegId(), shard.Now, asks, out var placed) is { IsOpen: false } answer) return answer.Refusal;
        shard.Send(shard.Settings.Index, new LegLetter.Dial(placed.Facts, placed.Request, plan, placed.Lease, placed.Codecs)
        {
            IsCommitted = false,
            // The caller's own leg stands for both of a call out.
            AtGate = asks is null && !request.IsDelivery ? request.Link?.To : null,
        });
        return Ack.Accepted;
    }
}
