using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>Where there are numbers, of which types and with which features: what the stock has, sold out or not.</summary>
internal static class NumberCoverage
{
    private const int MostAsked = 1_000;

    public static async ValueTask<Reply> Countries(OperationContext op, NumberParts parts)
    {
        var groups = await parts.Store.StockSearch.GroupsAsync(op.Stop);
        return op.Ok(new JsonArray([.. groups.GroupBy(g => g.Country, StringComparer.Ordinal).Select(Country)]));
    }

    public static async ValueTask<Reply> OneCountry(OperationContext op, NumberParts parts)
    {
        string code = op.Path("country_code").ToUpperInvariant();
        var groups = await parts.Store.StockSearch.GroupsAsync(op.Stop);
        return groups.GroupBy(g => g.Country, StringComparer.Ordinal).FirstOrDefault(country => country.Key == code) is { } found
            ? op.Ok(Country(found)) : op.Unknown("country_code");
    }

    /// <summary>How many there are by place.</summary>
    public static async ValueTask<Reply> Inventory(OperationContext op, NumberParts parts)
    {
        if (await NumberSearch.ReadAsync(op, parts) is not { } query) return op.Fail(NumberSearch.NoCoverage(op));
        var list = op.List;
        if (list.Filter("npa") is { } npa) query = query with { Ndc = npa };
        string by = list.Filter("groupBy") ?? "national_destination_code";
        // One type that the contract has here is none of numbers.
        var levels = query.Type is null && list.Filter("phone_number_type") is not null ? []
            : await parts.Store.StockSearch.LevelsAsync(query, by is "locality", list.Filter("nxx"), op.Now, op.Stop);
        bool isCounted = list.Filter("count") is "true";
        return op.Bare(200, new JsonObject
        {
            ["data"] = new JsonArray([.. levels.Select(level => (JsonNode)Level(level, by, isCounted))]),
            ["meta"] = new JsonObject { ["total_results"] = levels.Count },
        });
    }

    /// <summary>Of the stock's and of the account's own. A number that is neither has none.</summary>
    public static async ValueTask<Reply> Features(OperationContext op, NumberParts parts)
    {
        var texts = op.ReadObject().Texts("phone_numbers");
        if (texts.Count > MostAsked) return op.Invalid("/phone_numbers", "10025", $"At most {MostAsked} numbers can be asked for at once.");
        List<(string Asked, string Number)> numbers = [.. texts.Select(text => (text, TypedNumbers.Read(text) ?? text))];
        var known = await parts.Store.StockSearch.FeaturesAsync([.. numbers.Select(one => one.Number).Distinct(StringComparer.Ordinal)],
            op.Stop);
        return op.Ok(new JsonArray([.. numbers.Select(one => (JsonNode)new JsonObject
        {
            ["phone_number"] = one.Asked,
            ["features"] = Names(known.TryGetValue(one.Number, out var features) ? features : Own(op, one.Number)),
        })]));
    }

    /// <summary>A number that the operator gave the account takes calls; more is not known of it.</summary>
    private static IReadOnlyList<string> Own(OperationContext op, string text) =>
        op.Routing.FindOwnNumber(text)?.Tenant == op.Tenant ? ["voice"] : [];

    private static JsonObject Country(IGrouping<string, StockGroup> country)
    {
        var shown = Facts(country);
        shown["code"] = country.Key;
        shown["numbers"] = true;
        shown["inventory_coverage"] = true;
        shown["phone_number_type"] = Names(country.Select(g => StockJson.Type(g.Type)).Distinct());
        foreach (var type in country.GroupBy(g => g.Type)) shown[StockJson.Type(type.Key)] = Facts(type);
        return shown;
    }

    private static JsonObject Facts(IEnumerable<StockGroup> groups)
    {
        var all = groups.ToList();
        var features = all.SelectMany(g => g.Features).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new()
        {
            ["features"] = Names(features),
            ["international_sms"] = features.Contains("international_sms"),
            ["p2p"] = false,
            ["quickship"] = all.Any(g => g.IsQuickship),
            ["reservable"] = all.Any(g => g.IsReservable),
        };
    }

    private static JsonObject Level(StockLevel level, string by, bool isCounted)
    {
        var shown = new JsonObject
        {
            ["record_type"] = "inventory_coverage",
            ["group"] = level.Group ?? "",
            ["group_type"] = by,
            ["number_range"] = level.BlockSize ?? 1,
            ["number_type"] = level.Type is StockType.TollFree ? "toll-free" : "did",
            ["phone_number_type"] = StockJson.Type(level.Type),
            ["coverage_type"] = level.BlockSize is null ? "number" : "block",
            ["advance_requirements"] = false,
        };
        if (level.Area is { } area) shown["administrative_area"] = area;
        if (isCounted) shown["count"] = level.Count;
        return shown;
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);
}
