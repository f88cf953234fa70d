using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// What an account may order, by what it asks for. What it is shown it may order or reserve for a day, so each search is written down.
/// </summary>
internal static class NumberSearch
{
    public const string UsualCountry = "US";
    private const int UsualLimit = 100, CodeDigits = 3;
    private const string BadFilter = "10031", NorthAmerica = "+1", Pattern = "phone_number";
    /// <summary>Some programs write the list of features as JSON has it.</summary>
    private static readonly char[] AroundFeatures = ['"', '\'', '[', ']', ' '];
    /// <summary>Where what was not found is made up from around.</summary>
    private static readonly string[] BestEffortCountries = ["US", "CA"];

    public static async ValueTask<Reply> Numbers(OperationContext op, NumberParts parts)
    {
        if (Limit(op) is not { } limit)
            return op.Fail(Bad("filter[limit]", $"filter[limit] must be from 1 to {StockLimits.MostFound}."));
        if (await ReadAsync(op, parts) is not { } query) return op.Fail(NoCoverage(op));
        // All that a search finds is on its first page.
        if (op.List.Offset > 0) return Answer(op, [], 0);
        query = query with { Limit = limit };
        var search = parts.Store.StockSearch;
        var found = HasOddPattern(op) ? [] : await search.FindAsync(op.Tenant, query, op.Now, op.Stop);
        IReadOnlyList<StockNumber> around = [];
        if (found.Count < limit && op.List.Filter("best_effort") is "true" && BestEffortCountries.Contains(query.Country))
            around = await AroundAsync(op, search, query, found);
        if (found.Count + around.Count > 0)
            await search.RememberAsync(op.Tenant, [.. found.Concat(around).Select(number => number.Text)], op.Now, op.Stop);
        return Answer(op,
            [
                .. found.Select(number => StockJson.Number(number, isBestEffort: false)),
                .. around.Select(number => StockJson.Number(number, isBestEffort: true)),
            ], around.Count);
    }

    public static async ValueTask<Reply> Blocks(OperationContext op, NumberParts parts)
    {
        if (await ReadAsync(op, parts) is not { } query) return op.Fail(NoCoverage(op));
        var found = await parts.Store.StockSearch.FindBlocksAsync(query with { Limit = UsualLimit }, op.Now, op.Stop);
        if (found.Count > 0) await parts.Store.StockSearch.RememberAsync(op.Tenant, [.. found.Select(n => n.Text)], op.Now, op.Stop);
        return Answer(op, [.. found.Select(StockJson.Block)], 0);
    }

    /// <summary>
    /// What the filters say; null for a country that never had a number here. Forms and builders of requests send each filter that they
    /// know: an empty one, and one that is off, asks for nothing.
    /// </summary>
    public static async ValueTask<StockQuery?> ReadAsync(OperationContext op, NumberParts parts)
    {
        var list = op.List;
        string country = (Said(list, "country_code") ?? UsualCountry).ToUpperInvariant();
        if (!await parts.Store.StockSearch.HasCountryAsync(country, op.Stop)) return null;
        return new()
        {
            Country = country,
            Type = StockJson.ReadType(list.Filter("phone_number_type")),
            Ndc = Said(list, "national_destination_code"),
            Locality = Said(list, "locality")?.ToUpperInvariant(),
            Area = Said(list, "administrative_area")?.ToUpperInvariant(),
            RateCenter = Said(list, "rate_center")?.ToUpperInvariant(),
            Features = [.. list.Filters.Where(f => f.Path is "features").SelectMany(f => f.Values)
                .Select(feature => feature.Trim(AroundFeatures).ToLowerInvariant()).Where(feature => feature.Length > 0)],
            IsReservable = IsAsked(list, "reservable"),
            IsQuickship = IsAsked(list, "quickship"),
            IsWithoutHeld = list.Filter("exclude_held_numbers") is "true",
            StartsWith = Said(list, Pattern, "starts_with"),
            EndsWith = Said(list, Pattern, "ends_with"),
            Contains = Said(list, Pattern, "contains"),
        };
    }

