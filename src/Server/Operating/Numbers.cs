using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>Numbers of accounts, as the commands speak of them.</summary>
internal static class Numbers
{
    /// <summary>Of one file; the operator's API takes as many at once.</summary>
    public const int Most = 100_000;

    /// <param name="numbers">Rows of <c>number</c>, <c>connection</c> (null or empty for none) and <c>tags</c>.</param>
    public static async Task<JsonNode> ImportAsync(AdminClient client, string? tenant, JsonArray numbers, CancellationToken stop)
    {
        var rows = new JsonArray([.. numbers.Select(row => (JsonNode)new JsonObject
        {
            ["phone_number"] = (string?)row!["number"], ["connection_id"] = (string?)row["connection"], ["tags"] = row["tags"]?.DeepClone()
                ?? new JsonArray(),
        })]);
        string path = AccountsClient.PathOf(await AccountsClient.FindAsync(client, tenant, stop), "numbers/actions/import");
        return AccountsClient.WithTenant(await client.DataAsync(HttpMethod.Post, path, new JsonObject { ["numbers"] = rows }, stop));
    }

    public static async Task<JsonNode> PortAsync(AdminClient client, string? number, bool isOut, CancellationToken stop)
    {
        var ported = await client.DataAsync(HttpMethod.Post, "operator/v1/numbers/actions/port", new JsonObject
        {
            ["phone_number"] = number
            ?? "", ["ported_out"] = isOut
        }, stop);
        return new JsonObject { ["number"] = (string?)ported["phone_number"] };
    }
}
