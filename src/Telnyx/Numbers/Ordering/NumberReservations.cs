using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// Numbers that are kept for an account for half an hour. Each is for itself: one that another has is a failure, and so is the whole, but
/// the others are held. There is no release; an order uses a hold up, and time ends it.
/// </summary>
internal static class NumberReservations
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);
    private const int MostExtensions = 3;
    /// <summary>Of the body: how often it was extended, which no reply shows, and the numbers.</summary>
    private const string Extended = "extended", Items = "phone_numbers";

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts)
    {
        var (body, now) = (op.ReadObject(), op.Now);
        if (NumberOrders.ReadNumbers(op, body, out var numbers) is { } wrong) return op.Fail(wrong);
        if (OrderKinds.CheckReference(body) is { } reference) return op.Fail(reference);
        var until = now + Life;
        ResourceRow? made = null;
        var refused = await parts.Store.StockClaims.HoldAsync(new(op.Tenant, numbers, now), until, held =>
        {
            made = RowOf(op, body, numbers, held, now, until);
            return new()
            {
                Note = op.Note("created", OrderKinds.Reservation, made.Id, after: made.Body.DeepClone().AsObject()),
                Documents = [new DocumentWrite(OrderKinds.Reservations, made)],
            };
        }, op.Stop);
        if (refused is not null) return op.Fail(NumberOrders.ProblemOf(refused, new(numbers, now)));
        return op.Ok(AsItWasMade(made!));       // it was asked for
    }

    /// <summary>Half an hour more for what it holds.</summary>
    public static async ValueTask<Reply> Extend(OperationContext op, NumberParts parts)
    {
        const string name = "number_reservation_id";
        var now = op.Now;
        var rows = parts.Store.Documents.Rows(OrderKinds.ReservationKind);
        if (await rows.FindAsync(op.Tenant, op.Path(name), op.Stop) is not { } row) return op.Unknown(name);
        int extended = row.Body.Whole(Extended) ?? 0;
        if (extended >= MostExtensions)
            return op.Fail(new Problem("85008", $"A reservation can be extended {MostExtensions} times."));
        var items = row.Body[Items]!.AsArray();         // made with them
        var live = items.Select(item => item!.AsObject()).Where(item => item.Text(OrderKinds.Status) is OrderKinds.Success).ToList();
        var over = new Problem(VoiceErrors.BadRequest, "The reservation is over.");
        if (live.Count == 0 || live.Exists(item => At(item.Text("expired_at")) <= now)) return op.Fail(over);
        var body = row.Body.DeepClone().AsObject();
        var until = At(live[0].Text("expired_at")) + Life;
        foreach (var item in body[Items]!.AsArray())    // the same
        {
            if (item!.AsObject().Text(OrderKinds.Status) is not OrderKinds.Success) continue;
            item["expired_at"] = TelnyxTime.Micros(until);
            item["updated_at"] = TelnyxTime.Micros(now);
        }
        body[Extended] = extended + 1;
        var after = row with { Body = body, UpdatedAt = now };
        // What was ordered meanwhile is held no more.
        return await parts.Store.StockClaims.HoldLongerAsync(new(op.Tenant, [.. live.Select(item => item.Text("phone_number")!)], now),
            until, new()
            {
                Note = op.Note("extended", OrderKinds.Reservation, row.Id, row.Body, body.DeepClone().AsObject()),
                Documents = [new DocumentWrite(OrderKinds.Reservations, after)],
            }, op.Stop) ? op.Ok(Shown(after)) : op.Fail(over);
    }

    private static ResourceRow RowOf(OperationContext op, JsonObject given, IReadOnlyList<string> numbers, IReadOnlyList<bool> held,
        DateTimeOffset now, DateTimeOffset until)
    {
        string at = TelnyxTime.Micros(now);
        var body = new JsonObject
        {
            [OrderKinds.Status] = held.All(one => one) ? OrderKinds.Success : OrderKinds.Failure,
            [Items] = new JsonArray([.. numbers.Select((text, i) => (JsonNode)Item(text, held[i]))]),
        };
        if (given.Text(OrderKinds.Reference) is { } reference) body[OrderKinds.Reference] = reference;
        return new() { Id = Guid.NewGuid().ToString(), Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };

        JsonObject Item(string text, bool isHeld)
        {
            var item = new JsonObject
            {
                ["id"] = Guid.NewGuid().ToString(),
                ["record_type"] = "reserved_phone_number",
                ["phone_number"] = text,
                [OrderKinds.Status] = isHeld ? OrderKinds.Success : OrderKinds.Failure,
                ["created_at"] = at,
                ["updated_at"] = at,
                ["expired_at"] = TelnyxTime.Micros(until),
            };
            if (!isHeld) item["errors"] = "The number is not available.";
            return item;
        }
    }

    /// <summary>As it was when it was asked for.</summary>
    private static JsonObject AsItWasMade(ResourceRow row)
    {
        var shown = Shown(row);
        shown[OrderKinds.Status] = OrderKinds.Pending;
        foreach (var item in shown[Items]!.AsArray())       // made with them
        {
            item![OrderKinds.Status] = OrderKinds.Pending;
            item.AsObject().Remove("errors");
        }
        return shown;
    }

    private static JsonObject Shown(ResourceRow row)
    {
        var shown = OrderKinds.Show(row, OrderKinds.Reservation);
        shown.Remove(Extended);
        return shown;
    }

    private static DateTimeOffset At(string? text) =>
        DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture);          // written by TelnyxTime.Micros
}
