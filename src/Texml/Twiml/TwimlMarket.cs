using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Numbers of the node's stock. One that is bought is the account's, and paid, in one transaction. The other APIs sell what a search has
/// shown; whoever names a number here has looked for it by that.
/// </summary>
internal static class TwimlMarket
{
    private const string Number = "PhoneNumber", Area = "AreaCode", Contains = "Contains";

    /// <summary>Of an area code: so many buyers may come at once, each of whom gets one.</summary>
    private const int MostTried = 20;

    /// <summary>Keys that letters stand on.</summary>
    private const string Letters = "abcdefghijklmnopqrstuvwxyz", Keys = "22233344455566677778889999";

    /// <summary>Countries that area codes are of.</summary>
    private static readonly string[] OfAreaCodes = ["US", "CA"];

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts, StockType type, string list)
    {
        string country = op.Path("CountryCode").ToUpperInvariant();
        var stock = parts.Store.StockSearch;
        if (!await stock.HasCountryAsync(country, op.Stop)) return op.Unknown("CountryCode");
        var query = new StockQuery
        {
            Country = country, Type = type, Ndc = Filled(op, Area), Area = Upper(op, "InRegion"), Locality = Upper(op, "InLocality"),
            RateCenter = Upper(op, "InRateCenter"), Features = FeaturesOf(op), IsOnRequest = false, Limit = StockLimits.MostFound,
        };
        if (Filled(op, Contains) is { } pattern)
        {
            if (Matching(query, pattern) is not { } narrower)
                return op.Fail(TwimlErrors.Bad(Contains, "Contains has digits, letters, * for any digit, or a + before or a $ behind."));
            query = narrower;
        }
        var found = await stock.FindAsync(op.Tenant, query, op.Now, op.Stop);
        return TwimlPages.Of(op, "available_phone_numbers", $"AvailablePhoneNumbers/{country}/{list}.json", [.. found.Select(Show)]);
    }

    public static async ValueTask<Reply> Buy(OperationContext op, TwimlParts parts)
    {
        var body = op.ReadObject();
        var (wanted, problem) = await WantedAsync(op, parts, body);
        if (problem is not null) return op.Fail(problem);
        if (await TwimlNumbers.CheckAsync(op, parts, body) is { } unfit) return op.Fail(unfit);
        await parts.Store.StockSearch.RememberAsync(op.Tenant, wanted, op.Now, op.Stop);
        foreach (string number in wanted)
        {
            var refusal = await OrderAsync(op, parts, number);
            if (refusal is null) return await BoughtAsync(op, parts, number, body);
            problem = ProblemOf(refusal.Fault, number);
            // Somebody was faster: of an area code the next one is as good.
            if (refusal.Fault is not (ClaimFault.NotAvailable or ClaimFault.OwnedAlready)) break;
        }
        return op.Fail(problem!);       // one was wanted
    }

    /// <summary>
    /// It is bought and paid, whatever becomes of the rest: an error would have it bought again. The reply shows what it has.
    /// </summary>
    private static async ValueTask<Reply> BoughtAsync(OperationContext op, TwimlParts parts, string number, JsonObject body) =>
        await TwimlNumbers.FindAsync(op, parts, number) is { } row
            ? op.Bare(201, TwimlNumbers.Show(op, await TwimlNumbers.ChangeAsync(op, parts, row, body) ?? row))
            : op.Fail(Fault.Conflict);

    /// <returns>Null when it is the account's, and paid.</returns>
    private static ValueTask<ClaimRefusal?> OrderAsync(OperationContext op, TwimlParts parts, string number)
    {
        var now = op.Now;
        var claim = new NumberClaim(op.Tenant, [number], now);
        return parts.Store.StockClaims.OrderAsync(claim, parts.Store.Numbers, stock => new NumberTaking(
            [.. stock.Select(one => new NewNumber(new(one.Text, op.Tenant, null) { Country = one.Country }, op.Snowflakes.Next(), now))],
            new UnitOfWork { Note = op.Note("created", TwimlNumbers.RecordType, TwimlSids.Number(number)) }), op.Stop);
    }

    /// <summary>A number that is named, or those of an area code, of which the first that is to be had is bought.</summary>
    private static async ValueTask<(IReadOnlyList<string> Numbers, Problem? Problem)> WantedAsync(OperationContext op, TwimlParts parts,
        JsonObject body)
    {
        if ((string?)body[Number] is { Length: > 0 } written)
        {
            if (!E164.TryParse(TwimlCallBody.PartyOf(written), out var number))
                return ([], new(TwimlErrors.NoNumber, $"{written} is no number in +E.164 format."));
            return ([number.Text], null);
        }
        if ((string?)body[Area] is not { Length: > 0 } area)
            return ([], new(TwimlErrors.NoNumber, "PhoneNumber or AreaCode is required."));
        if (area.Length != 3 || area.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return ([], new(TwimlErrors.AreaCode, "AreaCode has three digits."));
        foreach (string country in OfAreaCodes)
        {
            var found = await parts.Store.StockSearch.FindAsync(op.Tenant, new()
            {
                Country = country, Type = StockType.Local, Ndc = area, Features = ["voice"], IsOnRequest = false, Limit = MostTried,
            }, op.Now, op.Stop);
            if (found.Count > 0) return ([.. found.Select(one => one.Text)], null);
        }
        return ([], new(TwimlErrors.EmptyArea, $"No number of the area code {area} is to be had."));
    }

    private static Problem ProblemOf(ClaimFault fault, string number) => fault switch
    {
        ClaimFault.NoCredit => new(TwimlErrors.Inactive, "What the account has, and may owe, does not pay for this number."),
        ClaimFault.OwnedAlready => new(TwimlErrors.NotForSale, $"{number} is the account's already."),
        ClaimFault.OnRequest => new(TwimlErrors.NotForSale, $"{number} is sold on request, and an order of this API waits for nobody."),
        _ => new(TwimlErrors.NotForSale, $"{number} is not to be had."),
    };

    private static JsonObject Show(StockNumber number) => new()
    {
        ["friendly_name"] = number.National.Length == 10 && number.Text.StartsWith("+1", StringComparison.Ordinal)
            ? $"({number.National[..3]}) {number.National[3..6]}-{number.National[6..]}" : number.Text,
        ["phone_number"] = number.Text,
        ["lata"] = null,
        ["locality"] = number.Locality is { } town ? CultureInfo.InvariantCulture.TextInfo.ToTitleCase(town.ToLowerInvariant()) : null,
        ["rate_center"] = number.RateCenter,
        ["latitude"] = null,
        ["longitude"] = null,
        ["region"] = number.Area,
        ["postal_code"] = null,
        ["iso_country"] = number.Country,
        ["address_requirements"] = "none",
        ["beta"] = false,
        ["capabilities"] = new JsonObject
        {
            ["voice"] = number.Features.Contains("voice"), ["SMS"] = number.Features.Contains("sms"),
            ["MMS"] = number.Features.Contains("mms"), ["fax"] = number.Features.Contains("fax"),
        },
    };

    /// <summary>
    /// As the vendor has patterns: a part of the number, or its beginning behind a plus, or its end before a dollar sign. Null for what is
    /// no pattern.
    /// </summary>
    private static StockQuery? Matching(StockQuery query, string pattern)
    {
        // Any digits before and behind a part are there anyway.
        bool isBeginning = pattern.StartsWith('+'), isEnd = pattern.EndsWith('$');
        string said = isBeginning ? pattern[1..].TrimEnd('%') : isEnd ? pattern[..^1].TrimStart('%') : pattern.Trim('%');
        string part = string.Concat(said.Select(KeyOf));
        if (part.Length == 0 || part.Contains(' ', StringComparison.Ordinal)) return null;
        if (isBeginning || isEnd)
        {
            if (part.Contains('_', StringComparison.Ordinal)) return null;
            return isBeginning ? query with { StartsWith = "+" + part } : query with { EndsWith = part };
        }
        // It may reach into the area code.
        return query.Ndc is { Length: 3 } area && OfAreaCodes.Contains(query.Country)
            ? query with { Ndc = null, StartsWith = "+1" + area, Contains = part }
            : query with { Contains = part };
    }

    /// <summary>A blank for what is on no key.</summary>
    private static char KeyOf(char written) => written switch
    {
        '*' => '_',
        >= '0' and <= '9' => written,
        _ => Letters.IndexOf(char.ToLowerInvariant(written), StringComparison.Ordinal) is var at and >= 0 ? Keys[at] : ' ',
    };

    private static List<string> FeaturesOf(OperationContext op)
    {
        var features = new List<string>();
        foreach (string feature in (string[])["Voice", "Sms", "Mms", "Fax"])
            if (op.Query[feature + "Enabled"] is "true") features.Add(feature.ToLowerInvariant());
        return features;
    }

    private static string? Upper(OperationContext op, string name) => Filled(op, name)?.ToUpperInvariant();

    private static string? Filled(OperationContext op, string name) => op.Query[name] is { Length: > 0 } value ? value : null;
}
