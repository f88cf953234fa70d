using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What a leg needs before it is anybody's: a yes of the gate and of the target policy, a port, its facts. The API's dial, a leg that dials
/// another, an incoming call and the simulator all come here with the gate's answer. Pure but for the gate and the leases;
/// what is refused has changed nothing.
/// </summary>
/// <param name="domain">Host of the From URI when the trunk has no other wish.</param>
/// <param name="random">For the UUIDs.</param>
/// <param name="trunks">Counts the calls of trunks that have limits.</param>
public sealed class Placement(IDialGate gate, IMediaPlane media, TrunkBoard trunks, TargetPolicy targets, WallAnchor anchor, string domain,
    Func<ulong> random)
{
    /// <summary>A leg that is to be dialled. The gate's refusal is told first.</summary>
    /// <param name="entered">What the gate said of it; open where another leg stands for the call there.</param>
    /// <returns>Open when <paramref name="placed"/> holds a port beside the place at the gate: who gives it up gives back both.</returns>
    public GateAnswer TryPlace(GateAnswer entered, RoutingSnapshot routing, DialRequest request, DialPlan plan, LegId leg,
        Instant now, out PlacedLeg placed)
    {
        placed = null!;
        if (!entered.IsOpen) return entered;
        request = request with { To = plan.Destination.To };
        try
        {
            if (plan.Judge(targets) is { IsOpen: false } judged) return judged;
            if (EnterTrunk(routing, leg, ref plan, now) is { IsOpen: false } limited) return limited;
            var facts = OutboundFacts.Of(request, plan, leg, now, anchor, domain, random);
            if (TakePort(leg, out var lease) is { IsOpen: false } full) return full;
            var codecs = routing.FindConnection(request.Tenant, request.Connection)?.Codecs ?? [];
            placed = new(request, plan, lease, facts)
            {
                ConnectionCodecs = codecs,
                Codecs = request.PreferredCodecs.Count > 0 ? request.PreferredCodecs : codecs,
            };
            return GateAnswer.Open;
        }
        finally
        {
            if (placed is null) gate.Leave(leg);
        }
    }

    /// <summary>A leg that has come in.</summary>
    /// <param name="trunk">Who brings it; null when that is none.</param>
    /// <inheritdoc cref="TryPlace"/>
    public GateAnswer TryAdmit(GateAnswer entered, Trunk? trunk, LegId leg, Instant now, out PortLease lease)
    {
        lease = default;
        if (!entered.IsOpen) return entered;
        var answer = trunks.Enter(leg, trunk, Direction.Inbound, now);
        if (answer.IsOpen) answer = TakePort(leg, out lease);
        if (!answer.IsOpen) gate.Leave(leg);
        return answer;
    }

    /// <summary>The first trunk of the plan that has room for the call; those before it are tried no more.</summary>
    private GateAnswer EnterTrunk(RoutingSnapshot routing, LegId leg, ref DialPlan plan, Instant now)
    {
        if (ShortNumber.IsEmergency(plan.Destination.To)) return GateAnswer.Open;
        var answer = GateAnswer.Open;
        for (int i = 0; i < plan.Targets.Count; i++)
        {
            var trunk = plan.Targets[i].Trunk is { } id ? routing.FindTrunk(id) : null;
            answer = trunks.Enter(leg, trunk, Direction.Outbound, now);
            if (!answer.IsOpen) continue;
            if (i > 0) plan = plan with { Targets = [.. plan.Targets.Skip(i)] };
            break;
        }
        return answer;
    }

    private GateAnswer TakePort(LegId leg, out PortLease lease) => media.Lease(leg, out lease) switch
    {
        Refusal.None => GateAnswer.Open,
        Refusal.MediaAway => new(Refusal.MediaAway, "media_away", "The media process is being restarted."),
        var refusal => new(refusal, "no_media_port", "All media ports are taken."),
    };
}

/// <summary>A leg that has a port, a route and its facts, and no row yet.</summary>
/// <param name="Request">With the destination as it was understood.</param>
public sealed record PlacedLeg(DialRequest Request, DialPlan Plan, PortLease Lease, LegFacts Facts)
{
    public required IReadOnlyList<string> ConnectionCodecs { get; init; }
    /// <summary>What the INVITE offers, before the trunk has its say.</summary>
    public required IReadOnlyList<string> Codecs { get; init; }
}
