-- The agency's tables have the bare names of its customers' documents. Whose row it is stands in tenant_id, as everywhere:
-- the account at the top of the tree. A client is the account below it, by the same id.
-- @type user_role agency_owner|agency_admin|agency_member|client_admin|client_viewer|admin
-- @type call_direction inbound|outbound
-- @type phone_number_status pending|active|inactive|released
-- @type batch_status pending|scheduled|processing|paused|completed|failed
-- @type batch_mode immediate|scheduled
-- @type call_source webhook|historical_sync
-- @type transcript_status pending|fetching|completed|failed
-- @type analysis_status pending|processing|completed|failed
-- @type enrichment_type transcript|analysis
-- @type processing_status pending|processing|completed|failed
-- @type sync_job_status pending|in_progress|completed|failed|cancelled
-- @type campaign_type sdr|cs
-- @type contact_status pending|scheduled|calling|completed|failed
-- @type contact_outcome no_answer|answered|voicemail|busy|declined|callback_scheduled
create table agencies (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 255),
    slug text not null unique,
    settings -- @json not null,
    timezone text not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    check (id = tenant_id)
);
create table clients (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 255),
    slug text not null,
    status -- @enum active|suspended|archived not null,
    contact_email text,
    contact_phone text,
    timezone text,
    created_at -- @time not null,
    updated_at -- @time not null,
    unique (tenant_id, id),
    unique (tenant_id, slug)
);
create table users (
    id text not null primary key,
    -- Null for administrators of the platform alone.
    tenant_id text references rw_tenant (id),
    client_id text,
    email text not null unique,
    full_name text,
    role -- @native user_role not null,
    password_hash text,
    status -- @enum invited|active|disabled not null,
    session_epoch integer not null default 0,
    last_login_at -- @time,
    created_at -- @time not null,
    updated_at -- @time not null,
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    check ((role in ('agency_owner', 'agency_admin', 'agency_member') and tenant_id is not null and client_id is null)
        or (role in ('client_admin', 'client_viewer') and tenant_id is not null and client_id is not null)
        or (role = 'admin' and tenant_id is null and client_id is null))
);
create index users_tenant on users (tenant_id, role);
create index users_client on users (tenant_id, client_id) where client_id is not null;
create table campaigns (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    name text not null check (length(name) between 1 and 255),
    type -- @native campaign_type not null,
    description text,
    status -- @enum draft|active|paused|archived not null,
    timezone text,
    calling_windows -- @json,
    retry_policy -- @json not null,
    max_attempts integer not null check (max_attempts between 1 and 10),
    consent_required -- @enum none|express|written not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    archived_at -- @time,
    unique (tenant_id, id),
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
create index campaigns_client on campaigns (tenant_id, client_id);
create table agent_mappings (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    ultravox_agent_id text not null,
    ultravox_agent_name text,
    voice_provider -- @enum ultravox|internal not null,
    client_id text,
    campaign_id text,
    default_direction -- @native call_direction,
    system_prompt text,
    voice text,
    language_hint text not null default 'en' check (length(language_hint) <= 10),
    -- In hundredths.
    temperature integer not null default 40 check (temperature between 0 and 100),
    first_speaker_text text,
    recording_enabled boolean not null default true,
    max_duration_seconds integer not null default 3600 check (max_duration_seconds between 1 and 86400),
    tools -- @json not null,
    managed boolean not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    deleted_at -- @time,
    unique (tenant_id, id),
    unique (tenant_id, ultravox_agent_id),
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id)
);
create index agent_mappings_client on agent_mappings (tenant_id, client_id) where client_id is not null;
-- What the agency says of a number beside what the number is; without a row it has said nothing.
create table agency_phone_numbers (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    phone_number text not null,
    friendly_name text,
    client_id text,
    agent_mapping_id text,
    direction -- @native call_direction not null default 'inbound',
    status -- @native phone_number_status not null,
    outbound_allowed boolean not null default true,
    created_at -- @time not null,
    updated_at -- @time not null,
    check (length(phone_number) between 8 and 16 and substr(phone_number, 1, 1) = '+'),
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, agent_mapping_id) references agent_mappings (tenant_id, id)
);
create unique index agency_phone_numbers_number on agency_phone_numbers (phone_number) where status <> 'released';
create index agency_phone_numbers_agent on agency_phone_numbers (tenant_id, agent_mapping_id) where agent_mapping_id is not null;
create table call_batches (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    campaign_id text not null,
    agent_mapping_id text not null,
    name text,
    from_number text not null,
    mode -- @native batch_mode not null,
    status -- @native batch_status not null,
    scheduled_for -- @time,
    calls_per_minute integer not null check (calls_per_minute between 1 and 60),
    max_concurrent integer not null check (max_concurrent between 1 and 100),
    total_contacts integer not null,
    -- Whom the dialler calls for it.
    list_id text not null,
    started_at -- @time,
    paused_at -- @time,
    completed_at -- @time,
    cancelled_at -- @time,
    failure_code text,
    created_at -- @time not null,
    updated_at -- @time not null,
    check (mode = 'immediate' or scheduled_for is not null),
    unique (tenant_id, id),
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    foreign key (tenant_id, agent_mapping_id) references agent_mappings (tenant_id, id)
);
create index call_batches_tenant on call_batches (tenant_id, created_at, id);
create index call_batches_open on call_batches (status) where status not in ('completed', 'failed');
create table campaign_contacts (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    campaign_id text not null,
    batch_id text,
    phone_number text not null,
    first_name text,
    last_name text,
    email text,
    company text,
    title text,
    timezone text,
    custom_data -- @json not null,
    status -- @native contact_status not null,
    outcome -- @native contact_outcome,
    attempts integer not null default 0 check (attempts >= 0),
    max_attempts integer not null,
    last_attempt_at -- @time,
    next_attempt_at -- @time,
    completed_at -- @time,
    call_id text,
    last_error text,
    block_reason text,
    created_at -- @time not null,
    updated_at -- @time not null,
    check (attempts <= max_attempts),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    foreign key (tenant_id, batch_id) references call_batches (tenant_id, id)
);
create unique index campaign_contacts_number on campaign_contacts (batch_id, phone_number) where batch_id is not null;
create index campaign_contacts_status on campaign_contacts (batch_id, status);
create index campaign_contacts_campaign on campaign_contacts (tenant_id, campaign_id, created_at, id);
-- What the agency says of a call beside what the ledger says; without a row it has said nothing.
create table calls (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text,
    direction -- @native call_direction not null,
    source -- @native call_source not null default 'webhook',
    transcript_status -- @native transcript_status not null default 'pending',
    analysis_status -- @native analysis_status not null default 'pending',
    disposition -- @enum voicemail|callback_requested|not_interested|wrong_number|dnc_requested|gatekeeper_blocked|no_answer|conversation|appointment_booked|busy|declined|failed|resolved|escalated|unresolved,
    created_at -- @time not null,
    updated_at -- @time not null,
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
create table enrichment_queue (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    call_id text not null references calls (id),
    type -- @native enrichment_type not null,
    status -- @native processing_status not null default 'pending',
    attempts integer not null default 0,
    max_attempts integer not null,
    created_at -- @time not null,
    check (attempts <= max_attempts)
);
create table historical_sync_jobs (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    status -- @native sync_job_status not null default 'pending',
    created_at -- @time not null
);
