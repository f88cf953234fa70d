using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// The documents of one order: itself, its parts by country, type and the block that a number is out of, and its numbers. A block that is
/// ordered whole is one part. All of it succeeded, but for numbers that are sold on request: they wait.
/// </summary>
internal sealed record OrderDocuments(ResourceRow Order, IReadOnlyList<DocumentWrite> All)
{
    /// <summary>Of its numbers that wait: since when, and until when at most.</summary>
    public IReadOnlyList<StateEntry> Entries { get; init; } = [];

    public static OrderDocuments Of(OperationContext op, NumberOrders.Wish wish, IReadOnlyList<StockNumber> stock)
    {
        string order = (wish.Id ?? Guid.NewGuid()).ToString();
        var now = wish.At;
        var writes = new List<DocumentWrite>();
        var entries = new List<StateEntry>();
        var parts = new JsonArray();
        var numbers = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        var first = stock[0];
        foreach (var part in stock.GroupBy(number => wish.Block is null ? (number.Country, number.Type, Block: number.BlockFirst)
            : (first.Country, first.Type, Block: wish.Block)))
        {
            string id = Guid.NewGuid().ToString();
            parts.Add((JsonNode)id);
            writes.Add(new(OrderKinds.Parts, Row(id, Part(wish, order, part.Key.Country, part.Key.Type, [.. part]))));
            foreach (var number in part)
            {
                string own = Guid.NewGuid().ToString();
                numbers[number.Text] = Number(own, number);
                var body = OfOrder(number, order, id, wish.Block is not null);
                writes.Add(new(OrderKinds.Numbers, Row(own, body)));
                if (!number.IsOnRequest) continue;
                var until = now + (number.GrantedAfter ?? OrderKinds.Patience);
                if (number.GrantedAfter is null) body["deadline"] = TelnyxTime.Seconds(until);
                else body[OrderKinds.Next] = number.IsRefused ? OrderKinds.Denied : OrderKinds.Granted;
                body[OrderKinds.NumberId] = $"{op.Snowflakes.Next()}";
                body[OrderKinds.Paid] = new JsonObject
                {
                    ["micros"] = number.UpfrontMicros + number.MonthlyMicros, ["currency"] = number.Currency,
                };
                entries.Add(new(OrderKinds.Number, own, until, now));
            }
        }
        var row = Row(order, new()
        {
            [OrderKinds.Status] = StatusOf(stock),
            ["phone_numbers"] = new JsonArray([.. stock.Select(number => (JsonNode)numbers[number.Text])]),
            ["phone_numbers_count"] = stock.Count,
            ["sub_number_orders_ids"] = parts,
            ["requirements_met"] = true,
        });
        Add(row.Body, "connection_id", wish.Connection);
        Add(row.Body, "billing_group_id", wish.BillingGroup);
        Add(row.Body, MessagingSettings.Profile, wish.MessagingProfile);
        Add(row.Body, OrderKinds.Reference, wish.Reference);
        writes.Insert(0, new(OrderKinds.Orders, row));
        return new(row, writes) { Entries = entries };

        ResourceRow Row(string id, JsonObject body) =>
            new() { Id = id, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
    }

    private static JsonObject Part(NumberOrders.Wish wish, string order, string country, StockType type, IReadOnlyList<StockNumber> numbers)
    {
        var body = new JsonObject
        {
            ["order_request_id"] = order,
            ["country_code"] = country,
            ["phone_number_type"] = StockJson.Type(type),
            ["phone_numbers_count"] = numbers.Count,
            ["is_block_sub_number_order"] = wish.Block is not null,
            ["regulatory_requirements"] = new JsonArray(),
            ["requirements_met"] = true,
            [OrderKinds.Status] = StatusOf(numbers),
        };
        Add(body, OrderKinds.Reference, wish.Reference);
        return body;
    }

    /// <summary>Inside of an order.</summary>
    private static JsonObject Number(string id, StockNumber number) => new()
    {
        ["id"] = id,
        ["record_type"] = OrderKinds.Number,
        ["phone_number"] = number.Text,
        ["country_code"] = number.Country,
        ["country_iso_alpha2"] = number.Country,
        ["phone_number_type"] = StockJson.Type(number.Type),
        ["regulatory_requirements"] = new JsonArray(),
        ["requirements_met"] = true,
        ["requirements_status"] = "approved",
        [OrderKinds.Status] = StatusOf([number]),
    };

    /// <summary>By itself.</summary>
    private static JsonObject OfOrder(StockNumber number, string order, string part, bool isOfBlock)
    {
        var body = new JsonObject
        {
            ["phone_number"] = number.Text,
            ["country_code"] = number.Country,
            ["phone_number_type"] = StockJson.Type(number.Type),
            ["order_request_id"] = order,
            ["sub_number_order_id"] = part,
            ["is_block_number"] = isOfBlock,
            ["regulatory_requirements"] = new JsonArray(),
            ["requirements_met"] = true,
            ["requirements_status"] = "approved",
            [OrderKinds.Status] = StatusOf([number]),
        };
        Add(body, "locality", number.Locality);
        return body;
    }

    private static string StatusOf(IReadOnlyList<StockNumber> numbers) =>
        numbers.Any(number => number.IsOnRequest) ? OrderKinds.Pending : OrderKinds.Success;

    private static void Add(JsonObject body, string name, string? value)
    {
        if (value is not null) body[name] = value;
    }
}
