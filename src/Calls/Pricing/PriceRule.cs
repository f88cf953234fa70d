using Ringwright.Core;

namespace Ringwright.Calls.Pricing;

/// <summary>Whose calls and texts to numbers need a price: where money is a limit, what costs nothing would pass it.</summary>
public static class PriceRule
{
    /// <param name="profile">By which the call would leave.</param>
    /// <returns>Why, as part of a sentence; null for an account that may call what has no price.</returns>
    public static string? Asks(TenantId id, OutboundProfile? profile, RoutingSnapshot snapshot)
    {
        var rates = snapshot.Rates;
        if (LimitOf(id, rates) is { } limit) return limit;
        var tenant = snapshot.FindTenant(id);
        if (HasNamedCap(tenant)) return "the account has a spend limit of the day";
        if (tenant?.Parent is { } above && HasNamedCap(snapshot.FindTenant(above)))
            return "the account above it has a spend limit of the day";
        if (profile?.MaxRateMicros is not null) return "the outbound voice profile has a max_destination_rate";
        return rates.DeckOf(id) is { HasOutbound: true } deck ? $"the account is priced by the deck {deck.Name}" : null;
    }

    /// <summary>The same of texts: no cap of the day counts what they cost, and no voice profile says how dear one may be.</summary>
    /// <returns>Why, as part of a sentence; null for an account that may send texts that have no price.</returns>
    public static string? AsksOfTexts(TenantId id, RoutingSnapshot snapshot) =>
        LimitOf(id, snapshot.Rates) ?? (snapshot.Rates.DeckOf(id) is { HasOutboundTexts: true } deck
            ? $"the account's texts are priced by the deck {deck.Name}" : null);

    private static string? LimitOf(TenantId id, RateBook rates)
    {
        if (rates.AccountOf(id).CreditLimitMicros is not null) return "the account's balance and credit are limited";
        return rates.RollsUpTo(id) is { } parent && rates.AccountOf(parent).CreditLimitMicros is not null
            ? "balance and credit of the account above it are limited" : null;
    }

    /// <summary>Every new account begins with a cap; who has that one has been told nothing of prices yet.</summary>
    private static bool HasNamedCap(Tenant? tenant) =>
        tenant?.Limits.DailySpendMicros is { } cap && cap != TenantLimits.Careful.DailySpendMicros;
}
