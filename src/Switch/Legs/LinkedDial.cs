using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>Begins a leg for one that is there already: asked of the gate, with a port. What is refused here changes nothing.</summary>
internal static class LinkedDial
{
    /// <param name="asks">As what the gate is asked; null when another leg stands for the call there.</param>
    public static Ack TryBegin(ShardContext shard, DialRequest request, DialPlan plan, Direction? asks)
    {
        if (plan.Refusal is not Refusal.None) return plan.Refusal;
        if (plan.Forbidden(shard.Settings.Targets) is not null) return Refusal.TargetForbidden;
        request = request with { To = plan.Destination.To };
        // Equipment that is at a trunk is paid for like any other call there.
        if (request.IsDelivery && plan.Destination.Kind is DestinationKind.Number) asks = Direction.Outbound;
        var id = shard.NextLegId();
        if (asks is { } direction)
        {
            var answer = shard.Gate.Enter(new()
            {
                Leg = id,
                Direction = direction,
                Tenant = request.Tenant,
                Connection = request.Connection,
                From = request.From,
                To = request.To,
                Kind = plan.Destination.Kind,
                StaysHere = plan.StaysHere,
                IsOnNet = plan.IsOnNet,
            });
            if (!answer.IsOpen) return answer.Refusal;
        }
        if (shard.Media.Lease(id, out var lease) is var refusal and not Refusal.None)
        {
            shard.Emit(new Effect.GateLeave(id));
            return refusal;
        }
        var facts = OutboundFacts.Of(request, plan, id, shard.Now, shard.Settings.Anchor, shard.Settings.Domain, shard.Rng.Next);
        var codecs = shard.Routing.FindConnection(request.Tenant, request.Connection)?.Codecs ?? [];
        shard.Send(shard.Settings.Index, new Letter.Dial(facts, request, plan, lease, codecs)
        {
            IsCommitted = false,
            // The caller's own leg stands for both of a call out.
            AtGate = asks is null && !request.IsDelivery ? request.Link?.To : null,
        });
        return Ack.Accepted;
    }
}
