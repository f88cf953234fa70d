-- What a provider of voices tells of its calls: how it is known, what came, what waits to be merged, and the calls.
-- @known processing_status pending|processing|completed|failed
create table agency_integrations (
    id text not null primary key,
    tenant_id text not null unique references rw_tenant (id),
    -- The secret of the path follows from it and from a key of the database.
    path_nonce text not null,
    -- That of before, which is good for a while.
    old_path_nonce text,
    old_path_ends_at -- @time,
    base_url text,
    -- Sealed.
    api_key text,
    key_prefix text,
    key_added_at -- @time,
    key_validated_at -- @time,
    -- Sealed: by what the provider signs.
    signing_secrets text,
    created_at -- @time not null,
    updated_at -- @time not null
);
create table webhook_queue (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    source -- @enum ultravox not null,
    event_type text not null check (length(event_type) <= 50),
    provider_call_id text not null,
    -- Of two that are the same one is kept.
    dedupe_key text not null,
    payload -- @json not null,
    status -- @native processing_status not null default 'pending',
    attempts integer not null default 0,
    max_attempts integer not null,
    error_message text,
    created_at -- @time not null,
    processing_started_at -- @time,
    processed_at -- @time,
    next_retry_at -- @time,
    check (attempts <= max_attempts),
    unique (tenant_id, dedupe_key)
);
create index webhook_queue_open on webhook_queue (created_at, id) where status <> 'completed';
create index webhook_queue_tenant on webhook_queue (tenant_id, created_at, id);
create index webhook_queue_call on webhook_queue (tenant_id, provider_call_id);
-- What came, and what was answered.
create table webhook_logs (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    source -- @enum ultravox not null,
    provider_call_id text,
    request_method text not null,
    request_path text not null,
    request_headers -- @json not null,
    request_body text not null,
    remote_ip text,
    response_status integer not null,
    verified boolean not null,
    verification_error text,
    duplicate boolean not null,
    received_at -- @time not null
);
create index webhook_logs_tenant on webhook_logs (tenant_id, received_at, id);
create index webhook_logs_call on webhook_logs (tenant_id, provider_call_id) where provider_call_id is not null;
-- Calls that the ledger does not have, for they were a provider's; what the agency says of them is in calls.
create table provider_calls (
    id text not null primary key references calls (id),
    tenant_id text not null references rw_tenant (id),
    provider -- @enum ultravox not null,
    provider_call_id text not null,
    -- As it was when the call came to be known.
    client_id text,
    agent_mapping_id text,
    campaign_id text,
    batch_id text,
    contact_id text,
    direction -- @enum inbound|outbound not null,
    from_number text not null,
    to_number text not null,
    started_at -- @time not null,
    joined_at -- @time,
    ended_at -- @time,
    end_reason text,
    short_summary text,
    summary text,
    billed_seconds integer,
    billing_status text,
    has_recording boolean not null default false,
    created_at -- @time not null,
    updated_at -- @time not null,
    unique (tenant_id, provider, provider_call_id)
);
create index provider_calls_started on provider_calls (tenant_id, started_at, id);
