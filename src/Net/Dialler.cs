using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;

namespace Ringwright.Net;

/// <summary>
/// From a dial to the messages for its legs' shard: ids, the gate, routes, ports, first rows; and only when those are committed,
/// the messages. The simulator runs it too, so it awaits where it was called from, has no clock of its own and starts nothing.
/// </summary>
internal sealed class Dialler(NodeIdentity identity, IRouting routing, SipDomains hosts, Placement placement, InitialInvite invites,
    IDialGate gate, GateWait gateWait, IMediaPlane media, ILedger ledger, TrunkBoard trunks, IDialEdge edge, IDialMemory? others = null)
{
    private static readonly GateAnswer Draining = new(Refusal.Draining, "draining", "The node is stopping and takes no new calls.");

    private readonly DialMemory _memory = new(leg => leg.Node == identity.Node && leg.Epoch == identity.Epoch);
    private static Dialled NotTaken =>
        Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", "The ledger did not take the call.");

    private uint _counter, _turn;
    private volatile bool _isDraining;

    /// <summary>Refuses new legs from now on.</summary>
    public void Drain() => _isDraining = true;

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => request.CommandId is { } commandId
        ? _memory.DialAsync(request.Tenant, commandId, edge.Now, () => DialHereOnceAsync(request, commandId), stop)
        : DialOnceAsync(request);

    /// <summary>Of this start of this node; every other leg of ours has ended.</summary>
    public bool IsHere(ShardAddress place) => place.Node == identity.Node && place.Epoch == identity.Epoch && place.Shard < edge.Shards;

    /// <summary>Whoever repeats it here waits for this, so nobody's going stops it.</summary>
    private ValueTask<Dialled> DialHereOnceAsync(DialRequest request, string commandId) => others is null ? DialOnceAsync(request)
        : others.DialAsync(request.Tenant, commandId, edge.Now, () => DialOnceAsync(request), CancellationToken.None);

    private async ValueTask<Dialled> DialOnceAsync(DialRequest request)
    {
        if (_isDraining) return Dialled.Refused(Draining.Refusal, Draining.Rule, Draining.Detail);
        if (!ledger.IsReady)
            return Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", "The ledger cannot take new calls at the moment.");
        if (request.Supervises is { Of: var supervised } && !IsHere(new(supervised.Value)))
            return Dialled.Refused(Refusal.WrongState, "supervised_elsewhere", "The call to be supervised is over.");
        // Legs that belong together live together, so that most messages between them stay on one shard; those that ring together must.
        int shard = (request.Link?.To ?? request.Supervises?.Of) is { } other && IsHere(new(other.Value)) ? other.Shard
            : (int)(Interlocked.Increment(ref _turn) % (uint)edge.Shards);
        if (edge.IsBusy(shard)) return Dialled.Refused(Refusal.Overloaded, "overloaded", "The node is busy; try again later.");

        // The leg keeps what it was dialled by, and nobody's program.
        var placing = request.Placing;
        if (placing is not null) request = request with { Placing = null };
        var legs = new List<NewLeg>();
        var leftOut = new List<LeftOutCallee>();
        try
        {
            var refused = await PlaceAllAsync(request, shard, legs, leftOut);
            if (refused is null && await IsWithdrawnAsync(request))
                refused = Dialled.Refused(Refusal.Withdrawn, "withdrawn", "The node stood still, and the connection was closed meanwhile.");
            return refused ?? await CommitAsync(legs, shard, placing, leftOut);
        }
        finally
        {
            foreach (var leg in legs)
            {
                if (leg.IsHandedOver) continue;
                if (leg.IsHeld) placement.LeaveRoom(leg.Initiated.Leg.Tenant, leg.Initiated.Leg.Id);
                gate.Leave(leg.Initiated.Leg.Id);
                media.Post(new MediaCommand.Close(leg.Placed.Lease.Port));
            }
        }
    }

    /// <summary>
    /// After a stall many have given up and gone, and may have asked again or told a person: a call that nobody expects any more is not
    /// placed. In ordinary running what was asked for is done, whether or not the client waits for the answer.
    /// </summary>
    private async ValueTask<bool> IsWithdrawnAsync(DialRequest request)
    {
        if (request.HasAskerLeft is not { } hasLeft || !edge.IsAfterStall || !await hasLeft()) return false;
        edge.Withdrew(request);
        return true;
    }

    /// <summary>Places a leg for each whom the request names.</summary>
    /// <param name="leftOut">Gets those that the others ring without.</param>
    /// <returns>Null when somebody rings; else why nobody does.</returns>
    private async ValueTask<Dialled?> PlaceAllAsync(DialRequest request, int shard, List<NewLeg> legs, List<LeftOutCallee> leftOut)
    {
        for (int i = 0; i <= request.AlsoTo.Count + request.Also.Count; i++)
        {
            var one = Callee(request, i, legs);
            if (await PlaceAsync(one, shard, legs) is not { } refused) continue;
            if (!request.LeavesOutRefused) return refused;
            leftOut.Add(new(one.To, refused));
        }
        return legs.Count > 0 ? null : leftOut[0].Why;
    }

    /// <summary>One of several, by its number. Whoever is placed first has the command's id, and makes the session.</summary>
    private static DialRequest Callee(DialRequest request, int index, List<NewLeg> placed)
    {
        if (index == 0) return request;
        var one = index <= request.AlsoTo.Count ? request with { To = request.AlsoTo[index - 1] }
            : request.Also[index - request.AlsoTo.Count - 1] with
            {
                Tenant = request.Tenant,
                Connection = request.Connection,
                Placing = null,
            };
        return placed.Count == 0 ? one with { CommandId = request.CommandId, Session = request.Session }
            : one with { CommandId = null, Session = placed[0].Initiated.Leg.Session };
    }

    /// <summary>Finds the route and places a leg on it.</summary>
    /// <returns>Null when the leg is among <paramref name="legs"/> now.</returns>
    private async ValueTask<Dialled?> PlaceAsync(DialRequest request, int shard, List<NewLeg> legs)
    {
        uint counter = Interlocked.Increment(ref _counter);
        var leg = LegId.Compose(identity.Node, shard, identity.Epoch, counter, edge.Random());
        // The plan says what the destination means, so that the gate judges what is dialled.
        var plan = DialPlan.ForProgram(routing.Current, request, hosts, turn: counter, trunks: new(trunks, edge.Now));
        // Where it waits for a trunk it is a call to where it would go with room: its facts name that, and it finds its way when it leaves.
        if ((request.WaitsForRoom || request.WaitsForTrunk) && plan.Refusal is Refusal.TrunkLimit)
            plan = DialPlan.ForProgram(routing.Current, request, hosts, turn: counter);
        var entered = await EnterAsync(CallAttempts.Of(request, plan, leg, Direction.Outbound));
        bool isHeld = MayWait(request, entered) && placement.TryHold(entered, request.Tenant, leg, plan);
        var answer = placement.TryPlace(entered, routing.Current, request, plan, leg, edge.Now, out var placed, isHeld);
        if (!isHeld && answer.Refusal is Refusal.TrunkLimit && MayWait(request, answer)
            && placement.TryHold(answer, request.Tenant, leg, plan))
        {
            isHeld = true;
            answer = placement.TryPlace(answer, routing.Current, request, plan, leg, edge.Now, out placed, isHeld);
        }
        if (!answer.IsOpen)
        {
            if (isHeld) placement.LeaveRoom(request.Tenant, leg);
            return Dialled.Refused(answer.Refusal, answer.Rule, answer.Detail);
        }
        var mine = new NewLeg(placed, new()
        {
            Leg = placed.Facts,
            At = placed.Facts.StartedAt,
            ConnectionCodecs = placed.ConnectionCodecs,
            CommandId = request.CommandId,
            Dialled = request.To,
            IsLinked = request.Link is not null,
        }, InviteNames.Mint(identity, shard, counter, edge.Random()))
        { IsHeld = isHeld };
        legs.Add(mine);
        // Of one that waits no INVITE is on its way that a next start would have to take back.
        if (!isHeld) mine.RecoveryBye = invites.RecoveryBye(placed.Request, placed.Plan, mine.Names);
        return null;
    }

    /// <param name="said">Of the call: an open answer may be for somebody who came before.</param>
    private static bool MayWait(DialRequest request, GateAnswer said) =>
        request.WaitsForRoom || (request.WaitsForTrunk && (said.IsOpen || said.Refusal is Refusal.TrunkLimit));

    private ValueTask<GateAnswer> EnterAsync(CallAttempt call) => HearAsync(gate.EnterAsync(call), call.Leg);

    private async ValueTask<GateAnswer> HearAsync(ValueTask<GateAnswer> asked, LegId leg)
    {
        if (GateAnswer.Now(asked) is { } atOnce) return atOnce;
        var answer = await gateWait.ForAsync(asked.AsTask());
        // The node may have begun to stop meanwhile.
        if (answer.IsOpen && _isDraining) answer = Draining;
        if (!answer.IsOpen) gate.Leave(leg);
        return answer;
    }

    /// <summary>Commits the first rows, then tells the shard of all that have one.</summary>
    private async ValueTask<Dialled> CommitAsync(List<NewLeg> legs, int shard, Action<LegFacts>? placing, List<LeftOutCallee> leftOut)
    {
        foreach (var leg in legs) placing?.Invoke(leg.Initiated.Leg);
        var first = AppendAsync(legs[0]);
        // The id is the first one's: where another node may have used it, the others are not written before that is known.
        if (others is not null && legs.Count > 1 && legs[0].Initiated.CommandId is not null && !await first) return NotTaken;
        var rows = new Task<bool>[legs.Count];
        rows[0] = first;
        for (int i = 1; i < rows.Length; i++) rows[i] = AppendAsync(legs[i]);
        var committed = new List<NewLeg>();
        for (int i = 0; i < rows.Length; i++)
            if (await rows[i]) committed.Add(legs[i]);
            else leftOut.Add(new(legs[i].Initiated.Leg.To, NotTaken));
        if (committed.Count == 0) return NotTaken;

        IReadOnlyList<LegId> rivals = committed.Count == 1 ? [] : [.. committed.Select(l => l.Initiated.Leg.Id)];
        foreach (var leg in committed)
        {
            leg.IsHandedOver = true;
            edge.HandOver(shard, new(leg.Initiated.Leg, leg.Placed.Request, leg.Placed.Plan, leg.Placed.Lease, leg.Placed.Codecs)
            {
                Rivals = rivals, IsHeld = leg.IsHeld, Names = leg.IsHeld ? null : leg.Names, RecoveryBye = leg.RecoveryBye
            });
        }
        return Dialled.Accepted(committed[0].Initiated.Leg) with { LeftOut = leftOut };
    }

    private Task<bool> AppendAsync(NewLeg leg)
    {
        // What follows a commit is not for the ledger's own thread.
        var committed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        ledger.Append(leg.Initiated, (_, isCommitted) => committed.SetResult(isCommitted), leg.RecoveryBye);
        return committed.Task;
    }

    /// <param name="Initiated">Its first row, not written yet.</param>
    private sealed record NewLeg(PlacedLeg Placed, CallEvent.LegInitiated Initiated, InviteNames Names)
    {
        public string? RecoveryBye { get; set; }

        /// <summary>It waits for room before anybody is called.</summary>
        public bool IsHeld { get; init; }

        /// <summary>Its shard looks after gate and port from now on.</summary>
        public bool IsHandedOver { get; set; }
    }
}
