-- What was said in a talk of an agent, in the order in which it was heard.
create table call_turns (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    -- The UUID of the leg.
    call_id text not null,
    place integer not null,
    role -- @enum user|agent|tool_call|tool_result not null,
    body text not null,
    tool text,
    invocation_id text,
    said_at -- @time not null
);
create unique index call_turns_place on call_turns (tenant_id, call_id, place);
alter table enrichment_queue add column error_message text;
alter table enrichment_queue add column processing_started_at -- @time;
alter table enrichment_queue add column processed_at -- @time;
-- When one that has failed is tried again; null for never.
alter table enrichment_queue add column next_retry_at -- @time;
-- Until then whoever is at it has it to himself.
alter table enrichment_queue add column lease_expires_at -- @time;
create unique index enrichment_queue_live on enrichment_queue (call_id, type) where status in ('pending', 'processing');
create index enrichment_queue_open on enrichment_queue (type, created_at) where status <> 'completed';
create index enrichment_queue_tenant on enrichment_queue (tenant_id, created_at);
