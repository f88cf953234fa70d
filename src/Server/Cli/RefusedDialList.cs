using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>calls list --refused-dials</c>: calls out that were refused, who asked for them, and why.</summary>
internal static class RefusedDialList
{
    /// <param name="account">Of the query; null for those of all.</param>
    /// <param name="reason">As listed; null for all.</param>
    public static Task<JsonArray> ReadAsync(AdminClient client, string? account, string? reason, CancellationToken stop)
    {
        string query = string.Join('&', new[] { account, reason is null ? null : $"reason={Uri.EscapeDataString(reason)}" }
            .Where(part => part is not null));
        return client.ListAsync("operator/v1/dials/refused" + (query.Length > 0 ? "?" + query : ""), stop);
    }

    public static Task WriteAsync(TextWriter into, JsonArray dials) =>
        Table.WriteAsync(into, ["LAST", "ACCOUNT", "BY", "FROM", "TO", "REASON", "TIMES", "WHY"],
        [
            .. dials.Select(dial => (IReadOnlyList<string>)
            [
                LiveText.Moment(dial!["at"]), $"{dial["account"]}", $"{dial["asked_by"]}", $"{dial["from"]}", $"{dial["to"]}",
                $"{dial["reason"]}", $"{dial["times"]}", $"{dial["detail"] ?? "-"}",
            ]),
        ]);
}
