using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// The documents that an order leaves: itself, a part for each country and type, and each number. They are written with what they tell of,
/// and nothing changes them but the account's own reference.
/// </summary>
internal static class OrderKinds
{
    public const string Order = "number_order", Part = "sub_number_order", Number = "number_order_phone_number",
        Block = "number_block_order", Reservation = "number_reservation";
    public const string Reference = "customer_reference", Status = "status", Pending = "pending", Success = "success", Failure = "failure";

    public static readonly DocumentKind Orders = new(Order), Parts = new(Part), Numbers = new(Number), Blocks = new(Block),
        Reservations = new(Reservation);

    private const int LongestReference = 255;

    public static readonly ResourceKind OrderKind = new(Order)
    {
        IsNewestFirst = true,
        Validate = (_, body, _) => new(CheckReference(body)),
        Show = Micros,
    };

    public static readonly ResourceKind PartKind = new(Part)
    {
        IsNewestFirst = true,
        Show = (op, row, shown) =>
        {
            Micros(op, row, shown);
            shown["user_id"] = op.Tenant.ToString();
        },
    };

    public static readonly ResourceKind NumberKind = new(Number) { IsNewestFirst = true };

    public static readonly ResourceKind BlockKind = new(Block)
    {
        IsNewestFirst = true,
        Paths = new Dictionary<string, string> { ["phone_numbers.starting_number"] = "starting_number" },
        Show = Micros,
    };

    public static readonly ResourceKind ReservationKind = new(Reservation)
    {
        IsNewestFirst = true,
        Paths = new Dictionary<string, string> { ["phone_numbers.phone_number"] = "phone_numbers" },
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

    /// <summary>These tell moments with six digits.</summary>
    private static void Micros(OperationContext op, ResourceRow row, JsonObject shown) => Stamp(row, shown);

    private static void Stamp(ResourceRow row, JsonObject shown)
    {
        shown["created_at"] = TelnyxTime.Micros(row.CreatedAt);
        shown["updated_at"] = TelnyxTime.Micros(row.UpdatedAt);
    }
}
