using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>The numbers that accounts may order, as the commands speak of them.</summary>
internal static class Stock
{
    /// <summary>Of one file; a line may be a range.</summary>
    public const int MostLines = 100_000;

    private const string Path = "operator/v1/stock";

    public static async Task<JsonNode> ImportAsync(AdminClient client, JsonArray lines, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Post, $"{Path}/actions/import", new JsonObject { ["numbers"] = lines }, stop);

    public static Task<JsonArray> ListAsync(AdminClient client, string? state, CancellationToken stop) =>
        client.ListAsync(state is null ? Path : $"{Path}?state={state}", stop);

    public static async Task<JsonNode> SwitchAsync(AdminClient client, string number, bool isOffered, CancellationToken stop) =>
        await client.DataAsync(HttpMethod.Post, $"{Path}/{Uri.EscapeDataString(number)}/actions/{(isOffered ? "offer" : "withdraw")}", null,
            stop);
}
