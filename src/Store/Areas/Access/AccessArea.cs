using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Who may ask: keys, the networks they may come from, and what programs were allowed.</summary>
internal static class AccessArea
{
    public static readonly StoreArea Area = new("access")
    {
        Migrations = Migration.OfArea("Access"),
        Tables =
        [
            new("rw_operator_key")
            {
                IsBeforeResources = true,
                TenantColumn = null, OrderBy = "created_at, hash",
                Columns = [Text("hash"), Time("created_at"), Time("revoked_at").Optional],
            },
            new("rw_api_key")
            {
                IsBeforeResources = true,
                Columns = [Text("id"), Text("tenant_id"), Text("hash"), Text("role"), Text("label"), Time("created_at"),
                    Time("revoked_at").Optional, Text("detail").Optional, Text("prefix").Optional, Time("expires_at").Optional,
                    Time("updated_at").Optional],
            },
            new("rw_access_network")
            {
                IsBeforeResources = true, Watched = [],
                Columns =
                [
                    Text("tenant_id"), Whole("id"), Text("kind"), Text("network"), Json("doc"), Whole("revision"), Time("created_at"),
                    Time("updated_at"),
                ],
            },
            new("rw_oauth_key") { TenantColumn = null, LeftOut = "what access tokens are signed with; another installation makes its own" },
            new("rw_oauth_client")
            {
                Sealed =
                [
                    new("secret", row => OAuthClientTable.PurposeOf(
                        row["tenant_id"] is null ? null : StoreTable.TenantOf(row), Guid.Parse((string)row["id"]!))), // a key of its table
                ],
                Columns =
                [
                    Text("id"), Text("tenant_id").Optional, Text("scopes"), Text("secret").Optional, Json("doc"), Whole("revision"),
                    Time("created_at"), Time("updated_at"),
                ],
            },
            new("rw_oauth_grant")
            {
                Columns = [Text("tenant_id"), Text("id"), Text("client_id"), Text("scopes"), Time("created_at"),
                    Time("last_used_at").Optional],
            },
            new("rw_oauth_consent") { LeftOut = "questions that were answered; they are over within minutes" },
            new("rw_oauth_family") { LeftOut = "tokens that programs have; they ask again" },
            new("rw_oauth_code") { LeftOut = "codes that programs exchange within a minute" },
            new("rw_oauth_refresh") { LeftOut = "tokens that programs have; they ask again" },
        ],
    };
}
