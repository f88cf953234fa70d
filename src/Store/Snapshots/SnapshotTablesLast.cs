using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Snapshots;

internal sealed partial record SnapshotTable
{
    /// <summary>After the resources: files that customers keep, and what happened.</summary>
    public static readonly IReadOnlyList<SnapshotTable> Last =
    [
        new("resource", "rw_resource")
        {
            OrderBy = "created_at, kind, id",
            Sealed = [new("secret", row => ResourceSql.PurposeOf((string)row["kind"]!, TenantOf(row), (string)row["id"]!))], // both are keys of its table
            Columns =
            [
                Text("tenant_id"), Text("kind"), Text("id"), Json("doc"), Text("secret").Optional, Whole("revision"), Time("created_at"),
                Time("updated_at"), Time("deleted_at").Optional, Time("due_at").Optional, Time("waits_since").Optional,
            ],
        },
        new("resource_key", "rw_resource_key")
        {
            OrderBy = "tenant_id, kind, field, value",
            Columns = [Text("tenant_id"), Text("kind"), Text("field"), Text("value"), Text("id")],
        },
        new("oauth_client", "rw_oauth_client")
        {
            Sealed = [new("secret", row => OAuthClientTable.PurposeOf(row["tenant_id"] is null ? null : TenantOf(row), Guid.Parse((string)row["id"]!)))],
            Columns =
            [
                Text("id"), Text("tenant_id").Optional, Text("scopes"), Text("secret").Optional, Json("doc"), Whole("revision"),
                Time("created_at"), Time("updated_at"),
            ],
        },
        new("oauth_grant", "rw_oauth_grant")
        {
            Columns = [Text("tenant_id"), Text("id"), Text("client_id"), Text("scopes"), Time("created_at"), Time("last_used_at").Optional],
        },
        new("audit_event", "rw_audit_event")
        {
            OrderBy = "seq", Lists = ["changes"],
            Omitted = ["seq"],
            Columns =
            [
                Text("tenant_id"), Time("at"), Text("id"), Text("made_by"), Text("key_id").Optional, Text("change_type"),
                Text("record_type"), Text("resource_id"), Json("changes"),
            ],
        },
        new("job", "rw_job")
        {
            Columns =
            [
                Text("tenant_id"), Text("id"), Text("kind"), Text("state"), Json("input"), Json("result").Optional,
                Text("failure").Optional, Whole("done"), Whole("total").Optional, Whole("attempts"), Time("due_at"),
                Text("lease").Optional, Time("created_at"), Time("updated_at"),
            ],
        },
        new("verified_number", "rw_verified_number")
        {
            OrderBy = "verified_at, text",
            Columns = [Text("tenant_id"), Text("text"), Text("proved_by"), Time("verified_at")],
        },
        new("media", "rw_media")
        {
            OrderBy = "created_at, name",
            Columns =
            [
                Text("tenant_id"), Text("name"), Text("content_type"), Text("file"), Text("sha256"), Whole("bytes"), Time("created_at"),
                Time("updated_at"), Time("expires_at"),
            ],
        },
        new("leg", "rw_leg")
        {
            LegColumn = "id", OrderBy = "started_at, id", Lists = ["headers"],
            Omitted = ["goodbye"],
            Columns =
            [
                Text("id"), Text("uuid"), Text("session_id"), Text("tenant_id"), Whole("connection_id"), Text("direction"),
                Text("from_party"), Text("to_party"), Text("from_uri").Optional, Text("to_uri").Optional, Text("caller_name").Optional,
                Text("trunk_id").Optional, Text("command_id").Optional, Text("state"), Truth("is_held"), Text("codec").Optional,
                Time("started_at"), Time("answered_at").Optional, Time("ended_at").Optional, Text("cause").Optional,
                Text("ended_by").Optional, Whole("sip_status").Optional, Text("evidence").Optional, Json("quality").Optional,
                Json("labels"), Json("headers"), Text("brought_caller").Optional, Time("found_ended_at").Optional,
            ],
        },
        new("ledger", "rw_ledger")
        {
            LegColumn = "subject_id", OrderBy = "seq",
            Formerly = new Dictionary<string, (string, string, string)> { ["leg_id"] = ("subject_id", "subject_kind", "leg") },
            Omitted = ["seq"],
            Columns = [Text("subject_id"), Text("tenant_id"), Text("type"), Time("at"), Json("body"), Text("subject_kind").Optional],
        },
        new("money_account", "rw_money_account")
        {
            OrderBy = "tenant_id",
            Columns =
            [
                Text("tenant_id"), Text("currency"), Whole("credit_limit_micros").Optional, Truth("is_unlimited"), Truth("rolls_up"),
                Text("rate_deck_id").Optional, Text("recharge_id"), Truth("is_recharge_enabled"), Truth("is_recharge_invoiced"),
                Text("recharge_preference"), Whole("recharge_threshold_micros"), Whole("recharge_amount_micros"), Time("updated_at"),
            ],
        },
        new("money_entry", "rw_money_entry")
        {
            LegColumn = "subject_id", OrderBy = "seq",
            Formerly = new Dictionary<string, (string, string, string)> { ["leg_id"] = ("subject_id", "subject_kind", "leg"), ["billed_seconds"] = ("quantity", "unit", MoneyEntry.Second) },
            Omitted = ["seq"],
            Columns =
            [
                Text("tenant_id"), Text("kind"), Whole("amount_micros"), Text("currency"), Whole("balance_micros"),
                Text("product").Optional, Text("subject_id").Optional, Text("direction").Optional, Whole("profile_id").Optional,
                Text("billing_group_id").Optional, Whole("quantity").Optional, Text("note"), Time("at"), Text("subject_kind").Optional,
                Text("unit").Optional,
            ],
        },
        new("money_balance", "rw_money_balance")
        {
            OrderBy = "tenant_id, currency",
            Columns = [Text("tenant_id"), Text("currency"), Whole("micros")],
        },
        new("payment_request", "rw_payment_request")
        {
            OrderBy = "made_at, id",
            Columns =
            [
                Text("id"), Text("tenant_id"), Whole("amount_micros"), Text("currency"), Text("preference"), Text("state"),
                Time("made_at"), Time("decided_at").Optional,
            ],
        },
        new("call_record", "rw_call_record")
        {
            OrderBy = "ended_at, leg_id",
            Columns =
            [
                Text("leg_id"), Text("tenant_id"), Text("session_id"), Whole("connection_id"), Text("direction"), Text("from_party"),
                Text("to_party"), Text("trunk_id").Optional, Time("started_at"), Time("answered_at").Optional, Time("ended_at"),
                Whole("total_seconds"), Whole("talk_seconds"), Text("cause"), Text("ended_by"), Whole("sip_status").Optional,
                Whole("billed_seconds").Optional, Whole("rate_micros").Optional, Whole("cost_micros").Optional,
                Text("cost_currency").Optional,
            ],
        },
        new("recording", "rw_recording")
        {
            LegColumn = "leg_id", Lists = ["gaps"],
            Columns =
            [
                Text("id"), Text("tenant_id"), Text("leg_id"), Text("leg_uuid"), Text("session_id"), Whole("connection_id"),
                Text("from_party"), Text("to_party"), Json("plan"), Text("state"), Time("started_at"), Time("ended_at").Optional,
                Whole("length_ms").Optional, Whole("bytes").Optional, Text("blob").Optional, Text("detail").Optional, Time("created_at"),
                Time("updated_at"), Json("gaps").Optional,
            ],
        },
        new("feature_use", "rw_feature_use")
        {
            LegColumn = "leg_id", OrderBy = "at, feature, id",
            Columns =
            [
                Text("tenant_id"), Text("feature"), Text("id"), Text("leg_id"), Text("leg_uuid"), Text("session_id"),
                Whole("connection_id"), Text("direction"), Time("at"), Whole("length_ms").Optional, Whole("bytes").Optional,
            ],
        },
        new("user_bundle", "rw_user_bundle")
        {
            Columns =
            [
                Text("tenant_id"), Text("id"), Text("bundle_id"), Text("order_key").Optional, Truth("is_active"), Time("paid_until"),
                Whole("months"), Time("created_at"), Time("updated_at").Optional,
            ],
        },
        new("bundle_charge", "rw_bundle_charge")
        {
            OrderBy = "at, user_bundle_id, month",
            Columns =
            [
                Text("tenant_id"), Text("user_bundle_id"), Whole("month"), Text("bundle_id"), Whole("price_micros"), Text("currency"),
                Time("at"),
            ],
        },
        new("trace", "rw_trace")
        {
            LegColumn = "leg_id", OrderBy = "seq",
            Omitted = ["seq"],
            Columns =
            [
                Text("tenant_id"), Text("leg_id"), Time("at"), Text("kind"), Truth("is_outgoing"), Text("local").Optional,
                Text("remote").Optional, Text("name"), Text("command_id").Optional, Text("outcome").Optional, Text("message").Optional,
                Text("transport").Optional,
            ],
        },
        new("outbox", "rw_outbox")
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
        new("delivery", "rw_delivery")
        {
            OrderBy = "finished_at, id",
            Columns =
            [
                Text("id"), Text("message_id"), Text("tenant_id"), Text("event_type"), Text("status"), Time("started_at"),
                Time("finished_at"), Text("body"), Text("order_key").Optional, Time("occurred_at").Optional, Text("format").Optional,
                Text("failover_url").Optional, Text("method").Optional, Whole("timeout_ms").Optional, Text("version").Optional,
                Text("retries").Optional,
            ],
        },
        new("delivery_attempt", "rw_delivery_attempt")
        {
            OrderBy = "message_id, number", Lists = ["errors", "request_headers", "response_headers"],
            Columns =
            [
                Text("message_id"), Whole("number"), Text("tenant_id"), Text("url"), Text("status"), Time("started_at"),
                Time("finished_at"), Json("errors"), Json("request_headers"), Whole("response_status").Optional,
                Json("response_headers").Optional, Text("response_body").Optional,
            ],
        },
    ];
}
