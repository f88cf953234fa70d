using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Numbers that nobody has yet, and what those that were ordered cost by the month.</summary>
internal static class StockArea
{
    public static readonly StoreArea Area = new("stock")
    {
        BuildsOn = ["routing"],
        Migrations = Migration.OfArea("Stock"),
        Tables =
        [
            new("rw_stock_number")
            {
                TenantColumn = null,
                LeftOut = "the operator's, who imports it from a file; what accounts have of it is among their numbers",
            },
            new("rw_found_number") { LeftOut = "what a search has shown counts for a day" },
            new("rw_number_month")
            {
                OrderBy = "number",
                Leaving = StockClaims.TakeAllBack,
                Columns =
                [
                    Text("tenant_id"), Text("number"), Whole("price_micros"), Text("currency"), Whole("months"), Time("paid_until"),
                    Time("created_at"),
                ],
            },
        ],
    };
}
