using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>Calls that try a line, as the commands speak of them.</summary>
internal static class TestCallsClient
{
    private const string Path = "operator/v1/calls";

    public static Task<JsonNode> TestTrunkAsync(AdminClient client, string id, CancellationToken stop) =>
        client.DataAsync(HttpMethod.Post, $"operator/v1/trunks/{Uri.EscapeDataString(id)}/actions/test", null, stop);

    /// <param name="call">As the operator's API has it.</param>
    public static Task<JsonNode> PlaceAsync(AdminClient client, JsonObject call, CancellationToken stop) =>
        client.DataAsync(HttpMethod.Post, Path, call, stop);

    public static async Task<JsonArray> ListEventsAsync(AdminClient client, string leg, CancellationToken stop) =>
        (await client.DataAsync(HttpMethod.Get, $"{Path}/{Uri.EscapeDataString(leg)}/events", null, stop)).AsArray();

    public static Task<JsonNode> HangUpAsync(AdminClient client, string leg, CancellationToken stop) =>
        client.DataAsync(HttpMethod.Post, $"{Path}/{Uri.EscapeDataString(leg)}/actions/hangup", null, stop);
}
