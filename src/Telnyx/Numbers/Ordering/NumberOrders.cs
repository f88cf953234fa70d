using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Faces;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// Numbers of the stock become the account's: all that are ordered, or none. The whole is one transaction: the numbers with their
/// connection, the order with its parts, what it costs, and the event. The answer shows the order as it was made. A number that is sold on
/// request is kept and paid with the others, and waits for the operator.
/// </summary>
internal static class NumberOrders
{
    public const int MostNumbers = 1_000;

    private const int Tries = 5;
    private const string InvalidConnection = "85004", InvalidProfile = "85005", PartId = "sub_number_order_id";

    /// <summary>What goes with every number of an order.</summary>
    /// <param name="At">The one moment of all that comes of it: of the order, its parts, its numbers and their months.</param>
    public sealed record Wish(IReadOnlyList<string> Numbers, DateTimeOffset At)
    {
        public string? Connection { get; init; }
        public string? BillingGroup { get; init; }
        /// <summary>Its texts follow that from the first moment.</summary>
        public string? MessagingProfile { get; init; }
        public string? Reference { get; init; }
        /// <summary>The first number of the block; null for single numbers.</summary>
        public string? Block { get; init; }
        /// <summary>Where a refusal points, by the index of the number.</summary>
        public Func<int, string> PointerOf { get; init; } = static i => $"/phone_numbers/{i}/phone_number";
        /// <summary>Of the order, where the client's key makes it.</summary>
        public Guid? Id { get; init; }
        /// <summary>Documents beside the order, when it is made.</summary>
        public Func<IReadOnlyList<DocumentWrite>> Beside { get; init; } = static () => [];
    }

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts)
    {
        var (body, now) = (op.ReadObject(), op.Now);
        UuidFields.Lay(body, MessagingSettings.Profile, "billing_group_id");
        if (ReadNumbers(op, body, out var numbers) is { } wrong) return op.Fail(wrong);
        if (OrderKinds.CheckReference(body) is { } reference) return op.Fail(reference);
        var key = OrderRequestKey.Of(op, numbers);
        if (key?.Fault is { } tooLong) return op.Fail(tooLong);
        if (key is not null && await key.FindAsync(op, parts, now) is { } first) return op.Ok(AsItWasMade(first));
        var wish = new Wish(numbers, now)
        {
            Id = key?.IdAt(now),
            Connection = body.Filled("connection_id"), BillingGroup = body.Filled("billing_group_id"),
            MessagingProfile = body.Filled(MessagingSettings.Profile), Reference = body.Text(OrderKinds.Reference),
        };
        if (await CheckAsync(op, parts, wish, body) is { } unknown) return op.Fail(unknown);
        var (order, refusal) = await PlaceAsync(op, parts, wish);
        if (refusal is null) return op.Ok(AsItWasMade(order!));         // it was made
        // The same request came at the same time, and was first.
        return key is not null && await key.FindAsync(op, parts, op.Now) is { } other ? op.Ok(AsItWasMade(other)) : op.Fail(refusal);
    }

    /// <summary>One part of an order; with its numbers, when they are asked for.</summary>
    public static async ValueTask<Reply> Part(OperationContext op, NumberParts parts)
    {
        if (await FindPartAsync(op, parts) is not { } row) return op.Unknown(PartId);
        var shown = ShowPart(op, row);
        if (op.List.Filter(PartNumbers.Included) is "true") await PartNumbers.AddAsync(op, parts, [shown]);
        return op.Ok(shown);
    }

    /// <summary>Numbers of it that wait come back to the stock; those that the account has already are given back by another way.</summary>
    public static async ValueTask<Reply> Cancel(OperationContext op, NumberParts parts)
    {
        if (await FindPartAsync(op, parts) is not { } row) return op.Unknown(PartId);
        if (row.Body.Text(OrderKinds.Status) is OrderKinds.Pending)
            return await CancelNumbersAsync(op, parts, row) && await FindPartAsync(op, parts) is { } then ? op.Ok(ShowPart(op, then))
                : op.Fail(Fault.Conflict, "Others were deciding on its numbers.");
        return op.Fail(new Problem(VoiceErrors.BadRequest,
            $"This sub number order has the status {row.Body.Text(OrderKinds.Status)} and cannot be cancelled. "
            + "What it ordered is given back by DELETE /v2/phone_numbers/{id}."));
    }

    /// <summary>All that wait, at once. Of several who decide each finds what the others have left.</summary>
    /// <returns>False when others were changing them each time.</returns>
    private static async ValueTask<bool> CancelNumbersAsync(OperationContext op, NumberParts parts, ResourceRow part)
    {
        var rows = new OrderNumberRows(parts);
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            var page = await rows.ListAsync(op.Tenant, new()
            {
                Filters = [new(PartId, "eq", [part.Id]), new(OrderKinds.Status, "eq", [OrderKinds.Pending])], Limit = MostNumbers,
            }, op.Stop);
            if (page.Rows.Count == 0) return true;
            var note = op.Note("cancelled", OrderKinds.Part, part.Id, part.Body);
            if (await rows.GiveUpAsync(page.Rows, op.Now, note, op.Stop) is WriteOutcome.Done) return true;
        }
        return false;
    }

    private static ValueTask<ResourceRow?> FindPartAsync(OperationContext op, NumberParts parts) =>
        parts.Store.Documents.Rows(OrderKinds.Parts).FindAsync(op.Tenant, op.Path(PartId), op.Stop);

    private static JsonObject ShowPart(OperationContext op, ResourceRow row)
    {
        var shown = OrderKinds.Show(row, OrderKinds.Part);
        shown["user_id"] = op.Tenant.ToString();
        return shown;
    }

    /// <summary>What the order refers to.</summary>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, NumberParts parts, Wish wish, JsonObject body)
    {
        if (wish.Connection is not null
            && (body.Id("connection_id") is not { } id || op.Routing.FindConnection(op.Tenant, new(id)) is null))
            return new(InvalidConnection, "connection_id names no connection of this account.") { Pointer = "/connection_id" };
        if (await MessagingSettings.CheckProfileAsync(op.Tenant, wish.MessagingProfile, parts.Store, op.Stop) is { } what)
            return new(InvalidProfile, what) { Pointer = "/" + MessagingSettings.Profile };
        return await BillingGroups.CheckReferenceAsync(op, body, before: null, parts.Store);
    }

    /// <summary>Makes the numbers the account's.</summary>
    /// <returns>The order's row as it is stored, or why there is none.</returns>
    public static async ValueTask<(ResourceRow? Order, Problem? Refusal)> PlaceAsync(OperationContext op, NumberParts parts, Wish wish)
    {
        // A block is the account's whole and at once, or not at all.
        var claim = new NumberClaim(op.Tenant, wish.Numbers, wish.At) { Block = wish.Block, MayWait = wish.Block is null };
        OrderDocuments? documents = null;
        var refused = await parts.Store.StockClaims.OrderAsync(claim, parts.Store.Numbers.Rows(PhoneNumbers.View), stock =>
        {
            documents = OrderDocuments.Of(op, wish, stock);
            var order = documents.Order;
            var ready = stock.Where(number => !number.IsOnRequest);
            return new([.. ready.Select(number => NumberRow($"{op.Snowflakes.Next()}", number, order))], new UnitOfWork
            {
                Note = op.Note("created", OrderKinds.Order, order.Id, after: order.Body.DeepClone().AsObject()),
                Documents = [.. documents.All, .. wish.Beside()],
                Entries = documents.Entries,
                Messages = documents.Entries.Count > 0 ? [] : OrderEvents.Complete(order, parts),
            });
        }, op.Stop);
        return refused is null ? (documents!.Order, null) : (null, ProblemOf(refused, wish));     // it was asked for
    }

    /// <summary>What an account's search has not shown, what others have, and the rest that is refused.</summary>
    public static Problem ProblemOf(ClaimRefusal refusal, Wish wish)
    {
        string number = wish.Numbers[refusal.Index];
        var (code, detail) = refusal.Fault switch
        {
            ClaimFault.NotFound => ("85000", $"{number} was not found by a search of this account in the last 24 hours."),
            ClaimFault.NotAvailable => ("85001", $"{number} is not available any more."),
            ClaimFault.OwnedAlready => ("85001", $"{number} is this account's already."),
            ClaimFault.HeldAlready => ("85006", $"This account holds {number} already."),
            ClaimFault.OnRequest => ("85001", $"{number} is sold on request, and never as part of a block."),
            ClaimFault.TooManyHeld => ("85007", $"An account holds at most {StockLimits.MostHeld} numbers."),
            _ => ("20100", "The account's credit does not suffice for the setup and the first month of these numbers."),
        };
        return new(code, detail)
        {
            Pointer = refusal.Fault is ClaimFault.NoCredit or ClaimFault.TooManyHeld ? null : wish.PointerOf(refusal.Index),
        };
    }

    /// <summary>The numbers of a request, each once; they may be written as people type them.</summary>
    public static Problem? ReadNumbers(OperationContext op, JsonObject body, out IReadOnlyList<string> numbers)
    {
        var read = new List<string>();
        numbers = read;
        if (body["phone_numbers"] is not JsonArray { Count: > 0 } items)
            return new(VoiceErrors.MissingParameter, "phone_numbers is required: the numbers that are wanted.")
            {
                Pointer = "/phone_numbers"
            };
        if (items.Count > MostNumbers)
            return new(VoiceErrors.BadLength, $"At most {MostNumbers} numbers can be asked for at once.") { Pointer = "/phone_numbers" };
        foreach (var (i, item) in items.Index())
        {
            string pointer = $"/phone_numbers/{i}/phone_number";
            string? text = (item as JsonObject)?.Text("phone_number");
            if (text is null) return op.Dialect.Errors.Problem(Fault.MissingField, "phone_number is required.") with { Pointer = pointer };
            if (!E164.TryParse(TypedNumbers.Read(text), out var number))
                return new(VoiceErrors.NotE164, "phone_number must be a number in +E.164 format.") { Pointer = pointer };
            if (read.Contains(number.Text)) return new(VoiceErrors.BadRequest, $"{number.Text} is there twice.") { Pointer = pointer };
            read.Add(number.Text);
        }
        return null;
    }

    /// <summary>As it was when it was asked for: nothing of it is decided yet.</summary>
    private static JsonObject AsItWasMade(ResourceRow order)
    {
        var shown = OrderKinds.Show(order, OrderKinds.Order);
        shown[OrderKinds.Status] = OrderKinds.Pending;
        foreach (var number in shown["phone_numbers"]!.AsArray()) number![OrderKinds.Status] = OrderKinds.Pending;     // an order has some
        return shown;
    }

    /// <summary>The account's number, active and with what the order says of its numbers.</summary>
    /// <param name="order">As it is from the moment on in which the number is the account's.</param>
    public static ResourceRow NumberRow(string id, StockNumber number, ResourceRow order)
    {
        var body = NumberFace.New(order.CreatedAt);
        body["phone_number"] = number.Text;
        body["phone_number_type"] = StockJson.Type(number.Type);
        body["country_iso_alpha2"] = number.Country;
        body["source_type"] = "number_order";
        body[OrderKinds.Reference] = order.Body.Text(OrderKinds.Reference) ?? "";
        foreach (string name in (string[])["connection_id", "billing_group_id", MessagingSettings.Profile])
            if (order.Body.Filled(name) is { } value) body[name] = value;
        return new() { Id = id, Tenant = order.Tenant, Body = body, CreatedAt = order.UpdatedAt, UpdatedAt = order.UpdatedAt };
    }
}
