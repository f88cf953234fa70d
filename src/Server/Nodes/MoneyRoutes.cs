using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Nodes;

/// <summary>What accounts have, may owe and are priced by, as the commands <c>balance</c> and <c>rates assign</c> ask for it.</summary>
/// <param name="holds">Null where no call lives.</param>
internal sealed class MoneyRoutes(Database database, IHolds? holds)
{
    private const int MostCharacters = 500, MostRequests = 1_000;

    public void Map(WebApplication app, string root)
    {
        app.MapGet($"{root}/balances", ListAsync);
        app.MapPost($"{root}/balances/add", AddAsync);
        app.MapPost($"{root}/balances/credit", CreditAsync);
        app.MapPost($"{root}/balances/deck", AssignAsync);
        app.MapGet($"{root}/payments", RequestsAsync);
        app.MapPost($"{root}/payments/{{id}}/approve", http => DecideAsync(http, isApproved: true));
        app.MapPost($"{root}/payments/{{id}}/reject", http => DecideAsync(http, isApproved: false));
    }

    private async Task ListAsync(HttpContext http)
    {
        IReadOnlyList<Tenant> tenants = await database.Tenants.ListAsync(http.RequestAborted);
        if ((string?)http.Request.Query["tenant"] is { } named)
        {
            if (await TenantAsync(http, named) is not { } one) return;
            tenants = [one];
        }
        var shown = new JsonArray();
        foreach (var tenant in tenants) shown.Add((JsonNode)await ShowAsync(tenant, http.RequestAborted));
        await WriteAsync(http, shown);
    }

