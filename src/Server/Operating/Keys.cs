using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>API keys and where they may be used from, as the commands speak of them.</summary>
internal static class Keys
{
    private const string Path = "operator/v1/keys", Networks = "access_networks";

    /// <param name="tenant">Null lists those of all accounts.</param>
    public static async Task<JsonArray> ListAsync(AdminClient client, string? tenant, CancellationToken stop)
    {
        var rows = await client.ListAsync(
            tenant is null ? Path : $"{Path}?account_id={(await AccountsClient.FindAsync(client, tenant, stop))["id"]}", stop);
        foreach (var row in rows) AccountsClient.WithTenant(row!);
        return rows;
    }

    /// <param name="tenant">Null takes the first account.</param>
    public static async Task<JsonNode> CreateAsync(AdminClient client, string? tenant, string? role, string? label,
        CancellationToken stop) =>
        AccountsClient.WithTenant(await client.DataAsync(HttpMethod.Post, Path, new JsonObject
        {
            ["account_id"] = (string?)(await AccountsClient.FindAsync(client, tenant, stop))["id"], ["role"] = role ?? "", ["label"] = label
                ?? "",
        }, stop));

    public static async Task<JsonNode> RevokeAsync(AdminClient client, string id, CancellationToken stop) =>
        AccountsClient.WithTenant(await client.DataAsync(HttpMethod.Post, $"{Path}/{Uri.EscapeDataString(id)}/actions/revoke", null, stop));

    public static async Task<JsonArray> ListNetworksAsync(AdminClient client, string? tenant, CancellationToken stop) =>
        await client.ListAsync(AccountsClient.PathOf(await AccountsClient.FindAsync(client, tenant, stop), Networks), stop);

    /// <param name="id">Null removes all.</param>
    public static async Task<JsonNode> RemoveNetworksAsync(AdminClient client, string? tenant, string? id, CancellationToken stop)
    {
        string path = AccountsClient.PathOf(await AccountsClient.FindAsync(client, tenant, stop), Networks);
        return AccountsClient.WithTenant(await client.DataAsync(HttpMethod.Delete,
            id is null ? path : $"{path}/{Uri.EscapeDataString(id)}", null, stop));
    }
}
