using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Server.Cli;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Doctor;

/// <summary>Has everything a price that calls are routed to, and that texts go to by a carrier?</summary>
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
            var calls = PrefixesOf(await TrunkCommand.AllAsync(admin, "operator/v1/routes", limit.Token));
            var texts = TextPrefixesOf(await TrunkCommand.AllAsync(admin, TextCarrierCommand.Path, limit.Token));
            var found = new List<Finding>();
            foreach (var deck in await TrunkCommand.AllAsync(admin, "operator/v1/rate_decks", limit.Token))
            {
                if ((int)deck["rates"]! == 0) continue;
                var (ofCalls, ofTexts) = (new Dictionary<string, bool>(), new Dictionary<string, bool>());
                foreach (string prefix in calls.Union(texts))
                {
                    var rates = await RatesAsync(admin, deck, prefix, limit.Token);
                    if (calls.Contains(prefix)) ofCalls[prefix] = rates["outbound"] is not null;
                    if (texts.Contains(prefix)) ofTexts[prefix] = rates["outbound_texts"] is not null;
                }
                found.AddRange(Of((string)deck["name"]!, ofCalls, (bool)deck["prices_calls"]!));
                found.AddRange(OfTexts((string)deck["name"]!, ofTexts, (bool)deck["prices_texts"]!));
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

    /// <summary>What the carriers of texts take that are switched on: beginnings of numbers and of short codes.</summary>
    internal static IReadOnlyList<string> TextPrefixesOf(IEnumerable<JsonNode> carriers) =>
    [
        .. carriers.Where(carrier => (bool)carrier["enabled"]!)        // our own node answers so
            .SelectMany(carrier => carrier["prefixes"]!.AsArray().Select(prefix => (string)prefix!))
            .Where(prefix => prefix.StartsWith('+') || prefix.StartsWith(TextCarrier.Codes, StringComparison.Ordinal)).Distinct()
            .Order(),
    ];

    /// <param name="prices">Of each prefix that calls are routed by, whether all numbers below it have a price.</param>
    /// <param name="pricesSome">The deck prices calls to others: whoever it prices calls nothing else. If not, only who is limited.</param>
    internal static IReadOnlyList<Finding> Of(string deck, IReadOnlyDictionary<string, bool> prices, bool pricesSome = true) =>
        Missing(prices) is not { } missing ? []
            :
            [
                Finding.Warning("prices", $"routed, and without a price for all numbers in the deck {deck}: {missing}",
                    $"add them with ringwright rates import --deck {deck}: {Accounts(pricesSome)} cannot call there (no_price)"),
            ];

    /// <param name="prices">Of each prefix that a carrier takes texts by, whether texts to all numbers below it have a price.</param>
    /// <param name="pricesSome">The like, of texts.</param>
    internal static IReadOnlyList<Finding> OfTexts(string deck, IReadOnlyDictionary<string, bool> prices, bool pricesSome = true) =>
        Missing(prices) is not { } missing ? []
            :
            [
                Finding.Warning("prices", $"taken by a carrier of texts, and without a price of texts in the deck {deck}: {missing}",
                    $"add them, {RateDeck.Texts} before the prefix, with ringwright rates import --deck {deck}: "
                    + $"{Accounts(pricesSome)} cannot write there (no_price)"),
            ];

    private static string Accounts(bool pricesSome) =>
        pricesSome ? "accounts that it prices" : "accounts that it prices and whose money is limited";

    /// <summary>Those without a price, as a sentence has them; null when there are none.</summary>
    private static string? Missing(IReadOnlyDictionary<string, bool> prices)
    {
        string[] missing = [.. prices.Where(price => !price.Value).Select(price => price.Key)];
        if (missing.Length == 0) return null;
        string more = missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "";
        return string.Join(", ", missing.Take(MostNamed)) + more;
    }

    /// <summary>Of the prefix as a number: what is priced there is priced below it.</summary>
    private static async Task<JsonNode> RatesAsync(AdminClient admin, JsonNode deck, string prefix, CancellationToken stop) =>
        await admin.DataAsync(HttpMethod.Get,
            $"operator/v1/rate_decks/{deck["id"]}/rates?number={Uri.EscapeDataString(prefix.Length == 0 ? "+" : prefix)}", null, stop);
}
