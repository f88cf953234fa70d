using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Ways out of the node for texts, and what is on them.</summary>
internal static class CarriersArea
{
    private const string Old = """
        delete from rw_text_part where tenant_id = @tenant and (text_id, number) in (
            select text_id, number from rw_text_part where tenant_id = @tenant and created_at < @before
                and state not in ('ready', 'submitting', 'in_doubt')
            order by created_at, text_id, number limit @step)
        """;

    public static readonly StoreArea Area = new("carriers")
    {
        BuildsOn = ["texts"],
        Migrations = Migration.OfArea("Carriers"),
        Tables =
        [
            new("rw_text_carrier")
            {
                IsBeforeResources = true,
                TenantColumn = null, Lists = ["prefixes"],
                Sealed = [new("password", row => TextCarrierTable.PasswordPurpose(Guid.Parse((string)row["id"]!)))], // a key of its table
                Columns =
                [
                    Text("id"), Text("name"), Truth("is_enabled"), Text("host"), Whole("port"), Truth("is_tls"), Text("system_id"),
                    Text("password"), Text("system_type"), Json("prefixes"), Whole("priority"), Whole("rate"), Whole("window_size"),
                    Text("alphabet"), Text("joining"), Text("on_unknown"), Time("created_at"), Time("updated_at"),
                    Json("http").Optional, Text("secret_hash").Optional, Truth("has_receipts").Optional,
                    Whole("receive_port").Optional,
                ],
            },
            new("rw_text_part") { LeftOut = "texts on their way: no other installation sends them once more" },
            new("rw_text_receipt") { TenantColumn = null, LeftOut = "what was said of texts within minutes" },
            new("rw_text_arrival") { TenantColumn = null, LeftOut = "what came within minutes" },
            new("rw_text_fragment") { LeftOut = "parts of texts that come within minutes" },
        ],
        Aged = [new("parts of texts", Old) { Kept = retention => retention.Records }],
    };
}
