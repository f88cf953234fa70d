using System.Text.Json.Nodes;
using Ringwright.Server.Cli;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Doctor;

/// <summary>Has everything a price that calls are routed to?</summary>
internal static class PriceChecks
{
    private const int MostNamed = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> RunAsync(AdminClient admin, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            var routes = await TrunkCommand.AllAsync(admin, "operator/v1/routes", limit.Token);
            var prefixes = PrefixesOf(routes);
            var found = new List<Finding>();
            foreach (var deck in await TrunkCommand.AllAsync(admin, "operator/v1/rate_decks", limit.Token))
            {
                if ((int)deck["rates"]! == 0) continue;
                var prices = new Dictionary<string, bool>();
                foreach (string prefix in prefixes) prices[prefix] = await HasPriceAsync(admin, deck, prefix, limit.Token);
                found.AddRange(Of((string)deck["name"]!, prices));
            }
            return found;
        }
        catch (Exception away) when (away is StartRefused or HttpRequestException
            || away is OperationCanceledException && !stop.IsCancellationRequested)
        {
            string why = away is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : away.Message.TrimEnd('.');
            return [Finding.Warning("prices", $"the node does not say what is priced: {why}", "look at its log lines")];
        }
    }

    /// <summary>An emergency call has no price, so its routes need none.</summary>
    internal static IReadOnlyList<string> PrefixesOf(IEnumerable<JsonNode> routes) =>
    [
        .. routes.Where(route => (bool)route["enabled"]!).Select(route => (string)route["prefix"]!)
            .Where(prefix => prefix.StartsWith('+')).Distinct().Order(),
    ];

    /// <param name="prices">Of each prefix that calls are routed by, whether all numbers below it have a price.</param>
    internal static IReadOnlyList<Finding> Of(string deck, IReadOnlyDictionary<string, bool> prices)
    {
        string[] missing = [.. prices.Where(price => !price.Value).Select(price => price.Key)];
        if (missing.Length == 0) return [];
        string more = missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "";
        return
        [
            Finding.Warning("prices",
                $"routed, and without a price for all numbers in the deck {deck}: {string.Join(", ", missing.Take(MostNamed))}{more}",
                $"add them with ringwright rates import --deck {deck}: accounts that it prices cannot call there (no_price)"),
        ];
    }

    /// <summary>The prefix as a number: what is priced there is priced below it.</summary>
    private static async Task<bool> HasPriceAsync(AdminClient admin, JsonNode deck, string prefix, CancellationToken stop) =>
        (await admin.DataAsync(HttpMethod.Get,
            $"operator/v1/rate_decks/{deck["id"]}/rates?number={Uri.EscapeDataString(prefix.Length == 0 ? "+" : prefix)}", null,
            stop))["outbound"] is not null;
}
