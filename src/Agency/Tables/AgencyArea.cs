using Ringwright.Store.Areas;
using Ringwright.Store.Migrations;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Agency.Tables;

/// <summary>The tables of this API, which have the bare names of its customers' documents.</summary>
public static class AgencyArea
{
    public static readonly StoreArea Area = new("agency")
    {
        BuildsOn = ["routing", "calls", "campaigns", "contacts", "recordings", "stock"],
        Migrations = Migration.Embedded(typeof(AgencyArea).Assembly, "Tables"),
        Tables =
        [
            new("agencies")
            {
                Line = "agency",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("name"), Text("slug"), Json("settings"), Json("branding").Optional,
                    Text("timezone"), Time("created_at"), Time("updated_at"),
                ],
            },
            new("clients")
            {
                Line = "agency_client",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("name"), Text("slug"), Text("status"), Text("contact_email").Optional,
                    Text("contact_phone").Optional, Text("timezone").Optional, Time("deleted_at").Optional, Text("rate_plan_id").Optional,
                    Time("rated_from").Optional, Time("rated_to").Optional, Json("permissions").Optional,
                    Json("limits").Optional, Json("branding").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("rate_plans")
            {
                Line = "agency_rate_plan",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("name"), Text("currency"), Whole("minute_micros"), Whole("number_micros"),
                    Whole("initial_seconds"), Whole("step_seconds"), Whole("included_minutes"), Time("created_at"), Time("updated_at"),
                ],
            },
            new("usage_ledger")
            {
                Line = "agency_usage",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id"), Text("month"), Text("kind"), Text("subject"), Text("rate_plan_id"),
                    Whole("billed_seconds"), Whole("included_seconds"), Text("currency"), Whole("micros"), Time("occurred_at"),
                    Time("created_at"),
                ],
            },
            new("users")
            {
                Line = "agency_user", Omitted = ["totp", "totp_pending", "totp_step"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id").Optional, Text("email"), Text("full_name").Optional, Text("role"),
                    Text("password_hash").Optional, Text("status"), Whole("session_epoch").Optional, Time("last_login_at").Optional,
                    Time("created_at"), Time("updated_at"),
                ],
            },
            new("campaigns")
            {
                Line = "agency_campaign", Lists = ["calling_windows"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id"), Text("name"), Text("type"), Text("description").Optional,
                    Text("status"), Text("timezone").Optional, Json("calling_windows").Optional, Json("retry_policy"),
                    Whole("max_attempts"), Whole("daily_attempt_cap").Nullable, Text("consent_required"),
                    Json("analysis_profile").Optional, Json("legal_override").Optional,
                    Time("created_at"), Time("updated_at"), Time("archived_at").Optional,
                ],
            },
            new("agent_mappings")
            {
                Line = "agency_agent", Lists = ["tools", "transfers"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("ultravox_agent_id"), Text("ultravox_agent_name").Optional, Text("voice_provider"),
                    Text("client_id").Optional, Text("campaign_id").Optional, Text("default_direction").Optional,
                    Text("system_prompt").Optional, Text("voice").Optional, Text("language_hint").Optional, Whole("temperature").Optional,
                    Text("first_speaker_text").Optional, Truth("recording_enabled").Optional, Whole("max_duration_seconds").Optional,
                    Text("voicemail_policy").Optional, Text("voicemail_message").Optional, Json("transfers").Optional,
                    Json("script").Optional, Time("last_synced_at").Optional,
                    Json("tools"), Truth("managed"), Time("created_at"), Time("updated_at"), Time("deleted_at").Optional,
                ],
            },
            new("agency_tools")
            {
                Line = "agency_tool",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("name"), Text("description").Optional, Json("definition"),
                    Text("provider_tool_id").Optional, Time("last_synced_at").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("agency_phone_numbers")
            {
                Line = "agency_number",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("phone_number"), Text("friendly_name").Optional, Text("client_id").Optional,
                    Text("agent_mapping_id").Optional, Text("direction").Optional, Text("status"), Truth("outbound_allowed").Optional,
                    Whole("daily_call_cap").Optional, Truth("is_disabled").Optional, Truth("is_brought").Optional,
                    Time("status_at").Optional, Text("order_id").Optional, Text("customer_reference").Optional,
                    Time("purchased_at").Optional, Time("released_at").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("call_batches")
            {
                Line = "call_batch", Lists = ["from_pool"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id"), Text("campaign_id"), Text("agent_mapping_id"), Text("name").Optional,
                    Text("from_number"), Json("from_pool").Optional, Text("mode"), Text("status"), Time("scheduled_for").Optional,
                    Time("window_end").Optional, Whole("calls_per_minute"), Whole("max_concurrent"), Whole("total_contacts"),
                    Text("list_id"), Time("started_at").Optional, Time("paused_at").Optional, Time("completed_at").Optional,
                    Time("cancelled_at").Optional, Text("failure_code").Optional, Whole("circuit_resumes").Optional,
                    Time("resumed_at").Optional, Truth("is_test").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("campaign_contacts")
            {
                Line = "campaign_contact",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("campaign_id"), Text("batch_id").Optional, Text("phone_number"),
                    Text("first_name").Optional, Text("last_name").Optional, Text("email").Optional, Text("company").Optional,
                    Text("title").Optional, Text("timezone").Optional, Json("custom_data"), Text("status"), Text("outcome").Optional,
                    Whole("attempts").Optional, Whole("max_attempts"), Time("last_attempt_at").Optional, Time("next_attempt_at").Optional,
                    Time("completed_at").Optional, Text("call_id").Optional, Text("last_error").Optional, Text("block_reason").Optional,
                    Time("callback_at").Optional, Whole("callbacks").Optional, Time("scheduled_for").Optional, Whole("priority").Optional,
                    Text("external_id").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("calls")
            {
                Line = "agency_call", Lists = ["tags"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id").Optional, Text("direction"), Text("source").Optional,
                    Text("transcript_status").Optional, Text("analysis_status").Optional, Text("disposition").Optional,
                    Time("redacted_at").Optional, Json("analysis").Optional, Text("analysis_model").Optional,
                    Whole("analysis_version").Optional, Time("analyzed_at").Optional, Text("analysis_disposition").Optional,
                    Text("sentiment").Optional, Whole("talk_permille").Optional, Whole("interruptions").Optional,
                    Whole("objections").Optional, Whole("objections_handled").Optional, Whole("buying_signals").Optional,
                    Whole("script_permille").Optional, Whole("qualified").Optional, Whole("meeting_booked").Optional,
                    Whole("issue_resolved").Optional, Whole("escalated").Optional, Whole("satisfaction").Optional,
                    Whole("analysis_cost_micros").Optional,
                    Truth("legal_hold").Optional, Time("recording_deleted_at").Optional, Json("tags").Optional,
                    Text("agent_mapping_id").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
            new("imports")
            {
                Line = "agency_import", Lists = ["errors"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id"), Text("campaign_id"), Text("batch_id").Optional, Text("file_name"),
                    Text("status"), Text("failure_code").Optional, Whole("received"), Whole("accepted"), Whole("duplicates"),
                    Whole("updated").Optional, Whole("invalid"), Whole("suppressed"), Whole("taken_out").Optional, Json("mapping"),
                    Json("errors"), Time("created_at"), Time("completed_at"),
                ],
            },
            new("call_notes")
            {
                Line = "agency_call_note",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id").Optional, Text("call_id"), Text("author"), Text("body"),
                    Time("created_at"),
                ],
            },
            new("api_keys")
            {
                Line = "agency_api_key",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("client_id").Optional, Text("name"), Text("prefix"), Text("hash"), Text("role"),
                    Text("created_by"), Time("created_at"), Time("expires_at").Optional, Time("revoked_at").Optional,
                ],
            },
            new("user_sessions") { Line = "agency_session", LeftOut = "sign-ins of people, who sign in again" },
            new("platform_administrators")
            {
                Line = "agency_administrator", TenantColumn = null, LeftOut = "people of the operator's, who makes them anew",
            },
            new("idempotency_keys") { Line = "agency_request_key", LeftOut = "a day long, and of this node's requests" },
            new("call_turns")
            {
                Line = "agency_call_turn", OrderBy = "said_at, id",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("call_id"), Whole("place"), Text("role"), Text("body"), Text("tool").Optional,
                    Text("invocation_id").Optional, Time("said_at"),
                ],
            },
            new("agency_tool_uses")
            {
                Line = "agency_tool_use", OrderBy = "used_at, call_id, invocation_id",
                Columns =
                [
                    Text("tenant_id"), Text("call_id"), Text("invocation_id"), Text("tool"), Time("used_at"), Truth("is_failed").Optional,
                    Whole("took_ms").Optional,
                ],
            },
            new("enrichment_queue")
            {
                Line = "agency_enrichment",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("call_id"), Text("type"), Text("status").Optional, Whole("attempts").Optional,
                    Whole("max_attempts"), Text("error_message").Optional, Time("processing_started_at").Optional,
                    Time("processed_at").Optional, Time("next_retry_at").Optional, Time("lease_expires_at").Optional,
                    Whole("priority").Optional, Time("created_at"),
                ],
            },
            new("agency_voices") { Line = "agency_voice", LeftOut = "a provider's, which is asked again" },
            new("agency_integrations") { Line = "agency_integration", LeftOut = "keys and addresses of providers, which are given anew" },
            new("webhook_queue") { Line = "agency_webhook", LeftOut = "what providers have told, which is merged within seconds" },
            new("agency_alerts") { Line = "agency_alert", LeftOut = "what somebody was to look at, for 30 days" },
            new("webhook_logs") { Line = "agency_webhook_log", LeftOut = "what came to this node, for 30 days" },
            new("provider_calls")
            {
                Line = "agency_provider_call",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("provider"), Text("provider_call_id"), Text("client_id").Optional,
                    Text("agent_mapping_id").Optional, Text("campaign_id").Optional, Text("batch_id").Optional,
                    Text("contact_id").Optional, Text("direction"), Text("from_number"), Text("to_number"), Time("started_at"),
                    Time("joined_at").Optional, Time("ended_at").Optional, Text("end_reason").Optional, Text("short_summary").Optional,
                    Text("summary").Optional, Whole("billed_seconds").Optional, Text("billing_status").Optional,
                    Truth("has_recording").Optional, Time("asked_at").Optional, Text("sip_reason").Optional, Time("created_at"),
                    Time("updated_at"),
                ],
            },
            new("historical_sync_jobs") { Line = "agency_sync_job", LeftOut = "by keys of providers, which are given anew: start another" },
            new("historical_sync_errors") { Line = "agency_sync_error", LeftOut = "of those jobs" },
            new("agency_hours") { Line = "agency_hour", LeftOut = "sums of calls, which are added up anew" },
            new("agency_hour_sums") { Line = "agency_hour_sum", LeftOut = "sums of calls, which are added up anew" },
            new("agency_hour_tools") { Line = "agency_hour_tool", LeftOut = "sums of calls, which are added up anew" },
            new("agency_hour_costs") { Line = "agency_hour_cost", LeftOut = "sums of calls, which are added up anew" },
            new("agency_hour_marks") { Line = "agency_hour_mark", LeftOut = "hours that are added up within a minute" },
        ],
        Aged =
        [
            new("webhooks that are merged", WebhookQueueTable.DeleteDone) { Kept = static _ => TimeSpan.FromDays(7) },
            new("webhooks that nobody has mended", WebhookQueueTable.DeleteDead) { Kept = static _ => TimeSpan.FromDays(90) },
            new("lines of the log of webhooks", WebhookLogTable.DeleteOld) { Kept = static _ => TimeSpan.FromDays(30) },
            new("what histories of calls could not take in", SyncJobTable.DeleteErrors) { Kept = static _ => TimeSpan.FromDays(90) },
            new("jobs that read histories of calls", SyncJobTable.DeleteOld) { Kept = static _ => TimeSpan.FromDays(90) },
            new("alerts of agencies", AlertTable.DeleteOld) { Kept = static _ => TimeSpan.FromDays(30) },
        ],
    };
}
