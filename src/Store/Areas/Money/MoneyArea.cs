using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Prices, and what was charged, paid and adjusted.</summary>
internal static class MoneyArea
{
    public static readonly StoreArea Area = new("money")
    {
        Migrations = Migration.OfArea("Money"),
        Tables =
        [
            new("rw_rate_deck")
            {
                IsBeforeResources = true, Watched = [],
                TenantColumn = null,
                Columns =
                [
                    Text("id"), Text("name"), Truth("is_default"), Whole("first_revision"), Whole("revision"), Time("created_at"),
                    Time("updated_at"),
                ],
            },
            new("rw_rate")
            {
                IsBeforeResources = true,
                TenantColumn = null, OrderBy = "deck_id, revision, direction, prefix, effective_from",
                Columns =
                [
                    Text("deck_id"), Whole("revision"), Text("direction"), Text("prefix"), Time("effective_from"), Text("currency"),
                    Whole("price_micros"), Whole("initial_seconds"), Whole("increment_seconds"), Whole("fee_micros"),
                ],
            },
            new("rw_money_account")
            {
                Watched = [],
                OrderBy = "tenant_id",
                Columns =
                [
                    Text("tenant_id"), Text("currency"), Whole("credit_limit_micros").Optional, Truth("is_unlimited"), Truth("rolls_up"),
                    Text("rate_deck_id").Optional, Text("recharge_id"), Truth("is_recharge_enabled"), Truth("is_recharge_invoiced"),
                    Text("recharge_preference"), Whole("recharge_threshold_micros"), Whole("recharge_amount_micros"), Time("updated_at"),
                ],
            },
            new("rw_money_entry")
            {
                LegColumn = "subject_id", OrderBy = "seq",
                Formerly = new Dictionary<string, (string, string, string)>
                {
                    ["leg_id"] = ("subject_id", "subject_kind", "leg"),
                    ["billed_seconds"] = ("quantity", "unit", MoneyEntry.Second),
                },
                Omitted = ["seq"],
                Columns =
                [
                    Text("tenant_id"), Text("kind"), Whole("amount_micros"), Text("currency"), Whole("balance_micros"),
                    Text("product").Optional, Text("subject_id").Optional, Text("direction").Optional, Whole("profile_id").Optional,
                    Text("billing_group_id").Optional, Whole("quantity").Optional, Text("note"), Time("at"), Text("subject_kind").Optional,
                    Text("unit").Optional,
                ],
            },
            new("rw_money_balance")
            {
                OrderBy = "tenant_id, currency",
                Columns = [Text("tenant_id"), Text("currency"), Whole("micros")],
            },
            new("rw_payment_request")
            {
                OrderBy = "made_at, id",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Whole("amount_micros"), Text("currency"), Text("preference"), Text("state"),
                    Time("made_at"), Time("decided_at").Optional,
                ],
            },
        ],
    };
}
