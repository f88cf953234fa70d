using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>Accounts, as the commands speak of them: by name, or the first one when none is named.</summary>
internal static class AccountsClient
{
    private const string Path = "operator/v1/accounts";

    /// <summary>Below which an account's own things are.</summary>
    public static string PathOf(JsonNode account) => $"{Path}/{account["id"]}";

    public static string PathOf(JsonNode account, string what) => $"{PathOf(account)}/{what}";

    /// <exception cref="StartRefused">There is none of that name.</exception>
    public static async Task<JsonNode> FindAsync(AdminClient client, string? name, CancellationToken stop)
    {
        string query = name is null ? "page[size]=1" : $"name={Uri.EscapeDataString(name)}";
        // Before what a command is about, and often behind another command.
        var found = (await client.DataInTurnAsync(HttpMethod.Get, $"{Path}?{query}", null, stop)).AsArray();
        return found.FirstOrDefault(account => name is null || (string?)account!["name"] == name) ?? throw new StartRefused(name is null
            ? "no account was made yet" : $"there is no account '{name}' (ringwright tenant list shows them)");
    }

    public static Task<JsonArray> ListAsync(AdminClient client, CancellationToken stop) => client.ListAsync(Path, stop);

    /// <param name="body">As the operator's API has it, with the name of a <c>parent</c> in place of its id.</param>
    public static async Task<JsonNode> CreateAsync(AdminClient client, JsonObject body, CancellationToken stop)
    {
        body["name"] ??= "";
        if (body.Remove("parent", out var above) && above is not null) body["parent_id"] = (string?)(await FindAsync(client, (string?)above,
            stop))["id"];
        return await client.DataAsync(HttpMethod.Post, Path, body, stop);
    }

    public static async Task<JsonNode> ChangeAsync(AdminClient client, string? name, JsonObject changes, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Patch, PathOf(await FindAsync(client, name, stop)), changes, stop);

    public static async Task<JsonNode> ReplaceTokenAsync(AdminClient client, string? name, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Post, PathOf(await FindAsync(client, name, stop), "auth_token"), null, stop);

    /// <summary>Ends all of its calls.</summary>
    public static async Task<JsonNode> StopAsync(AdminClient client, string? name, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Post, PathOf(await FindAsync(client, name, stop), "actions/stop"), null, stop);

    /// <summary>The same with the account's name as <c>tenant</c>, which is what the commands have always called it.</summary>
    public static JsonNode WithTenant(JsonNode row)
    {
        row["tenant"] = (string?)row["account"];
        return row;
    }
}
