using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>A block of numbers, whole or not at all: it makes a number order with one part.</summary>
internal static class BlockOrders
{
    public const string First = "starting_number", Range = "range";
    private const int MostNumbers = 1_000;

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts)
    {
        var (body, now) = (op.ReadObject(), op.Now);
        UuidFields.Lay(body, MessagingSettings.Profile);
        if (!E164.TryParse(TypedNumbers.Read(body.Text(First) ?? ""), out var first))
            return op.Invalid("/" + First, VoiceErrors.NotE164, $"{First} must be a number in +E.164 format.");
        if (body.Whole(Range) is not (>= 1 and <= MostNumbers and var count))
            return op.Invalid("/" + Range, VoiceErrors.BadRange, $"{Range} must be from 1 to {MostNumbers}.");
        if (OrderKinds.CheckReference(body) is { } reference) return op.Fail(reference);
        if (await parts.Store.Stock.FindAsync(first.Text, op.Stop) is not { BlockFirst: { } known } stock || known != first.Text
            || stock.BlockSize != count)
            return op.Fail(NumberOrders.ProblemOf(new(ClaimFault.NotFound), new([first.Text], now)
            {
                PointerOf = static _ => "/" + First
            }));

        var row = new ResourceRow
        {
            Id = Guid.NewGuid().ToString(), Tenant = op.Tenant, CreatedAt = now, UpdatedAt = now, Body = Stored(body, first, count),
        };
        var wish = new NumberOrders.Wish(Numbers(first, count), now)
        {
            Connection = body.Filled("connection_id"), MessagingProfile = body.Filled(MessagingSettings.Profile),
            Reference = body.Text(OrderKinds.Reference), Block = first.Text,
            PointerOf = static _ => "/" + First, Beside = () => [new DocumentWrite(OrderKinds.Blocks, row)],
        };
        if (await NumberOrders.CheckAsync(op, parts, wish, body) is { } unknown) return op.Fail(unknown);
        if ((await NumberOrders.PlaceAsync(op, parts, wish)).Refusal is { } refusal) return op.Fail(refusal);
        var shown = OrderKinds.Show(row, OrderKinds.Block);
        shown[OrderKinds.Status] = OrderKinds.Pending;
        return op.Ok(shown);
    }

    private static JsonObject Stored(JsonObject given, E164 first, int count)
    {
        var body = new JsonObject
        {
            [First] = first.Text,
            [Range] = count,
            ["phone_numbers_count"] = count,
            ["requirements_met"] = true,
            [OrderKinds.Status] = OrderKinds.Success,
        };
        foreach (string name in new[] { "connection_id", MessagingSettings.Profile, OrderKinds.Reference })
            if (given.Filled(name) is { } value) body[name] = value;
        return body;
    }

    /// <summary>All of a block, in order.</summary>
    public static IReadOnlyList<string> Numbers(E164 first, int count)
    {
        long number = long.Parse(first.Text.AsSpan(1), CultureInfo.InvariantCulture);      // E.164 has 15 digits at most
        return [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"+{number + i}"))];
    }
}
