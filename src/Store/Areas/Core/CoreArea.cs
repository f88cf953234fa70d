using Ringwright.Store.Documents;
using Ringwright.Store.Migrations;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>
/// What everything else is built on: nodes, accounts, documents with their trail and their jobs, the ledger and what goes out.
/// </summary>
internal static class CoreArea
{
    public static readonly StoreArea Area = new("core")
    {
        Migrations = Migration.OfArea("Core"),
        Tables =
        [
            new("rw_node") { TenantColumn = null, LeftOut = "who a node is; a copy of it would mint the same ids" },
            new("rw_tenant")
            {
                IsBeforeResources = true, Watched = [],
                TenantColumn = "id", OrderBy = "parent_id is not null, created_at, id",
                Sealed = [new("keys", row => ChildTenantTable.KeysPurpose(new(Guid.Parse((string)row["id"]!))))], // a key of its table
                Columns =
                [
                    Text("id"), Text("name"), Whole("channel_limit").Optional, Time("created_at"), Text("parent_id").Optional,
                    Whole("daily_spend_limit_micros").Optional, Whole("request_rate").Optional, Whole("media_bytes_limit").Optional,
                    Text("organization").Optional, Text("email").Optional, Truth("has_own_prices").Optional, Text("keys").Optional,
                    Time("disabled_at").Optional, Time("updated_at").Optional, Whole("default_profile_id").Optional,
                    Text("webhook_retries").Optional, Json("voice_channels").Optional, Whole("live_audio_limit").Optional,
                ],
            },
            new("rw_signing_key")
            {
                IsBeforeResources = true,
                OrderBy = "tenant_id",
                Sealed =
                [
                    new("seed", row => SigningKeyTable.SeedPurpose(StoreTable.TenantOf(row)), IsText: false),
                    new("webhook_secret", row => SigningKeyTable.SecretPurpose(StoreTable.TenantOf(row))),
                    new("auth_token", row => AuthTokenTable.Purpose(StoreTable.TenantOf(row))),
                ],
                Columns =
                    [Text("tenant_id"), Text("seed"), Text("webhook_secret"), Text("auth_token").Optional, Time("created_at")],
            },
            new("rw_face") { TenantColumn = null, LeftOut = "which dialects have written their documents; resources bring theirs" },
            new("rw_resource")
            {
                OrderBy = "created_at, kind, id",
                Sealed =
                [
                    // Both are keys of its table.
                    new("secret", row => ResourceSql.PurposeOf((string)row["kind"]!, StoreTable.TenantOf(row), (string)row["id"]!)),
                ],
                Columns =
                [
                    Text("tenant_id"), Text("kind"), Text("id"), Json("doc"), Text("secret").Optional,
                    Whole("revision"), Time("created_at"),
                    Time("updated_at"), Time("deleted_at").Optional, Time("due_at").Optional, Time("waits_since").Optional,
                ],
            },
            new("rw_resource_key")
            {
                OrderBy = "tenant_id, kind, field, value",
                Columns = [Text("tenant_id"), Text("kind"), Text("field"), Text("value"), Text("id")],
            },
            new("rw_audit_event")
            {
                OrderBy = "seq", Lists = ["changes"],
                Omitted = ["seq"],
                Columns =
                [
                    Text("tenant_id"), Time("at"), Text("id"), Text("made_by"), Text("key_id").Optional, Text("change_type"),
                    Text("record_type"), Text("resource_id"), Json("changes"),
                ],
            },
            new("rw_job")
            {
                Columns =
                [
                    Text("tenant_id"), Text("id"), Text("kind"), Text("state"), Json("input"), Json("result").Optional,
                    Text("failure").Optional, Whole("done"), Whole("total").Optional, Whole("attempts"), Time("due_at"),
                    Text("lease").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("rw_ledger")
            {
                LegColumn = "subject_id", OrderBy = "seq",
                Formerly = new Dictionary<string, (string, string, string)> { ["leg_id"] = ("subject_id", "subject_kind", "leg") },
                Omitted = ["seq"],
                Columns = [Text("subject_id"), Text("tenant_id"), Text("type"), Time("at"), Json("body"), Text("subject_kind").Optional],
            },
            new("rw_outbox")
            {
                OrderBy = "seq",
                Omitted = ["seq", "node", "is_handed_over"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("order_key"), Text("format"), Text("event_type"), Text("url"),
                    Text("failover_url").Optional, Text("method"), Whole("timeout_ms"), Text("version"), Time("occurred_at"), Text("body"),
                    Whole("attempts"), Truth("is_on_failover"), Whole("attempts_on_url"), Time("next_at").Optional,
                    Time("started_at").Optional, Text("retries").Optional, Time("retry_until").Optional, Time("other_from").Optional,
                ],
            },
            new("rw_outbox_once") { LeftOut = "what was told in the last hours and is not to be told again" },
            new("rw_delivery")
            {
                OrderBy = "finished_at, id", Lists = ["attempt_errors", "attempt_request_headers", "attempt_response_headers"],
                Columns =
                [
                    Text("id"), Text("message_id"), Text("tenant_id"), Text("event_type"), Text("status"), Time("started_at"),
                    Time("finished_at"), Text("body"), Text("order_key").Optional, Time("occurred_at").Optional, Text("format").Optional,
                    Text("failover_url").Optional, Text("method").Optional, Whole("timeout_ms").Optional, Text("version").Optional,
                    Text("retries").Optional, Text("attempt_url").Optional, Json("attempt_errors").Optional,
                    Json("attempt_request_headers").Optional, Whole("attempt_response_status").Optional,
                    Json("attempt_response_headers").Optional, Text("attempt_response_body").Optional,
                ],
            },
            new("rw_delivery_attempt")
            {
                OrderBy = "message_id, number", Lists = ["errors", "request_headers", "response_headers"],
                Columns =
                [
                    Text("message_id"), Whole("number"), Text("tenant_id"), Text("url"), Text("status"), Time("started_at"),
                    Time("finished_at"), Json("errors"), Json("request_headers"), Whole("response_status").Optional,
                    Json("response_headers").Optional, Text("response_body").Optional,
                ],
            },
            new("rw_warning") { LeftOut = "what is to be mended at this node; the events that say it of calls are in the ledger" },
            new("rw_use") { TenantColumn = null, LeftOut = "what nodes use of what is limited at the moment" },
            new("rw_forwarded_command") { TenantColumn = null, LeftOut = "commands on their way from node to node, for a few seconds" },
        ],
        Aged =
        [
            new("warnings", WarningRows.Old) { Kept = retention => retention.Traces },
            new("keys of requests", RequestKeyRows.Old) { Kept = _ => RequestKeyRows.Kept },
        ],
    };
}
