using Ringwright.Core;

namespace Ringwright.Calls.Pricing;

/// <summary>
/// How a tenant pays for its calls. A tenant that nothing was said of has <see cref="Of"/>: it owes what it calls, without a limit.
/// </summary>
public sealed record MoneyAccount
{
    public required TenantId Tenant { get; init; }
    /// <summary>What the tenant is shown its balance in. Charges have the currency of their rates.</summary>
    public string Currency { get; init; } = Money.UsualCurrency;
    /// <summary>How far below zero the balance may go, in millionths of each currency by itself; null is no limit.</summary>
    public long? CreditLimitMicros { get; init; }
    /// <summary>The operator said so; else the first payment of a tenant that owes nothing makes it one that pays in advance.</summary>
    public bool IsUnlimited { get; init; }
    /// <summary>Of a tenant below another one: what it owes counts against the limit of the one above too.</summary>
    public bool RollsUp { get; init; } = true;
    /// <summary>Null takes the one of the tenant above, then the default deck.</summary>
    public Guid? Deck { get; init; }
    /// <summary>Null asks for no payments by itself.</summary>
    public Recharge? Recharge { get; init; }

    public static MoneyAccount Of(TenantId tenant) => new() { Tenant = tenant };
}

/// <summary>
/// A payment is asked for as soon as the balance is below the threshold; amounts in millionths of the account's currency.
/// </summary>
/// <param name="Preference">How the account wants to pay: "credit_paypal" or "ach".</param>
public sealed record Recharge(long ThresholdMicros, long AmountMicros, string Preference);
