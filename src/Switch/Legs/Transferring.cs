using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>From a transfer command to the letter that begins the new leg: asked of the gate, routed, with a port. What is refused here changes nothing.</summary>
internal static class Transferring
{
    public static Ack TryBegin(ShardContext shard, LegFacts from, LegCommand.Transfer transfer)
    {
        if (shard.IsDraining) return Refusal.Draining;
        if (!shard.Ledger.IsReady) return Refusal.LedgerUnavailable;
        var request = Request(from, transfer);
        if (request.Labels.Size() > Labels.MaxBytes) return Refusal.Overloaded;

        var plan = DialPlan.For(shard.Routing, request);
        if (plan.Refusal is not Refusal.None) return plan.Refusal;
        if (IsForbidden(plan, shard.Settings.Targets)) return Refusal.TargetForbidden;
        var id = shard.NextLegId();
        var answer = shard.Gate.Enter(new()
        {
            Leg = id,
            Direction = Direction.Outbound,
            Tenant = request.Tenant,
            Connection = request.Connection,
            From = request.From,
            To = request.To,
        });
        if (!answer.IsOpen) return answer.Refusal;
        if (!shard.Media.TryLease(id, out var lease))
        {
            shard.Emit(new Effect.GateLeave(id));
            return Refusal.NoMediaPort;
        }
        var facts = OutboundFacts.Of(request, plan, id, shard.Now, shard.Settings.Anchor, shard.Settings.Domain, shard.Rng.Next);
        var codecs = shard.Routing.FindConnection(request.Tenant, request.Connection)?.Codecs ?? [];
        shard.Send(shard.Settings.Index, new Letter.Dial(facts, request, plan, lease, codecs) { IsCommitted = false });
        return Ack.Accepted;
    }

    private static DialRequest Request(LegFacts from, LegCommand.Transfer transfer) => new()
    {
        Tenant = from.Tenant,
        Connection = from.Connection,
        To = transfer.To,
        From = transfer.From ?? from.To,
        CallerName = transfer.CallerName,
        RingTimeout = transfer.RingTimeout,
        TimeLimit = transfer.TimeLimit,
        Labels = Labels.Of([.. transfer.InheritedLabels.Select(name => (name, from.Labels[name]))]).With(transfer.TargetLabels),
        Session = from.Session,
        Headers = transfer.Headers,
        Transport = transfer.Transport,
        AuthUser = transfer.AuthUser,
        AuthPassword = transfer.AuthPassword,
        Encryption = transfer.Encryption,
        PromptOnAnswer = transfer.PromptOnAnswer,
        MachineDetection = transfer.MachineDetection,
        Link = new(from.Id)
        {
            JoinsOnAnswer = true,
            AnswersOther = true,
            Ringback = transfer.HearsEarlyMedia ? RingTone.Usual : null,
            ParksOther = transfer.ParksAfterUnbridge,
            Mute = transfer.Mute,
        },
    };

    /// <summary>Only what needs no look-up; names are checked when they are resolved, address by address.</summary>
    private static bool IsForbidden(DialPlan plan, TargetPolicy targets) => plan.Targets.Any(target =>
        !target.IsTrusted && IPAddress.TryParse(target.Host, out var address)
        && targets.Check(new IPEndPoint(address, target.Port ?? 5060), TargetUse.Signalling) is not TargetVerdict.Allowed);
}
