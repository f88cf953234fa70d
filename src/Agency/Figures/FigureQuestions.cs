using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Tables;
using Ringwright.Calls.Pricing;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>Of which days and which calls figures are asked for.</summary>
/// <param name="Refusal">Why there are none; the others are null then.</param>
internal readonly record struct FigureQuestion(FigurePeriod? Period, FigureSearch? Search, Reply? Refusal);

/// <summary>Reads what questions for figures have in common.</summary>
internal sealed class FigureQuestions(AgencyParts parts, AgencyBatches batches)
{
    public AgencyBatches Batches => batches;

    /// <param name="zone">By whose clock days begin; null for the agency's.</param>
    /// <param name="month">In place of a period; null for none.</param>
    /// <param name="days">The same: the first and the last one, of which either may be null; null for none.</param>
    public async ValueTask<FigureQuestion> ReadAsync(OperationContext op, string usual, string? zone, string? month = null,
        (string? From, string? To)? days = null)
    {
        var scope = AgencyScope.Of(op);
        zone ??= (await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop)).Timezone;
        if (!AgencyText.IsZone(zone))
            return Refused(op, new("validation_error", $"'{zone}' is no IANA time zone.") { Parameter = "timezone" });
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        Problem? problem;
        var period = month is not null ? FigurePeriod.OfMonth(month, clock, out problem)
            : days is var (from, to) ? FigurePeriod.Between(from, to, op.Now, clock, out problem)
            : FigurePeriod.Read(op, clock, usual, out problem);
        if (period is null)
            return Refused(op, problem!);        // it says why
        var search = new FigureSearch(scope.Agency, AgencyCalls.AccountsOf(op.Routing, scope, op.Query["client_id"]))
        {
            Direction = op.Query["direction"] ?? "", Campaign = op.Query["campaign_id"]?.ToLowerInvariant() ?? "",
            Agent = op.Query["agent_id"]?.ToLowerInvariant() ?? "",
        };
        return new(period, During(search, period), null);
    }

    public static FigureSearch During(FigureSearch search, FigurePeriod period) =>
        search with { From = period.From, Before = period.Before, IsFine = !period.HasWholeHours };

    /// <summary>
    /// What the calls, the models that judged them and the numbers have cost, and what clients were charged, each for those who may know;
    /// one currency is never added to another.
    /// </summary>
    /// <param name="period">In which the calls were.</param>
    /// <param name="kpis">Of the calls.</param>
    public async ValueTask AddCostsAsync(OperationContext op, JsonObject shown, FigureSearch search, FigurePeriod period, Kpis kpis)
    {
        string role = AgencyRoles.Of(op.Caller);
        bool seesCosts = Permissions.May(role, "calls.cost.read");
        // A number and a plan are of all calls of a client, and not of those of an agent or a campaign.
        bool isWhole = search is { Campaign: "", Agent: "", Direction: "" };
        List<CostSum> calls = seesCosts ? await parts.Figures.CostAsync(search, op.Stop) : [];
        // Of one that says nothing nobody knows whether it costs nothing.
        List<CostSum> models = seesCosts && kpis.LlmMicros > 0
            ? [new() { Currency = CostSum.OfModels, Micros = kpis.LlmMicros }] : [];
        List<CostSum> numbers = seesCosts && isWhole ? await NumbersAsync(op, search, period) : [];
        List<CostSum> costs = [.. calls.Concat(models).Concat(numbers).GroupBy(cost => cost.Currency, StringComparer.Ordinal)
            .OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => new CostSum { Currency = same.Key, Micros = same.Sum(cost => cost.Micros) })];
        var only = costs.Count == 1 ? costs[0] : null;
        if (seesCosts)
        {
            string Part(List<CostSum> of, string currency) =>
                Money.Format(of.Where(cost => cost.Currency == currency).Sum(cost => cost.Micros));
            shown["costs"] = new JsonArray([.. costs.Select(cost => (JsonNode)new JsonObject
            {
                ["currency"] = cost.Currency, ["telephony_cost"] = Part(calls, cost.Currency),
                ["llm_cost"] = models.Count == 0 ? null : Part(models, cost.Currency),
                ["number_cost"] = isWhole ? Part(numbers, cost.Currency) : null,
            })]);
            (shown["total_cost"], shown["currency"]) = (only is null ? null : Money.Format(only.Micros), only?.Currency);
            shown["cost_per_meeting"] = only is null || kpis.Meetings == 0 ? null : Money.Format(only.Micros / kpis.Meetings);
        }
        if (!isWhole || !await new ClientGrants(parts).MayAsync(op, "calls.price.read")) return;
        var prices = await parts.Usage.SumAsync(search, op.Stop);
        shown["client_prices"] = new JsonArray([.. prices.Select(price => (JsonNode)new JsonObject
        {
            ["currency"] = price.Currency, ["client_price"] = Money.Format(price.Micros),
        })]);
        if (seesCosts) shown["margin"] = MarginOf(prices, costs);
    }

    /// <summary>Of the agency's, or of the clients' whose calls are asked for.</summary>
    private async ValueTask<List<CostSum>> NumbersAsync(OperationContext op, FigureSearch search, FigurePeriod period)
    {
        var prices = await parts.NumberPrices.ListAsync(search.Agency, op.Stop);
        if (prices.Count == 0) return [];
        var clients = search.Accounts.Contains(search.Agency) ? null : search.Accounts.Select(one => one.ToString()).ToHashSet();
        var numbers = await parts.Numbers.ListAsync(search.Agency, op.Stop);
        return NumberCosts.Of(numbers.Where(one => clients is null || one.ClientId is { } client && clients.Contains(client)), prices,
            period, op.Now);
    }

    /// <summary>Of a hundred, with one decimal; null where nothing was charged, or in another currency than was paid.</summary>
    private static decimal? MarginOf(List<CostSum> prices, List<CostSum> costs)
    {
        if (prices is not [{ Micros: > 0 } price] || costs.Count > 1 || costs.Any(cost => cost.Currency != price.Currency)) return null;
        decimal kept = price.Micros - costs.Sum(cost => cost.Micros);
        return Math.Round(100m * kept / price.Micros, 1, MidpointRounding.AwayFromZero);
    }

    private static FigureQuestion Refused(OperationContext op, Problem problem) => new(null, null, op.Fail(problem));
}
