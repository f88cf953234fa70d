using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>What calls are routed by.</summary>
internal static class RoutingArea
{
    public static readonly StoreArea Area = new("routing")
    {
        BuildsOn = ["access", "money"],
        Migrations = Migration.OfArea("Routing"),
        Tables =
        [
            new("rw_trunk")
            {
                IsBeforeResources = true, Watched = [],
                TenantColumn = null,
                Lists = ["sources", "codecs", "next_trunk_on"],
                Sealed =
                [
                    new("auth_password", row => TrunkTable.PasswordPurpose(TrunkOf(row))),
                    new("tls_key", row => TrunkTable.KeyPurpose(TrunkOf(row))),
                ],
                Columns =
                [
                    Text("id"), Text("name"), Truth("is_enabled"), Text("host"), Whole("port"), Json("sources"), Text("auth_user").Optional,
                    Text("auth_password").Optional, Whole("channel_limit").Optional, Json("codecs"), Text("from_domain").Optional,
                    Time("created_at"), Time("updated_at"), Text("transport").Optional, Text("nat").Optional, Json("tls").Optional,
                    Text("tls_key").Optional, Truth("registers").Optional, Text("registrar").Optional, Whole("register_seconds").Optional,
                    Text("media_encryption").Optional, Text("caller_ids").Optional, Text("caller_identity").Optional,
                    Truth("rtp_auto_adjust").Optional, Whole("rtp_timeout_secs").Optional, Whole("held_rtp_timeout_secs").Optional,
                    Text("forwarded_by").Optional,
                    Whole("probe_seconds").Optional, Json("next_trunk_on").Optional, Whole("calls_per_second").Optional,
                    Whole("inbound_channel_limit").Optional, Whole("inbound_calls_per_second").Optional, Truth("may_refer").Optional,
                ],
            },
            new("rw_route")
            {
                IsBeforeResources = true, Watched = [],
                TenantColumn = null,
                Columns =
                [
                    Text("id"), Text("trunk_id"), Text("prefix"), Whole("priority"), Whole("weight"), Truth("is_enabled"),
                    Text("caller_id").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("rw_shared_address")
            {
                IsBeforeResources = true, Watched = [],
                TenantColumn = null, OrderBy = "created_at, address",
                Columns = [Text("address"), Time("created_at")],
            },
            new("rw_address_turn") { TenantColumn = null, LeftOut = "whose turn it is to claim an address" },
            new("rw_registration") { TenantColumn = null, LeftOut = "where a SIP user is now; users register again" },
            new("rw_outbound_profile") { Watched = ["tenant_id", "id"], IsResource = true },
            new("rw_connection") { Watched = ["tenant_id", "id"], IsResource = true },
            new("rw_connection_address") { Watched = ["tenant_id", "connection_id"], IsResource = true },
            new("rw_connection_host") { Watched = ["tenant_id", "connection_id"], IsResource = true },
            new("rw_sip_credential") { Watched = ["user_name"], IsResource = true },
            new("rw_number") { Watched = ["text"], IsResource = true },
            new("rw_verified_number")
            {
                Watched = ["text"],
                OrderBy = "verified_at, text",
                Columns = [Text("tenant_id"), Text("text"), Text("proved_by"), Time("verified_at"), Text("friendly_name").Optional,
                    Time("named_at").Optional],
            },
            new("rw_waiting_messages")
            {
                Watched = ["tenant_id", "user_name"],
                OrderBy = "user_name",
                Columns =
                [
                    Text("tenant_id"), Text("user_name"), Whole("new_messages"), Whole("old_messages"), Whole("urgent_new"),
                    Whole("urgent_old"), Time("updated_at"),
                ],
            },
            new("rw_mailbox")
            {
                Watched = ["tenant_id", "number"],
                OrderBy = "number",
                Sealed = [new("pin", row => MailboxTable.PurposeOf(StoreTable.TenantOf(row), (string)row["number"]!))], // its key
                Columns =
                [
                    Text("tenant_id"), Text("number"), Truth("is_enabled"), Text("pin").Optional, Time("created_at"), Time("updated_at"),
                    Whole("failures"), Time("locked_until").Optional,
                ],
            },
            new("rw_connection_bucket")
            {
                OrderBy = "connection_id",
                // Both are its key.
                Sealed = [new("secret", row => ConnectionBucketTable.PurposeOf(StoreTable.TenantOf(row), (long)row["connection_id"]!))],
                Columns =
                [
                    Text("tenant_id"), Whole("connection_id"), Text("endpoint").Optional, Text("region"), Text("name"), Text("access_key"),
                    Text("secret"), Time("created_at"), Time("updated_at"),
                ],
            },
            new("rw_verification") { LeftOut = "codes that calls told; they are over within minutes" },
        ],
    };

    private static TrunkId TrunkOf(JsonObject row) => new(Guid.Parse((string)row["id"]!)); // a key of its table
}
