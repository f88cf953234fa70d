using Ringwright.Store.Migrations;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>What the node serves for accounts under a URL of its own.</summary>
internal static class HostingArea
{
    public static readonly StoreArea Area = new("hosting")
    {
        Migrations = Migration.OfArea("Hosting"),
        Tables =
        [
            new("rw_hosted_document")
            {
                Columns =
                [
                    Text("tenant_id"), Text("id"), Text("name"), Text("token"), Text("content"), Time("created_at"), Time("updated_at"),
                ],
            },
        ],
    };
}
