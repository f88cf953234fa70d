using Ringwright.Store.Migrations;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Bundles of services, and who has taken them.</summary>
internal static class BundlesArea
{
    public static readonly StoreArea Area = new("bundles")
    {
        Migrations = Migration.OfArea("Bundles"),
        Tables =
        [
            new("rw_bundle")
            {
                IsBeforeResources = true,
                TenantColumn = null, Lists = ["specs", "limits"],
                Columns =
                [
                    Text("id"), Text("name"), Text("slug"), Text("cost_code"), Truth("is_active"), Truth("is_public"),
                    Whole("price_micros"), Text("currency"), Json("specs"), Json("limits"), Time("created_at"), Time("updated_at"),
                ],
            },
            new("rw_bundle_offer")
            {
                IsBeforeResources = true,
                OrderBy = "tenant_id, bundle_id",
                Columns = [Text("tenant_id"), Text("bundle_id")],
            },
            new("rw_user_bundle")
            {
                Columns =
                [
                    Text("tenant_id"), Text("id"), Text("bundle_id"), Text("order_key").Optional, Truth("is_active"), Time("paid_until"),
                    Whole("months"), Time("created_at"), Time("updated_at").Optional,
                ],
            },
            new("rw_bundle_charge")
            {
                OrderBy = "at, user_bundle_id, month",
                Columns =
                [
                    Text("tenant_id"), Text("user_bundle_id"), Whole("month"), Text("bundle_id"), Whole("price_micros"), Text("currency"),
                    Time("at"),
                ],
            },
        ],
    };
}