    public static Problem NoCoverage(OperationContext op) => Bad("filter[country_code]",
        $"There are no numbers of {Said(op.List, "country_code") ?? UsualCountry} here.");

    /// <summary>First of the same area code, then of the same state: whatever else was asked for.</summary>
    private static async ValueTask<IReadOnlyList<StockNumber>> AroundAsync(OperationContext op, StockSearch search, StockQuery query,
        IReadOnlyList<StockNumber> found)
    {
        var seen = found.Select(number => number.Text).ToHashSet(StringComparer.Ordinal);
        var around = new List<StockNumber>();
        var wider = query with { Locality = null, RateCenter = null, StartsWith = null, EndsWith = null, Contains = null };
        string? code = query.Ndc ?? CodeOf(query.StartsWith);
        if (code is not null) await AddAsync(wider with { Ndc = code, Area = null });
        // Where nothing is free, the numbers that others have say which state it is.
        string? area = query.Area ?? found.Concat(around).Select(number => number.Area).FirstOrDefault(a => a is not null)
            ?? await search.FindAreaAsync(query with { Ndc = code }, op.Stop);
        if (area is not null) await AddAsync(wider with { Ndc = null, Area = area });
        return around;

        async ValueTask AddAsync(StockQuery asked)
        {
            int missing = query.Limit - found.Count - around.Count;
            if (missing <= 0) return;
            // Those that were found are among them.
            var more = await search.FindAsync(op.Tenant, asked with { Limit = seen.Count + missing }, op.Now, op.Stop);
            around.AddRange(more.Where(number => seen.Add(number.Text)).Take(missing));
        }
    }

    /// <summary>The area code of a beginning, with or without the calling code; null of one that is shorter.</summary>
    private static string? CodeOf(string? start)
    {
        if (start is null) return null;
        string digits = start.StartsWith(NorthAmerica, StringComparison.Ordinal) ? start[NorthAmerica.Length..] : start;
        return digits.Length >= CodeDigits ? digits[..CodeDigits] : null;
    }

    /// <summary>Null for one that is none. Who asks for a page of so many, as of other lists, gets no more.</summary>
    private static int? Limit(OperationContext op)
    {
        if ((op.List.Filter("limit") ?? op.Query["page[size]"]) is not { Length: > 0 } text) return UsualLimit;
        return int.TryParse(text, out int limit) && limit is >= 1 and <= StockLimits.MostFound ? limit : null;
    }

    /// <summary>
    /// A pattern of anything but digits fits no number. A beginning may have the number's own plus. Who asks for one number and has none to
    /// ask for is not shown others.
    /// </summary>
    private static bool HasOddPattern(OperationContext op) => op.Query[$"filter[{Pattern}]"] is ""
        || op.List.Filters.Any(f => f.Path is Pattern
            && f.Values.Any(v => v.Length > 0 && IsOdd(f.Operator is "starts_with" && v is ['+', .. var digits] ? digits : v)));

    private static bool IsOdd(string pattern) => pattern.Length == 0 || pattern.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>What a filter is compared with; null for one that is not there, or empty.</summary>
    private static string? Said(ListRequest list, string filter, string @operator = "eq") =>
        list.Filter(filter, @operator) is { Length: > 0 } text ? text : null;

    /// <summary>Such a filter leaves numbers out while it is on; off, it is as if nobody had set it.</summary>
    private static bool? IsAsked(ListRequest list, string filter) => list.Filter(filter) is "true" ? true : null;

    private static Reply Answer(OperationContext op, IReadOnlyList<JsonNode> shown, int around) => op.Bare(200, new JsonObject
    {
        ["data"] = new JsonArray([.. shown]),
        ["meta"] = new JsonObject { ["total_results"] = shown.Count, ["best_effort_results"] = around },
    });

    private static Problem Bad(string parameter, string detail) => new(BadFilter, detail) { Parameter = parameter };
}
