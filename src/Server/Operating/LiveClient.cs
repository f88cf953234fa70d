using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>
/// Conferences and queues that are live, as the commands speak of them: by name, or by id where names do not tell them apart.
/// </summary>
/// <param name="what">One of them.</param>
/// <param name="command">What lists them.</param>
/// <param name="inside">What is in one: the end of its path, and the field that gets it.</param>
internal sealed class LiveClient(string path, string what, string command, string inside)
{
    public static readonly LiveClient Conferences = new("operator/v1/conferences", "conference", "rooms", "participants");
    public static readonly LiveClient Queues = new("operator/v1/queues", "queue", "queues", "calls");

    /// <param name="tenant">Null lists those of all accounts.</param>
    public async Task<JsonArray> ListAsync(AdminClient client, string? tenant, CancellationToken stop) =>
        await client.ListAsync(tenant is null ? path : $"{path}?{await OfAsync(client, tenant, stop)}", stop);

    /// <summary>One, with all that is in it.</summary>
    /// <param name="named">Its name or id.</param>
    /// <param name="tenant">Null looks at those of all accounts.</param>
    /// <exception cref="StartRefused">There is none, or several have that name.</exception>
    public async Task<JsonObject> GetAsync(AdminClient client, string named, string? tenant, CancellationToken stop)
    {
        var found = (await FindByIdAsync(client, named, tenant, stop) ?? await FindByNameAsync(client, named, tenant, stop)).AsObject();
        found[inside] = await client.ListAsync($"{path}/{found["id"]}/{inside}", stop);
        return found;
    }

    /// <summary>Ids go before names: a customer may call his by the id of another.</summary>
    private async Task<JsonNode?> FindByIdAsync(AdminClient client, string named, string? tenant, CancellationToken stop)
    {
        if (!Guid.TryParse(named, out var id)) return null;
        try
        {
            var found = await client.DataAsync(HttpMethod.Get, $"{path}/{id}", null, stop);
            return tenant is null || (string?)found["account"] == tenant ? found : null;
        }
        catch (StartRefused refused) when (refused.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }

    private async Task<JsonNode> FindByNameAsync(AdminClient client, string named, string? tenant, CancellationToken stop)
    {
        string query = $"{path}?name={Uri.EscapeDataString(named)}";
        var found = await client.ListAsync(tenant is null ? query : $"{query}&{await OfAsync(client, tenant, stop)}", stop);
        if (found.Count == 0) throw new StartRefused($"there is no live {what} '{named}' (ringwright {command} lists them)");
        if (found.Count > 1)
            throw new StartRefused($"there are {found.Count} live {what}s '{named}': name one by its id (ringwright {command} lists them)");
        var one = found[0]!;    // a list of the operator's API has no null
        found.RemoveAt(0);
        return one;
    }

    /// <summary>For the query of what lists things of all accounts.</summary>
    public static async Task<string> OfAsync(AdminClient client, string tenant, CancellationToken stop) =>
        $"account_id={(await AccountsClient.FindAsync(client, tenant, stop))["id"]}";
}
