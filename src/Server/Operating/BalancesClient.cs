using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>Balances, credit and payment requests, as the commands speak of them.</summary>
internal static class BalancesClient
{
    private const string Balance = "balance", Requests = "operator/v1/payment_requests";

    /// <param name="tenant">Null shows those of all accounts.</param>
    public static async Task<JsonArray> ShowAsync(AdminClient client, string? tenant, CancellationToken stop) => tenant is null
        ? await client.ListAsync("operator/v1/balances", stop)
        : [await client.DataAsync(HttpMethod.Get, AccountsClient.PathOf(await NamedAsync(client, tenant, stop), Balance), null, stop)];

    /// <param name="amount">Such as 25.00; a negative one takes away.</param>
    public static async Task<JsonNode> AddAsync(AdminClient client, string? tenant, string? amount, string? currency, string? note,
        CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Post, AccountsClient.PathOf(await NamedAsync(client, tenant, stop), Balance + "/payments"),
            new JsonObject { ["amount"] = amount ?? "", ["currency"] = currency ?? "", ["note"] = note ?? "" }, stop);

    /// <param name="amount">Null is no limit.</param>
    public static async Task<JsonNode> LimitCreditAsync(AdminClient client, string? tenant, string? amount, string? currency,
        CancellationToken stop) =>
        await ChangeAsync(client, tenant, amount is null ? new() { ["credit_limit"] = null } : new()
        {
            ["credit_limit"] = amount,
            ["currency"] = currency ?? ""
        }, stop);

    /// <param name="deck">Its name; null takes the deck of the account above, or the default one.</param>
    public static async Task<JsonNode> AssignAsync(AdminClient client, string? tenant, string? deck, CancellationToken stop)
    {
        string? id = null;
        if (deck is not null)
            id = (string?)(await client.ListAsync("operator/v1/rate_decks", stop)).FirstOrDefault(d => (string?)d!["name"] == deck)?["id"]
                ?? throw new StartRefused($"there is no rate deck '{deck}' (ringwright rates list shows them)");
        return await ChangeAsync(client, tenant, new() { ["rate_deck_id"] = id }, stop);
    }

    /// <summary>The payments that accounts have asked for, newest first.</summary>
    public static async Task<JsonArray> ListRequestsAsync(AdminClient client, CancellationToken stop)
    {
        var rows = await client.ListAsync(Requests, stop);
        foreach (var row in rows) AccountsClient.WithTenant(row!);
        return rows;
    }

    /// <param name="decision">"approve" or "reject".</param>
    public static async Task<JsonNode> DecideAsync(AdminClient client, string id, string decision, CancellationToken stop) =>
        AccountsClient.WithTenant(await client.DataAsync(HttpMethod.Post, $"{Requests}/{Uri.EscapeDataString(id)}/actions/{decision}", null,
            stop));

    private static async Task<JsonNode> ChangeAsync(AdminClient client, string? tenant, JsonObject changes, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Patch, AccountsClient.PathOf(await NamedAsync(client, tenant, stop), Balance), changes, stop);

    /// <summary>Money goes to whom one names, and to nobody by default.</summary>
    private static Task<JsonNode> NamedAsync(AdminClient client, string? tenant, CancellationToken stop) =>
        AccountsClient.FindAsync(client, tenant ?? "", stop);
}
