using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>campaign run --trunk HOST</c>: the way out of a node that has none yet.</summary>
internal static class CampaignTrunk
{
    private const string EveryNumber = "+";

    /// <summary>
    /// Adds the trunk with a route for every number. One that a run before has added is taken as it is; what else leads anywhere is the
    /// operator's, and is left alone. Its caller may show any number, so it is only for a node with one account.
    /// </summary>
    /// <returns>What was added, as a line; null when it was there.</returns>
    /// <exception cref="StartRefused">The node has other routes, or other accounts.</exception>
    public static async Task<string?> UseAsync(AdminClient client, string host, CancellationToken stop)
    {
        var trunk = (await TrunkCommand.AllAsync(client, TrunkCommand.Path, stop)).FirstOrDefault(one => (string?)one["name"] == host);
        var routes = (await TrunkCommand.AllAsync(client, RouteCommand.Path, stop))
            .Where(route => (bool)route["enabled"]!).ToList(); // our own node answers so
        string? id = (string?)trunk?["id"];
        if (routes.Exists(route => id is null || (string?)route["trunk_id"] != id))
            throw new StartRefused($"calls of this node are routed already: leave --trunk out, or add the way to {host} by "
                + "ringwright trunk add and ringwright route add");
        if (routes.Count > 0) return null;
        if ((await AccountsClient.ListAsync(client, stop)).Count > 1)
            throw new StartRefused($"--trunk is for a node with one account: add {host} by ringwright trunk add, which says who may "
                + "show which numbers");
        if (id is null)
        {
            var body = new JsonObject { ["name"] = host, ["caller_id"] = "any" };
            TrunkOptions.FillPlace(host, body);
            id = (string)(await client.DataAsync(HttpMethod.Post, TrunkCommand.Path, body, stop))["id"]!; // it has one
        }
        await client.DataAsync(HttpMethod.Post, RouteCommand.Path, new JsonObject { ["trunk_id"] = id, ["prefix"] = EveryNumber }, stop);
        return $"trunk {host}: every number goes there from now on (ringwright trunk list, route list)";
    }
}
