using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>The first numbers of parts of orders, for who asks to see them with their part.</summary>
internal static class PartNumbers
{
    /// <summary>The filter that asks for them, of one part and of a list.</summary>
    public const string Included = "include_phone_numbers";

    private const int Most = 50;
    private const string Numbers = "phone_numbers", Count = "phone_numbers_count", PartId = "sub_number_order_id";

    /// <param name="shown">Parts as a reply has them, with their ids.</param>
    public static async ValueTask AddAsync(OperationContext op, NumberParts parts, IReadOnlyList<JsonObject> shown)
    {
        var rows = parts.Store.Documents.Rows(OrderKinds.Numbers);
        var isLarge = shown.ToLookup(part => part.Whole(Count) is not { } count || count > Most);
        // Small parts are read at once, and of each large one no more than is shown.
        List<JsonObject> small = [.. isLarge[false]];
        if (small.Count > 0) await ReadAsync(small, small.Sum(part => part.Whole(Count) ?? 0));
        foreach (var part in isLarge[true]) await ReadAsync([part], Most);

        async ValueTask ReadAsync(IReadOnlyList<JsonObject> together, int limit)
        {
            var page = await rows.ListAsync(op.Tenant,
                new() { Filters = [new(PartId, "in", [.. together.Select(IdOf)])], Limit = limit }, op.Stop);
            var byPart = page.Rows.ToLookup(row => row.Body.Text(PartId));
            foreach (var part in together)
                part[Numbers] = new JsonArray([.. byPart[IdOf(part)].Select(number => (JsonNode)Show(number))]);
        }
    }

    private static string IdOf(JsonObject part) => part.Text("id") ?? "";

    private static JsonObject Show(ResourceRow number)
    {
        var shown = new JsonObject { ["id"] = number.Id, ["record_type"] = OrderKinds.Number };
        foreach (var (field, value) in number.Body)
            if (!OrderKinds.OfWaiting.Contains(field)) shown[field] = value?.DeepClone();
        return shown;
    }
}
