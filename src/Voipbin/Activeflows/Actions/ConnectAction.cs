using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Rings others, all at once, and joins the call to whoever answers first; goes on when that one has left.</summary>
internal sealed class ConnectAction : IFlowAction
{
    private static readonly TimeSpan Ring = TimeSpan.FromSeconds(60), Talk = TimeSpan.FromHours(4), LastWord = TimeSpan.FromSeconds(2);

    public string Type => "connect";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Address("source"), FlowOption.Addresses("destinations").Required, FlowOption.Flag("early_media"),
        FlowOption.Flag("relay_reason"), FlowOption.OneOf("anonymous", "yes", "no", "auto"),
    ];

    public bool EndsOnFailure => true;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        var (to, fault) = await FlowAddresses.ReadAsync(run, options.Objects("destinations"));
        if (fault is not null) return new FlowStep.Failed(fault);
        var call = run.Call!;
        var connecting = run.Parts.Placed.Add(new Connecting(call.Post));
        try
        {
            if (run.Parts.Calls is not { } calls) return new FlowStep.Failed("no calls can be placed");
            var placed = await calls.DialAsync(RequestOf(run, options, to, connecting), call.Stop);
            if (!placed.Ack.IsAccepted)
                return new FlowStep.Failed($"it was refused: {placed.Detail ?? placed.Rule ?? placed.Ack.Refusal.ToString()}");
            foreach (var (other, why) in placed.LeftOut)
                await run.WarnAsync($"connect: {other} is not rung: {why.Detail ?? why.Rule ?? why.Ack.Refusal.ToString()}");
            var ended = await FollowAsync(call, connecting, to.Count - placed.LeftOut.Count);
            if (!options.Flag("relay_reason")) return FlowStep.Next;
            return new FlowStep.Hangup(ended is null ? HangupReasons.Normal
                : HangupReasons.Of(new(ended), ended.Leg.Labels[HangupReasons.Label]));
        }
        catch (OperationCanceledException)
        {
            throw new LegOverException();
        }
        finally
        {
            run.Parts.Placed.Remove(connecting);
        }
    }

    private static DialRequest RequestOf(FlowRunner run, FlowOptions options, IReadOnlyList<string> to, Connecting connecting)
    {
        var leg = run.Call!.Leg;
        return new()
        {
            Tenant = leg.Tenant, Connection = leg.Connection, To = to[0], AlsoTo = [.. to.Skip(1)], LeavesOutRefused = true,
            From = FlowAddresses.Party(options.Object("source")) ?? leg.From, BroughtCaller = leg.BroughtCaller,
            CallerName = VoipbinAddress.CallerNameOf(options.Object("source")),
            IsPrivate = options.Text("anonymous") is "yes", RingTimeout = Ring, TimeLimit = Talk, Session = leg.Session,
            Application = new(ApplicationKind.Flow, connecting.Target),
            Link = new(leg.Id)
            {
                JoinsOnAnswer = true, Ringback = options.Flag("early_media") ? null : RingTone.Usual, ParksOther = true,
            },
        };
    }

    /// <summary>Until the call is alone again.</summary>
    /// <returns>The end of whom it was joined to, or of the last one where nobody has answered.</returns>
    private static async ValueTask<CallEvent.LegEnded?> FollowAsync(FlowCall call, Connecting connecting, int count)
    {
        LegId? joined = null;
        while (true)
        {
            object happened = await call.NextAsync(e => e is CallEvent.LegBridged or CallEvent.LegUnbridged
                || e is CallEvent.LegEnded over && over.Leg.Application.Target == connecting.Target);
            if (happened is CallEvent.LegBridged bridged) joined = bridged.Peer;
            else if (happened is CallEvent.LegEnded ended)
            {
                if (joined is null && --count == 0) return ended;
                if (ended.Leg.Id != joined) continue;
                // The call is parted from him next, or joined to whom he has referred it to, who may ring yet.
                if (await call.NextWithinAsync(FlowLimits.Referral, static e => e is CallEvent.LegBridged or CallEvent.LegUnbridged)
                    is not CallEvent.LegBridged onward) return ended;
                joined = onward.Peer;
            }
            else if (happened is CallEvent.LegUnbridged parted && parted.Peer == joined)
                // The last that is told of him is on its way.
                return (CallEvent.LegEnded?)await call.NextWithinAsync(LastWord,
                    e => e is CallEvent.LegEnded over && over.Leg.Id == joined);
        }
    }
}
