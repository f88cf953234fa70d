using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Who must not be called and who has agreed to be: one store for every face. Nothing of it goes by its age.</summary>
internal static class ContactsArea
{
    public static readonly StoreArea Area = new("contacts")
    {
        Migrations = Migration.OfArea("Contacts"),
        Tables =
        [
            new("rw_do_not_call")
            {
                Leaving = ContactTombstones.KeepEntries,
                Columns =
                [
                    Text("id"), Text("tenant_id").Optional, Text("number"), Text("source"), Text("reason"), Text("added_by"),
                    Text("evidence").Optional, Text("leg_id").Optional, Truth("is_provisional"), Time("expires_at").Optional,
                    Time("created_at"),
                ],
            },
            new("rw_consent")
            {
                Leaving = ContactTombstones.KeepConsents,
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("number"), Text("kind"), Text("channel"), Text("source"),
                    Text("text_version").Optional, Text("evidence").Optional, Time("given_at"), Time("revoked_at").Optional,
                    Text("revoked_by").Optional, Time("created_at"),
                ],
            },
            new("rw_contact_tombstone")
            {
                TenantColumn = null,
                LeftOut = "what is left of accounts that have gone: numbers as hashes, which no other installation could read",
            },
            new("rw_registry") { TenantColumn = null, LeftOut = "snapshots that are old within a month; the operator brings in new ones" },
            new("rw_registry_load") { TenantColumn = null, LeftOut = "like the registries" },
            new("rw_registry_number") { TenantColumn = null, LeftOut = "like the registries" },
        ],
    };
}
