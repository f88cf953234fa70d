using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Numbers that nobody has yet, and what those that were ordered cost by the month.</summary>
internal static class StockArea
{
    internal const string ReturnedNumbers = $"""
        delete from rw_resource where tenant_id = @tenant and kind = '{StockLimits.Returned}' and id in (
            select id from rw_resource where tenant_id = @tenant and kind = '{StockLimits.Returned}' and updated_at < @before
            order by updated_at limit @step)
        """;

    public static readonly StoreArea Area = new("stock")
    {
        BuildsOn = ["routing"],
        Migrations = Migration.OfArea("Stock"),
        Aged = [new("returned numbers", ReturnedNumbers) { Kept = static _ => StockLimits.Quarantine }],
        Tables =
        [
            new("rw_stock_number")
            {
                TenantColumn = null,
                LeftOut = "the operator's, who imports it from a file; what accounts have of it is among their numbers",
            },
            new("rw_found_number") { LeftOut = "what a search has shown counts for a day" },
            new("rw_node_policy") { TenantColumn = null, LeftOut = "the operator's, as the stock is" },
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
