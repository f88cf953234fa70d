using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What a leg needs before it is anybody's: a yes of the gate and of the target policy, a port, its facts. The API's dial, a leg that dials
/// another, an incoming call and the simulator all come here with the gate's answer. Pure but for the gate and the leases;
/// what is refused has changed nothing.
/// </summary>
/// <param name="random">For the UUIDs.</param>
public sealed class Placement(IDialGate gate, IMediaPlane media, ShardSettings settings, Func<ulong> random)
{
    /// <summary>
    /// A leg that may wait for room does so where its account or each trunk has none, and where others of the account wait already whose
    /// turn is before. The gate counts it when it has waited; until then whoever gives it up has it <see cref="LeaveRoom"/>.
    /// </summary>
    /// <param name="said">What the gate or <see cref="TryPlace"/> said of it.</param>
    /// <param name="way">The first trunk that leads there, <see cref="DialPlan.Way"/>.</param>
    /// <param name="by">The first of those with room, <see cref="DialPlan.By"/>; null takes <paramref name="way"/>.</param>
    /// <returns>False when it need not wait, or as many wait as may: then that answer holds.</returns>
    internal bool TryHold(GateAnswer said, TenantId account, LegId leg, TrunkId? way, TrunkId? by = null)
    {
        bool waits = said.IsOpen ? settings.Room.HasBefore(account, way, by) : WaitingRoom.IsFull(said);
        if (!waits || !settings.Room.TryEnter(account, new(leg, way, said.Refusal is Refusal.TrunkLimit))) return false;
        gate.Leave(leg);
        return true;
    }

    /// <summary>The same for where a plan leads. A short number, which no trunk has a limit for, waits behind nobody.</summary>
    public bool TryHold(GateAnswer said, TenantId account, LegId leg, DialPlan plan) =>
        !(said.IsOpen && plan.IsEmergency) && TryHold(said, account, leg, plan.Way, plan.By);

    public void LeaveRoom(TenantId account, LegId leg) => settings.Room.Leave(account, leg);

    /// <summary>A leg that is to be dialled. The gate's refusal is told first.</summary>
    /// <param name="entered">What the gate said of it; open where another leg stands for the call there.</param>
    /// <param name="isHeld">It waits for room, and takes none at the gate or at a trunk meanwhile.</param>
    /// <returns>Open when <paramref name="placed"/> holds a port beside the place at the gate: who gives it up gives back both.</returns>
    public GateAnswer TryPlace(GateAnswer entered, RoutingSnapshot routing, DialRequest request, DialPlan plan, LegId leg,
        Instant now, out PlacedLeg placed, bool isHeld = false)
    {
        placed = null!;
        if (!entered.IsOpen && !isHeld) return entered;
        request = request with { To = plan.Destination.To, Application = request.Application.WithTraits(settings.TraitsOf) };
        try
        {
            if ((request.Stream is not null || request.Transcription is not null || request.Agent is not null) && !settings.HasLiveAudio)
                return new(Refusal.NoLiveAudio, "no_live_audio", "This node carries no live audio.");
            if (plan.Judge(settings.Targets) is { IsOpen: false } judged) return judged;
            if (!isHeld && EnterTrunk(routing, leg, ref plan, now) is { IsOpen: false } limited) return limited;
            var facts = OutboundFacts.Of(request, plan, leg, now, settings.Anchor, settings.Domain, random);
            if (TakePort(leg, NetworkOf(plan.Targets), out var lease) is { IsOpen: false } full) return full;
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
    /// <param name="network">The one that it came by.</param>
    /// <inheritdoc cref="TryPlace"/>
    public GateAnswer TryAdmit(GateAnswer entered, Trunk? trunk, LegId leg, int network, Instant now, out PortLease lease)
    {
        lease = default;
        if (!entered.IsOpen) return entered;
        var answer = settings.Trunks.Enter(leg, trunk, Direction.Inbound, now);
        if (answer.IsOpen) answer = TakePort(leg, network, out lease);
        if (!answer.IsOpen) gate.Leave(leg);
        return answer;
    }

    /// <summary>The first trunk of the plan that has room for the call; those before it are tried no more.</summary>
    internal GateAnswer EnterTrunk(RoutingSnapshot routing, LegId leg, ref DialPlan plan, Instant now)
    {
        if (plan.IsEmergency) return GateAnswer.Open;
        var answer = GateAnswer.Open;
        for (int i = 0; i < plan.Targets.Count; i++)
        {
            var trunk = plan.Targets[i].Trunk is { } id ? routing.FindTrunk(id) : null;
            answer = settings.Trunks.Enter(leg, trunk, Direction.Outbound, now);
            if (!answer.IsOpen) continue;
            if (i > 0) plan = plan with { Targets = [.. plan.Targets.Skip(i)] };
            break;
        }
        return answer;
    }

    /// <summary>Null before the first place is looked up: any will do then, and the leg moves when it is another.</summary>
    private int? NetworkOf(IReadOnlyList<DialTarget> targets) => targets switch
    {
        [{ IsInside: true }, ..] => 0,
        [{ RegisteredUser: null } first, ..] when InitialInvite.TryLiteral(first.Place, out var flow) =>
            settings.Networks.TryFind(flow.Remote.Address),
        _ => null,
    };

    private GateAnswer TakePort(LegId leg, int? wanted, out PortLease lease)
    {
        var answer = TakePort(leg, wanted ?? 0, out lease);
        for (int other = 1; !answer.IsOpen && wanted is null && other < settings.Networks.All.Count; other++)
            answer = TakePort(leg, other, out lease);
        return answer;
    }

    private GateAnswer TakePort(LegId leg, int network, out PortLease lease) => media.Lease(leg, network, out lease) switch
    {
        Refusal.None => GateAnswer.Open,
        Refusal.MediaAway => new(Refusal.MediaAway, "media_away", "The media process is being restarted."),
        var refusal => new(refusal, "no_media_port", settings.Networks.NameOf(network) is null ? "All media ports are taken."
            : $"All media ports of {settings.Networks[network].Local.Address} are taken."),
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
