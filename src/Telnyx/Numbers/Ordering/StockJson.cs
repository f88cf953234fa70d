using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>Numbers of the stock in this contract's words.</summary>
internal static class StockJson
{
    private const decimal MicrosPerUnit = 1_000_000;

    public static string Type(StockType type) => SnakeName.Of(type);

    /// <summary>Null for a type that no number here can have.</summary>
    public static StockType? ReadType(string? text)
    {
        foreach (var type in Enum.GetValues<StockType>())
            if (Type(type) == text) return type;
        return null;
    }

    /// <param name="isBestEffort">It is beside what was asked for.</param>
    public static JsonObject Number(StockNumber number, bool isBestEffort) => new()
    {
        ["record_type"] = "available_phone_number",
        ["phone_number"] = number.Text,
        ["best_effort"] = isBestEffort,
        ["quickship"] = number.IsQuickship,
        ["reservable"] = number.IsReservable,
        ["region_information"] = Regions(number),
        ["cost_information"] = Costs(number),
        ["features"] = Features(number),
    };

    public static JsonObject Block(StockNumber first) => new()
    {
        ["record_type"] = "available_phone_number_block",
        ["starting_number"] = first.Text,
        ["range"] = first.BlockSize,
        ["region_information"] = Regions(first),
        ["cost_information"] = Costs(first),
        ["features"] = Features(first),
    };

    private static JsonArray Regions(StockNumber number)
    {
        var regions = new JsonArray();
        Add("country_code", number.Country);
        Add("rate_center", number.RateCenter);
        Add("state", number.Area);
        Add("location", number.Locality);
        return regions;

        void Add(string type, string? name)
        {
            if (name is { Length: > 0 }) regions.Add((JsonNode)new JsonObject { ["region_type"] = type, ["region_name"] = name });
        }
    }

    private static JsonObject Costs(StockNumber number) => new()
    {
        ["upfront_cost"] = Units(number.UpfrontMicros),
        ["monthly_cost"] = Units(number.MonthlyMicros),
        ["currency"] = number.Currency,
    };

    private static JsonArray Features(StockNumber number) =>
        new([.. number.Features.Select(feature => (JsonNode)new JsonObject { ["name"] = feature })]);

    /// <summary>Five decimals, as this contract's examples have them.</summary>
    private static string Units(long micros) => (micros / MicrosPerUnit).ToString("0.00000", CultureInfo.InvariantCulture);
}
