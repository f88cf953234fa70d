using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Snapshots;

internal sealed partial record SnapshotTable
{
    /// <summary>Before the resources: a row refers only to rows above it.</summary>
    public static readonly IReadOnlyList<SnapshotTable> First =
    [
        new("operator_key", "rw_operator_key")
        {
            TenantColumn = null, OrderBy = "created_at, hash",
            Columns = [Text("hash"), Time("created_at"), Time("revoked_at").Optional],
        },
        new("trunk", "rw_trunk")
        {
            TenantColumn = null,
            Lists = ["sources", "codecs"],
            Sealed = [new("auth_password", row => TrunkTable.PasswordPurpose(TrunkOf(row))), new("tls_key", row => TrunkTable.KeyPurpose(TrunkOf(row)))],
            Columns =
            [
                Text("id"), Text("name"), Truth("is_enabled"), Text("host"), Whole("port"), Json("sources"), Text("auth_user").Optional,
                Text("auth_password").Optional, Whole("channel_limit").Optional, Json("codecs"), Text("from_domain").Optional,
                Time("created_at"), Time("updated_at"), Text("transport").Optional, Text("nat").Optional, Json("tls").Optional,
                Text("tls_key").Optional, Truth("registers").Optional, Text("registrar").Optional, Whole("register_seconds").Optional,
                Text("media_encryption").Optional, Text("caller_ids").Optional, Text("caller_identity").Optional,
                Truth("rtp_auto_adjust").Optional, Whole("rtp_timeout_secs").Optional, Whole("held_rtp_timeout_secs").Optional,
            ],
        },
        new("route", "rw_route")
        {
            TenantColumn = null,
            Columns =
            [
                Text("id"), Text("trunk_id"), Text("prefix"), Whole("priority"), Whole("weight"), Truth("is_enabled"),
                Text("caller_id").Optional, Time("created_at"), Time("updated_at"),
            ],
        },
        new("shared_address", "rw_shared_address")
        {
            TenantColumn = null, OrderBy = "created_at, address",
            Columns = [Text("address"), Time("created_at")],
        },
        new("rate_deck", "rw_rate_deck")
        {
            TenantColumn = null,
            Columns =
            [
                Text("id"), Text("name"), Truth("is_default"), Whole("first_revision"), Whole("revision"), Time("created_at"),
                Time("updated_at"),
            ],
        },
        new("rate", "rw_rate")
        {
            TenantColumn = null, OrderBy = "deck_id, revision, direction, prefix, effective_from",
            Columns =
            [
                Text("deck_id"), Whole("revision"), Text("direction"), Text("prefix"), Time("effective_from"), Text("currency"),
                Whole("price_micros"), Whole("initial_seconds"), Whole("increment_seconds"), Whole("fee_micros"),
            ],
        },
        new("tenant", "rw_tenant")
        {
            TenantColumn = "id", OrderBy = "parent_id is not null, created_at, id",
            Sealed = [new("keys", row => ChildTenantTable.KeysPurpose(new(Guid.Parse((string)row["id"]!))))], // a key of its table
            Columns =
            [
                Text("id"), Text("name"), Whole("channel_limit").Optional, Time("created_at"), Text("parent_id").Optional,
                Whole("daily_spend_limit_micros").Optional, Whole("request_rate").Optional, Whole("media_bytes_limit").Optional,
                Text("organization").Optional, Text("email").Optional, Truth("has_own_prices").Optional, Text("keys").Optional,
                Time("disabled_at").Optional, Time("updated_at").Optional, Whole("default_profile_id").Optional,
                Text("webhook_retries").Optional,
            ],
        },
        new("signing_key", "rw_signing_key")
        {
            OrderBy = "tenant_id",
            Sealed =
            [
                new("seed", row => SigningKeyTable.SeedPurpose(TenantOf(row)), IsText: false),
                new("webhook_secret", row => SigningKeyTable.SecretPurpose(TenantOf(row))),
            ],
            Columns = [Text("tenant_id"), Text("seed"), Text("webhook_secret"), Time("created_at")],
        },
        new("api_key", "rw_api_key")
        {
            Columns = [Text("id"), Text("tenant_id"), Text("hash"), Text("role"), Text("label"), Time("created_at"), Time("revoked_at").Optional],
        },
        new("access_network", "rw_access_network")
        {
            Columns =
            [
                Text("tenant_id"), Whole("id"), Text("kind"), Text("network"), Json("doc"), Whole("revision"), Time("created_at"),
                Time("updated_at"),
            ],
        },
        new("bundle", "rw_bundle")
        {
            TenantColumn = null, Lists = ["specs"],
            Columns =
            [
                Text("id"), Text("name"), Text("slug"), Text("cost_code"), Truth("is_active"), Truth("is_public"), Whole("price_micros"),
                Text("currency"), Json("specs"), Json("limits"), Time("created_at"), Time("updated_at"),
            ],
        },
        new("bundle_offer", "rw_bundle_offer")
        {
            OrderBy = "tenant_id, bundle_id",
            Columns = [Text("tenant_id"), Text("bundle_id")],
        },
    ];
}
