using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>What accounts have, may owe and are priced by.</summary>
internal static class Balances
{
    private const string RecordType = "balance";
    private const int MostCharacters = 500;

    public static async ValueTask<Reply> List(OperationContext op, OperatorParts parts)
    {
        var all = await parts.Store.Tenants.ListAsync(op.Stop);
        var shown = new List<JsonNode>();
        foreach (var tenant in all.Skip(op.List.Offset).Take(op.List.Size)) shown.Add(await ShowAsync(op, parts, tenant));
        return op.Page(shown, all.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, OperatorParts parts) =>
        Accounts.Of(op) is { } tenant ? op.Ok(await ShowAsync(op, parts, tenant)) : op.Unknown("account_id");

    /// <summary>
    /// A negative amount takes away. The first payment to an account that owes nothing, and of which nothing was said, makes it one that
    /// pays in advance.
    /// </summary>
    public static async ValueTask<Reply> Add(OperationContext op, OperatorParts parts)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        if (Fields.Unknown(op, "payment") is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        if (AmountOf((string?)body["amount"], (string?)body["currency"], out string sentence) is not { } amount)
            return Accounts.Invalid(op, sentence);
        string note = ((string?)body["note"] ?? "").Trim();
        if (note.Length > MostCharacters || note.Any(char.IsControl))
            return Accounts.Invalid(op, $"a note has at most {MostCharacters} characters");

        var store = parts.Store;
        var account = op.Routing.Rates.AccountOf(tenant.Id);
        var balances = await store.Money.BalancesAsync(tenant.Id, op.Stop);
        bool isNew = account is { CreditLimitMicros: null, IsUnlimited: false } && amount.Micros > 0 && balances.All(b => b.Micros >= 0);
        if (isNew)
            await store.MoneyAccounts.ChangeAsync(
                tenant.Id,
                a => a with { CreditLimitMicros = 0, RollsUp = false, Currency = balances.Count == 0 ? amount.Currency : a.Currency },
                AuditActor.Operator, op.Stop);
        await store.Money.AddAsync(tenant.Id, amount.Micros > 0 ? MoneyKind.Payment : MoneyKind.Adjustment, amount, note, op.Stop);
        return op.Ok(await ShowAsync(op, parts, tenant));
    }

    /// <summary>
    /// <c>credit_limit</c> says how far below zero the balance may go, null lets the account owe what it likes; <c>rate_deck_id</c> prices
    /// it, null by the deck of the account above or the default one. What the body does not name stays.
    /// </summary>
    public static async ValueTask<Reply> Update(OperationContext op, OperatorParts parts)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        if (Fields.Unknown(op, RecordType) is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        var change = static (MoneyAccount account) => account;
        if (body.ContainsKey("credit_limit"))
        {
            if (body["credit_limit"] is null) change = static account => account with { CreditLimitMicros = null, IsUnlimited = true };
            else
            {
                if (AmountOf((string?)body["credit_limit"], (string?)body["currency"], out string sentence) is not { } limit)
                    return Accounts.Invalid(op, sentence);
                if (limit.Micros < 0) return Accounts.Invalid(op, "a credit limit is 0 or more: how far below zero the balance may go");
                change = account => account with
                {
                    CreditLimitMicros = limit.Micros,
                    IsUnlimited = false,
                    RollsUp = false,
                    Currency = limit.Currency,
                };
            }
        }
        if (body.ContainsKey("rate_deck_id"))
        {
            Guid? deck = null;
            if ((string?)body["rate_deck_id"] is { } named)
            {
                if (!Guid.TryParse(named, out var id) || await parts.Store.RateDecks.FindAsync(id, op.Stop) is null)
                    return op.Invalid("/rate_deck_id", "unknown_reference", $"rate_deck_id names no rate deck: {named}");
                deck = id;
            }
            var before = change;
            change = account => before(account) with { Deck = deck };
        }
        await parts.Store.MoneyAccounts.ChangeAsync(tenant.Id, change, AuditActor.Operator, op.Stop);
        return op.Ok(await ShowAsync(op, parts, tenant));
    }

    private static Money? AmountOf(string? amount, string? currency, out string sentence)
    {
        sentence = "";
        if (!Money.TryParse(amount, out long micros))
            sentence = $"'{amount}' is no amount: a number such as 25.00, with at most six digits behind the point";
        else if (!Money.IsCurrency(currency)) sentence = $"'{currency}' is no currency: three capital letters such as USD";
        else return new(micros, currency!); // just looked at
        return null;
    }

    private static async Task<JsonObject> ShowAsync(OperationContext op, OperatorParts parts, Tenant tenant)
    {
        var balances = await parts.Store.Money.BalancesAsync(tenant.Id, op.Stop);
        var rates = op.Routing.Rates; // after the wait, so that it is not older than the balances
        var account = rates.AccountOf(tenant.Id);
        if (balances.All(b => b.Currency != account.Currency)) balances = [new(0, account.Currency), .. balances];
        var held = new Dictionary<string, long>();
        if (parts.Accounts.Holds is { } holds)
            foreach (var balance in balances) held[balance.Currency] = await holds.HeldMicrosAsync(tenant.Id, balance.Currency, op.Stop);
        return new()
        {
            ["id"] = tenant.Id.ToString(),
            ["record_type"] = RecordType,
            ["name"] = tenant.Name,
            ["currency"] = account.Currency,
            ["credit_limit"] = account.CreditLimitMicros is { } limit ? Money.Format(limit) : null,
            ["rolls_up"] = rates.RollsUpTo(tenant.Id) is not null,
            ["deck"] = rates.DeckOf(tenant.Id)?.Name,
            ["balances"] = new JsonArray([.. balances.Select(balance => (JsonNode)new JsonObject
            {
                ["currency"] = balance.Currency,
                ["balance"] = balance.Text,
                ["held"] = Money.Format(held.GetValueOrDefault(balance.Currency)),
            })]),
        };
    }
}
