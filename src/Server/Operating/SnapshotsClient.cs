using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>Snapshots, as the commands speak of them. The node itself opens the file.</summary>
internal static class SnapshotsClient
{
    private const string Path = "operator/v1/snapshots/actions";

    /// <param name="tenant">Null saves all accounts.</param>
    /// <returns>How many there are of each kind.</returns>
    public static async Task<JsonNode> SaveAsync(AdminClient client, string path, string? tenant, bool withFiles, bool overwrites,
        CancellationToken stop)
    {
        var body = new JsonObject { ["path"] = path, ["files"] = withFiles, ["overwrite"] = overwrites };
        if (tenant is not null) body["account_id"] = (string?)(await AccountsClient.FindAsync(client, tenant, stop))["id"];
        return (await client.PatientDataAsync(HttpMethod.Post, $"{Path}/save", body,
            stop))["counts"]!.DeepClone(); // the operator's API answers so
    }

    /// <returns>How many there are of each kind.</returns>
    public static async Task<JsonNode> LoadAsync(AdminClient client, string path, bool replaces, CancellationToken stop) =>
        (await client.PatientDataAsync(HttpMethod.Post, $"{Path}/load", new JsonObject { ["path"] = path, ["replace"] = replaces },
            stop))["counts"]!.DeepClone();
}
