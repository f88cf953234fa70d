using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>Who decides on what accounts ask for, as the commands speak of it: by the node's policy, or by an account's own.</summary>
internal static class PoliciesClient
{
    /// <summary>What there are policies of.</summary>
    public const string Orders = "number_order";

    private const string OfNode = "operator/v1/policies";

    /// <param name="tenant">Null shows the node's.</param>
    public static async Task<JsonNode> ShowAsync(AdminClient client, string? tenant, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Get, await PathAsync(client, tenant, stop), null, stop);

    /// <inheritdoc cref="ShowAsync"/>
    public static async Task<JsonNode> SetAsync(AdminClient client, string kind, string policy, string? tenant, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Put, await PathAsync(client, tenant, stop), new JsonObject { [kind] = policy }, stop);

    private static async Task<string> PathAsync(AdminClient client, string? tenant, CancellationToken stop) =>
        tenant is null ? OfNode : AccountsClient.PathOf(await AccountsClient.FindAsync(client, tenant, stop), "policies");
}
