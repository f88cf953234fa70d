using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>What the operator says of a number of the stock beside its digits.</summary>
internal static class StockFields
{
    /// <summary>Lays a body over a number; what it does not name stays.</summary>
    /// <param name="at">Where the body is in the request: "" or "/numbers/3".</param>
    public static StockNumber Read(JsonObject body, StockNumber number, string at, List<Problem> problems) => number with
    {
        Locality = Place(body, "locality", number.Locality),
        Area = Place(body, "administrative_area", number.Area),
        RateCenter = Place(body, "rate_center", number.RateCenter),
        Features = body["features"] is JsonArray features
            ? [.. features.Select(feature => (string)feature!).Distinct(StringComparer.Ordinal)] : number.Features,
        UpfrontMicros = Price(body, "upfront_cost", number.UpfrontMicros, at, problems),
        MonthlyMicros = Price(body, "monthly_cost", number.MonthlyMicros, at, problems),
        Currency = Currency(body, number.Currency, at, problems),
        IsReservable = (bool?)body["reservable"] ?? number.IsReservable,
        IsQuickship = (bool?)body["quickship"] ?? number.IsQuickship,
        IsOnRequest = (bool?)body["on_request"] ?? number.IsOnRequest,
    };

    /// <summary>In capitals, as filters compare it; the empty text takes it away.</summary>
    private static string? Place(JsonObject body, string field, string? before) =>
        (string?)body[field] is not { } text ? before : text.Trim() is { Length: > 0 } place ? place.ToUpperInvariant() : null;

    private static long Price(JsonObject body, string field, long before, string at, List<Problem> problems)
    {
        if ((string?)body[field] is not { } text) return before;
        if (Money.TryParse(text, out long price) && price >= 0) return price;
        problems.Add(new("invalid", $"{field} must be a decimal number of at least 0, such as 1.00.") { Pointer = $"{at}/{field}" });
        return before;
    }

    private static string Currency(JsonObject body, string before, string at, List<Problem> problems)
    {
        if ((string?)body["currency"] is not { } text) return before;
        if (Money.IsCurrency(text)) return text;
        problems.Add(new("invalid", "currency must be three capital letters, such as USD.") { Pointer = $"{at}/currency" });
        return before;
    }
}
