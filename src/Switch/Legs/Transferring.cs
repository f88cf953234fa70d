using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>From a transfer command to the message that begins the new leg: routed, and asked for as any other leg.</summary>
internal static class Transferring
{
    /// <param name="from">The facts of <paramref name="leg"/> as the command changes them.</param>
    /// <inheritdoc cref="LinkedDial.TryBegin"/>
    public static Ack? TryBegin(ShardContext shard, Leg leg, LegFacts from, LegCommand.Transfer transfer, Action<Ack> later)
    {
        if (shard.IsDraining) return new Ack(Refusal.Draining);
        if (!shard.Ledger.IsReady) return new Ack(Refusal.LedgerUnavailable);
        var request = Request(from, transfer) with { Brought = leg.Brought };
        if (request.Labels.Size() > Labels.MaxBytes) return new Ack(Refusal.TooManyLabels);

        var plan = transfer.From is null ? DialPlan.For(shard.Routing, request, shard.Hosts, trunks: shard.Trunks)
            : DialPlan.ForProgram(shard.Routing, request, shard.Hosts, trunks: shard.Trunks);
        // Unless the command says otherwise, whoever the leg was for calls; of a call out nobody knows whose number that is.
        if (plan.Refusal is Refusal.CallerIdNotOwned && transfer.From is null
            && (from.IsPlacedByCustomer || from.Direction is Direction.Outbound))
        {
            request = request with { From = from.From };
            plan = DialPlan.For(shard.Routing, request, shard.Hosts, trunks: shard.Trunks);
        }
        return LinkedDial.TryBegin(shard, leg, request, plan, Direction.Outbound, later);
    }

    private static DialRequest Request(LegFacts from, LegCommand.Transfer transfer) => new()
    {
        Tenant = from.Tenant,
        Connection = from.Connection,
        To = transfer.To,
        From = transfer.From ?? from.To,
        BroughtCaller = from.BroughtCaller,
        IsPrivate = transfer.IsPrivate,
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
        DigitsOnAnswer = transfer.DigitsOnAnswer,
        PreferredCodecs = transfer.PreferredCodecs,
        Record = transfer.Record,
        Stream = transfer.Stream,
        MachineDetection = transfer.MachineDetection,
        Sound = transfer.Sound,
        Link = new(from.Id)
        {
            JoinsOnAnswer = true,
            Ringback = transfer.HearsEarlyMedia ? RingTone.Usual : null,
            ParksOther = transfer.ParksAfterUnbridge,
            Mute = transfer.Mute,
        },
    };
}