    /// <summary>A negative amount takes away. The first payment to an account that owes nothing, and of which nothing was said, makes it one that pays in advance.</summary>
    private async Task AddAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        if (await TenantAsync(http, (string?)body["tenant"]) is not { } tenant || await AmountAsync(http, body) is not { } amount) return;
        string note = ((string?)body["note"] ?? "").Trim();
        if (note.Length > MostCharacters || note.Any(char.IsControl))
        {
            await RefuseAsync(http, $"a note has at most {MostCharacters} characters");
            return;
        }
        var account = database.Routing.Current.Rates.AccountOf(tenant.Id);
        var balances = await database.Money.BalancesAsync(tenant.Id, http.RequestAborted);
        bool isNew = account is { CreditLimitMicros: null, IsUnlimited: false } && amount.Micros > 0 && balances.All(b => b.Micros >= 0);
        if (isNew)
            await database.MoneyAccounts.ChangeAsync(tenant.Id, a => a with { CreditLimitMicros = 0, RollsUp = false, Currency = balances.Count == 0 ? amount.Currency : a.Currency }, AuditActor.Operator, http.RequestAborted);
        await database.Money.AddAsync(tenant.Id, amount.Micros > 0 ? MoneyKind.Payment : MoneyKind.Adjustment, amount, note, http.RequestAborted);
        await WriteAsync(http, await ShowAsync(tenant, http.RequestAborted));
    }

    /// <summary>Without an amount the account may owe what it likes.</summary>
    private async Task CreditAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        if (await TenantAsync(http, (string?)body["tenant"]) is not { } tenant) return;
        long? limit = null;
        string? currency = null;
        if (body["amount"] is not null)
        {
            if (await AmountAsync(http, body) is not { } amount) return;
            if (amount.Micros < 0)
            {
                await RefuseAsync(http, "a credit limit is 0 or more: how far below zero the balance may go");
                return;
            }
            (limit, currency) = (amount.Micros, amount.Currency);
        }
        await database.MoneyAccounts.ChangeAsync(tenant.Id,
            a => a with { CreditLimitMicros = limit, IsUnlimited = limit is null, RollsUp = limit is null && a.RollsUp, Currency = currency ?? a.Currency }, AuditActor.Operator, http.RequestAborted);
        await WriteAsync(http, await ShowAsync(tenant, http.RequestAborted));
    }

    /// <summary>Without a deck the account has its parent's, or the default one.</summary>
    private async Task AssignAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        if (await TenantAsync(http, (string?)body["tenant"]) is not { } tenant) return;
        Guid? deck = null;
        if ((string?)body["deck"] is { } named)
        {
            deck = (await database.RateDecks.ListAsync(http.RequestAborted)).FirstOrDefault(d => d.Name == named)?.Id;
            if (deck is null)
            {
                await RefuseAsync(http, $"there is no rate deck '{named}' (ringwright rates list shows them)");
                return;
            }
        }
        await database.MoneyAccounts.ChangeAsync(tenant.Id, a => a with { Deck = deck }, AuditActor.Operator, http.RequestAborted);
        await WriteAsync(http, await ShowAsync(tenant, http.RequestAborted));
    }

    private async Task RequestsAsync(HttpContext http)
    {
        var requests = await database.PaymentRequests.ListOfAllTenantsAsync(MostRequests, http.RequestAborted);
        await WriteAsync(http, new JsonArray([.. requests.Select(request => (JsonNode)Show(request))]));
    }

    private async Task DecideAsync(HttpContext http, bool isApproved)
    {
        string named = (string?)http.Request.RouteValues["id"] ?? "";
        if (!Guid.TryParse(named, out var id) || await database.PaymentRequests.FindAsync(id, http.RequestAborted) is not { } request)
        {
            await RefuseAsync(http, $"there is no payment request '{named}' (ringwright balance requests shows them)");
            return;
        }
        if (!await database.PaymentRequests.DecideAsync(request, isApproved, http.RequestAborted))
        {
            await RefuseAsync(http, $"payment request {id} is decided already");
            return;
        }
        await WriteAsync(http, Show((await database.PaymentRequests.FindAsync(id, http.RequestAborted))!));     // nothing deletes them
    }

    private async ValueTask<Tenant?> TenantAsync(HttpContext http, string? name)
    {
        if (name is not null && await database.Tenants.FindByNameAsync(name, http.RequestAborted) is { } tenant) return tenant;
        await RefuseAsync(http, $"there is no account '{name}' (ringwright tenant list shows them)");
        return null;
    }

    private static async ValueTask<Money?> AmountAsync(HttpContext http, JsonNode body)
    {
        if (!Money.TryParse((string?)body["amount"], out long micros)) await RefuseAsync(http, $"'{(string?)body["amount"]}' is no amount: a number such as 25.00, with at most six digits behind the point");
        else if (!Money.IsCurrency((string?)body["currency"])) await RefuseAsync(http, $"'{(string?)body["currency"]}' is no currency: three capital letters such as USD");
        else return new(micros, (string)body["currency"]!); // just looked at
        return null;
    }

    private async Task<JsonObject> ShowAsync(Tenant tenant, CancellationToken stop)
    {
        var rates = database.Routing.Current.Rates;
        var account = rates.AccountOf(tenant.Id);
        var balances = await database.Money.BalancesAsync(tenant.Id, stop);
        if (balances.All(b => b.Currency != account.Currency)) balances = [new(0, account.Currency), .. balances];
        return new()
        {
            ["id"] = tenant.Id.ToString(),
            ["name"] = tenant.Name,
            ["currency"] = account.Currency,
            ["credit_limit"] = account.CreditLimitMicros is { } limit ? Money.Format(limit) : null,
            ["rolls_up"] = rates.RollsUpTo(tenant.Id) is not null,
            ["deck"] = rates.DeckOf(tenant.Id)?.Name,
            ["balances"] = new JsonArray([.. balances.Select(balance => (JsonNode)new JsonObject
            {
                ["currency"] = balance.Currency,
                ["balance"] = balance.Text,
                ["held"] = Money.Format(holds?.HeldMicros(tenant.Id, balance.Currency) ?? 0),
            })]),
        };
    }

    private JsonObject Show(PaymentRequest request) => new()
    {
        ["id"] = request.Id.ToString(),
        ["tenant"] = database.Routing.Current.FindTenant(request.Tenant)?.Name,
        ["amount"] = request.Amount.Text,
        ["currency"] = request.Amount.Currency,
        ["preference"] = request.Preference,
        ["state"] = request.State.ToString().ToLowerInvariant(),
        ["made_at"] = request.MadeAt.ToString("O"),
        ["decided_at"] = request.DecidedAt?.ToString("O"),
    };
}
