using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// The documents that an order leaves: itself, a part for each country, type and block, and each number. They are written with what they
/// tell of, and nothing changes them but the account's own reference, and what becomes of a number that waits
/// (<see cref="OrderNumberRows"/>). Who patches them with values of requirements learns that there are none.
/// </summary>
internal static class OrderKinds
{
    public const string Order = "number_order", Part = "sub_number_order", Number = "number_order_phone_number",
        Block = "number_block_order", Reservation = "number_reservation";
    public const string Reference = "customer_reference", Status = "status", Pending = "pending", Success = "success", Failure = "failure";

    /// <summary>So long a number waits for the operator.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(14);
    /// <summary>
    /// Of a number that waits: why it failed, what was paid for it, the id that it will have among the account's, and what happens by
    /// itself where the account's policy says it. No reply shows them.
    /// </summary>
    public const string Reason = "reason", Paid = "paid", NumberId = "number_id", Next = "next_move";
    public static readonly IReadOnlyList<string> OfWaiting = [Reason, Paid, NumberId, Next];
    /// <summary>
    /// A number that waited by the account's policy alone becomes the account's, or fails where the policy is that it does.
    /// </summary>
    public const string Granted = "granted", Denied = "denied";

    public static readonly DocumentKind Orders = new(Order), Parts = new(Part), Numbers = new(Number), Blocks = new(Block),
        Reservations = new(Reservation);

    private const int LongestReference = 255;
    private const string Requirements = "regulatory_requirements", RequirementId = "requirement_id", NotOfOrder = "85002", Met = "85003";

    /// <summary>The filter of a list of orders or reservations by one of their numbers.</summary>
    private const string ByNumber = "phone_numbers.phone_number";

    public static readonly ResourceKind OrderKind = new(Order)
    {
        IsNewestFirst = true,
        Filterable = [ByNumber],
        Paths = new Dictionary<string, string> { [ByNumber] = "phone_numbers" },
        Validate = (_, body, before) => new(CheckReference(body) ?? CheckRequirements(body, before)),
        Show = Micros,
    };

    public static readonly ResourceKind PartKind = new(Part)
    {
        IsNewestFirst = true,
        Validate = (_, body, before) => new(CheckRequirements(body, before)),
        Show = (op, row, shown) =>
        {
            Micros(op, row, shown);
            shown["user_id"] = op.Tenant.ToString();
        },
    };

    public static readonly ResourceKind NumberKind = new(Number)
    {
        IsNewestFirst = true,
        Awaits = [Pending],
        NextMove = Next,
        Transitions =
        [
            new(Granted, [Pending], Success) { By = Mover.Timer, After = TimeSpan.Zero, IsNamed = true },
            new(Denied, [Pending], Failure)
            {
                By = Mover.Timer, After = TimeSpan.Zero, IsNamed = true,
                Sets = new() { [Reason] = "By the policy of the account, orders of numbers that end in 81 fail." },
            },
            new("provisioned", [Pending], Success) { By = Mover.Operator },
            new("failed", [Pending], Failure) { By = Mover.Operator, Says = Reason },
            new("lapsed", [Pending], Failure) { By = Mover.Timer, After = Patience },
        ],
        Validate = (_, body, before) => new(CheckRequirements(body, before)),
    };

    public static readonly ResourceKind BlockKind = new(Block)
    {
        IsNewestFirst = true,
        Paths = new Dictionary<string, string> { ["phone_numbers.starting_number"] = "starting_number" },
        Show = Micros,
    };

    public static readonly ResourceKind ReservationKind = new(Reservation)
    {
        IsNewestFirst = true,
        Paths = new Dictionary<string, string> { [ByNumber] = "phone_numbers" },
        Show = Micros,
    };

    /// <summary>A document as a reply shows it that is no resource's.</summary>
    public static JsonObject Show(ResourceRow row, string recordType)
    {
        var shown = new JsonObject { ["id"] = row.Id, ["record_type"] = recordType };
        foreach (var (name, value) in row.Body) shown[name] = value?.DeepClone();
        Stamp(row, shown);
        return shown;
    }

    public static Problem? CheckReference(JsonObject body) => body.Text(Reference) is { Length: > LongestReference }
        ? new(VoiceErrors.BadLength, $"{Reference} may have {LongestReference} characters.") { Pointer = "/" + Reference } : null;

    /// <summary>
    /// No number asks for values: what brings one is told so, and no update changes what is asked for. An empty list asks for nothing.
    /// </summary>
    private static Problem? CheckRequirements(JsonObject body, ResourceRow? before)
    {
        if (body[Requirements] is JsonArray { Count: > 0 } given)
        {
            foreach (var (i, item) in given.Index())
                if ((item as JsonObject)?.Text(RequirementId) is { } id)
                    return new(NotOfOrder, $"{id} is no requirement of this order: its numbers ask for none.")
                    {
                        Pointer = $"/{Requirements}/{i}/{RequirementId}",
                    };
            return new(Met, "The requirements of this order are met: its numbers ask for none.") { Pointer = "/" + Requirements };
        }
        if (before?.Body[Requirements] is { } own) body[Requirements] = own.DeepClone();
        else body.Remove(Requirements);
        return null;
    }

    /// <summary>These tell moments with six digits.</summary>
    private static void Micros(OperationContext op, ResourceRow row, JsonObject shown) => Stamp(row, shown);

    private static void Stamp(ResourceRow row, JsonObject shown)
    {
        shown["created_at"] = TelnyxTime.Micros(row.CreatedAt);
        shown["updated_at"] = TelnyxTime.Micros(row.UpdatedAt);
    }
}
