using Ringwright.Store.Areas;
using Ringwright.Store.Migrations;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Chakra;

/// <summary>What this API has in the database for itself: what teams say of calls, and calls that nobody here has carried.</summary>
public static class ChakraArea
{
    public static readonly StoreArea Area = new("chakra")
    {
        BuildsOn = ["calls", "recordings", "campaigns"],
        Migrations = Migration.Embedded(typeof(ChakraArea).Assembly, "Schema"),
        Tables =
        [
            new("rw_chakra_call")
            {
                Columns =
                [
                    Text("tenant_id"), Text("id"), Truth("is_logged"), Json("document"), Text("from_party").Optional,
                    Text("to_party").Optional, Text("type").Optional, Text("call_status").Optional, Text("user_id").Optional,
                    Text("for_process").Optional, Text("provider").Optional, Text("provider_call_id").Optional, Truth("is_wrong_number"),
                    Time("disposed_at").Optional, Time("created_at"), Time("updated_at"), Time("deleted_at").Optional, Whole("revision"),
                ],
                OrderBy = "created_at, tenant_id, id",
            },
        ],
    };
}
