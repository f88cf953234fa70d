using System.Text.Json.Nodes;
using Ringwright.Server.Cli;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Doctor;

/// <summary>Does a route lead where the phones of the node call in an emergency?</summary>
internal static class EmergencyChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> RunAsync(AdminClient admin, int phones, CancellationToken stop)
    {
        if (phones == 0) return [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            return Of(phones, await TrunkCommand.AllAsync(admin, "operator/v1/routes", limit.Token),
                await TrunkCommand.AllAsync(admin, TrunkCommand.Path, limit.Token));
        }
        catch (Exception away) when (away is StartRefused or HttpRequestException
            || away is OperationCanceledException && !stop.IsCancellationRequested)
        {
            string why = away is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : away.Message.TrimEnd('.');
            return [Finding.Warning("emergency", $"the node does not say where its routes lead: {why}", "look at its log lines")];
        }
    }

    /// <param name="phones">User names by which phones may call.</param>
    /// <param name="routes">As the operator's API shows them, the trunks too.</param>
    internal static IReadOnlyList<Finding> Of(int phones, IEnumerable<JsonNode> routes, IEnumerable<JsonNode> trunks)
    {
        if (phones == 0) return [];
        // our own node answers so, here and below
        var on = trunks.Where(trunk => (bool)trunk["enabled"]!).Select(trunk => (string)trunk["id"]!).ToHashSet();
        string[] numbers =
        [
            .. routes.Where(route => (bool)route["enabled"]! && on.Contains((string)route["trunk_id"]!))
                .Select(route => (string)route["prefix"]!).Where(prefix => !prefix.StartsWith('+')).Distinct().Order(),
        ];
        string users = phones == 1 ? "one SIP user" : $"{phones} SIP users";
        return
        [
            numbers.Length > 0 ? Finding.Good("emergency", $"{users}; routes lead to {string.Join(", ", numbers)}")
                : Finding.Warning("emergency", $"{users}, and no route leads to an emergency number: their phones get 404",
                    "ringwright route add 112 TRUNK, and so for each number that phones here must reach; then ringwright route explain "
                    + "--phone USER --to 112"),
        ];
    }
}
