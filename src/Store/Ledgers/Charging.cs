using System.Data;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>Writes what a leg is charged into the ledger of money.</summary>
internal static class Charging
{
    /// <summary>Nothing for a charge of nothing: the call record has it, and no money moved.</summary>
    public static void Write(IDbConnection db, RoutingSnapshot snapshot, LegFacts leg, Charge charge, DateTimeOffset at)
    {
        if (charge.Micros == 0) return;
        var profile = ProfileOf(snapshot, leg);
        var entry = MoneyTable.Write(db, new()
        {
            Tenant = leg.Tenant,
            Kind = MoneyKind.Charge,
            Amount = new(-charge.Micros, charge.Currency),
            Product = MoneyEntry.Voice,
            Subject = Subject.Of(leg.Id),
            Direction = leg.Direction,
            Profile = profile?.Id,
            BillingGroup = leg.Labels[Labels.BillingGroup]
                ?? (leg.Direction is Direction.Outbound ? profile?.BillingGroup : snapshot.FindNumber(leg.To)?.BillingGroup),
            Quantity = charge.BilledSeconds,
            Unit = MoneyEntry.Second,
            Note = $"{leg.From} to {leg.To}",
            At = at,
        });
        var account = snapshot.Rates.AccountOf(leg.Tenant);
        if (account.Recharge is { } recharge && account.Currency == charge.Currency)
            PaymentRequestTable.AskWhenBelow(db, account, recharge, entry.BalanceMicros, at);
    }

    private static OutboundProfile? ProfileOf(RoutingSnapshot snapshot, LegFacts leg) =>
        leg.Direction is Direction.Outbound ? snapshot.ProfileOf(leg.Tenant, leg.Connection) : null;
}
