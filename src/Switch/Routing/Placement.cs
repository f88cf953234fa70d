using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What a leg needs before it is anybody's: a yes of the gate and of the target policy, a port, its facts. The API's dial, a leg that dials
/// another, an incoming call and the simulator all ask here. Pure but for the gate and the leases; what is refused has changed nothing.
/// </summary>
/// <param name="domain">Host of the From URI when the trunk has no other wish.</param>
/// <param name="random">For the UUIDs.</param>
public sealed class Placement(IDialGate gate, IMediaPlane media, TargetPolicy targets, WallAnchor anchor, string domain, Func<ulong> random)
{
    /// <summary>A leg that is to be dialled. The gate's refusal is told first.</summary>
    /// <param name="asks">As what the gate is asked; null when another leg stands for the call there.</param>
    /// <returns>Open when <paramref name="placed"/> holds a place at the gate, if it was asked, and a port: who gives it up gives back both.</returns>
    public GateAnswer TryPlace(RoutingSnapshot routing, DialRequest request, DialPlan plan, LegId leg, Instant now, Direction? asks, out PlacedLeg placed)
    {
        placed = null!;
        request = request with { To = plan.Destination.To };
        if (asks is { } direction && gate.Enter(QuestionOf(request, plan, leg, direction)) is { IsOpen: false } refused) return refused;
        try
        {
            if (plan.Judge(targets) is { IsOpen: false } judged) return judged;
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
            if (placed is null && asks is not null) gate.Leave(leg);
        }
    }

    /// <summary>A leg that has come in.</summary>
    public GateAnswer TryAdmit(GateQuestion question, out PortLease lease)
    {
        lease = default;
        if (gate.Enter(question) is { IsOpen: false } refused) return refused;
        var answer = TakePort(question.Leg, out lease);
        if (!answer.IsOpen) gate.Leave(question.Leg);
        return answer;
    }

    private GateAnswer TakePort(LegId leg, out PortLease lease) => media.Lease(leg, out lease) switch
    {
        Refusal.None => GateAnswer.Open,
        Refusal.MediaAway => new(Refusal.MediaAway, "media_away", "The media process is being restarted."),
        var refusal => new(refusal, "no_media_port", "All media ports are taken."),
    };

    private static GateQuestion QuestionOf(DialRequest request, DialPlan plan, LegId leg, Direction direction) => new()
    {
        Leg = leg,
        Direction = direction,
        Tenant = request.Tenant,
        Connection = request.Connection,
        From = request.From,
        To = request.To,
        Kind = plan.Destination.Kind,
        IsByOperator = request.IsByOperator,
        StaysHere = plan.StaysHere,
        IsOnNet = plan.IsOnNet,
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
