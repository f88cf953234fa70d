-- Directives, expanded per database: "-- @time" and "-- @json" stand for a column type, "-- @enum a|b|c" for text with a CHECK,
-- "-- @seq" for a primary key that only rises, also after deletes.
-- Names start with rw_: the engine's tables. Ids are text; leg ids are 32 hex digits.

create table rw_node (
    number integer not null primary key,
    epoch integer not null,
    token_key text not null,
    opened_at -- @time not null
);

create table rw_operator_key (
    hash text not null primary key,
    created_at -- @time not null,
    revoked_at -- @time
);

create table rw_tenant (
    id text not null primary key,
    name text not null unique,
    channel_limit integer,
    created_at -- @time not null
);

create table rw_api_key (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    hash text not null unique,
    role -- @enum owner|member|reader not null,
    label text not null,
    created_at -- @time not null,
    revoked_at -- @time
);
create index rw_api_key_tenant on rw_api_key (tenant_id, created_at);

create table rw_signing_key (
    tenant_id text not null primary key references rw_tenant (id),
    seed text not null,
    webhook_secret text not null,
    created_at -- @time not null
);

create table rw_outbound_profile (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    name text not null,
    is_enabled boolean not null,
    concurrent_call_limit integer,
    destinations -- @json not null,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
);

create table rw_connection (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    kind text not null,
    name text not null,
    is_active boolean not null,
    webhook_url text,
    webhook_failover_url text,
    webhook_timeout_ms integer,
    webhook_version text not null,
    first_command_timeout_ms integer,
    inbound_channel_limit integer,
    outbound_channel_limit integer,
    outbound_profile_id bigint,
    codecs -- @json not null,
    is_dtmf_redacted boolean not null,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id),
    unique (tenant_id, name),
    foreign key (tenant_id, outbound_profile_id) references rw_outbound_profile (tenant_id, id)
);
create index rw_connection_profile on rw_connection (tenant_id, outbound_profile_id);

create table rw_number (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    text text not null unique,
    connection_id bigint,
    tags -- @json not null,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
create index rw_number_connection on rw_number (tenant_id, connection_id);

create table rw_trunk (
    id text not null primary key,
    name text not null unique,
    is_enabled boolean not null,
    host text not null,
    port integer not null,
    sources -- @json not null,
    auth_user text,
    auth_password text,
    channel_limit integer,
    codecs -- @json not null,
    from_domain text,
    created_at -- @time not null,
    updated_at -- @time not null
);

create table rw_route (
    id text not null primary key,
    trunk_id text not null references rw_trunk (id),
    prefix text not null,
    priority integer not null,
    weight integer not null,
    is_enabled boolean not null,
    caller_id text,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_route_trunk on rw_route (trunk_id);

create table rw_leg (
    id text not null primary key,
    uuid text not null,
    session_id text not null,
    tenant_id text not null,
    connection_id bigint not null,
    direction -- @enum inbound|outbound not null,
    from_party text not null,
    to_party text not null,
    from_uri text,
    to_uri text,
    caller_name text,
    trunk_id text,
    command_id text,
    state -- @enum initiated|ringing|answered|ended not null,
    is_held boolean not null,
    codec text,
    started_at -- @time not null,
    answered_at -- @time,
    ended_at -- @time,
    cause text,
    ended_by -- @enum unknown|local|remote,
    sip_status integer,
    evidence text,
    quality -- @json,
    labels -- @json not null,
    headers -- @json not null
);
create index rw_leg_live on rw_leg (tenant_id, connection_id, started_at, id) where ended_at is null;
create index rw_leg_command on rw_leg (tenant_id, command_id, started_at) where command_id is not null;
create index rw_leg_uuid on rw_leg (tenant_id, uuid);
create index rw_leg_session on rw_leg (tenant_id, session_id);

create table rw_ledger (
    seq -- @seq,
    leg_id text not null,
    tenant_id text not null,
    type text not null,
    at -- @time not null,
    body -- @json not null
);
create index rw_ledger_leg on rw_ledger (tenant_id, leg_id, seq);

create table rw_call_record (
    leg_id text not null primary key,
    tenant_id text not null,
    session_id text not null,
    connection_id bigint not null,
    direction -- @enum inbound|outbound not null,
    from_party text not null,
    to_party text not null,
    trunk_id text,
    started_at -- @time not null,
    answered_at -- @time,
    ended_at -- @time not null,
    total_seconds integer not null,
    talk_seconds integer not null,
    cause text not null,
    ended_by -- @enum unknown|local|remote not null,
    sip_status integer
);
create index rw_call_record_ended on rw_call_record (tenant_id, ended_at, leg_id);

create table rw_outbox (
    seq -- @seq,
    id text not null unique,
    tenant_id text not null,
    order_key text not null,
    format text not null,
    event_type text not null,
    url text not null,
    failover_url text,
    method text not null,
    timeout_ms integer not null,
    version text not null,
    occurred_at -- @time not null,
    body text not null,
    attempts integer not null,
    is_on_failover boolean not null,
    attempts_on_url integer not null,
    next_at -- @time,
    started_at -- @time
);

create table rw_delivery (
    id text not null primary key,
    message_id text not null unique,
    tenant_id text not null,
    event_type text not null,
    status -- @enum delivered|failed not null,
    started_at -- @time not null,
    finished_at -- @time not null,
    body text not null
);
create index rw_delivery_finished on rw_delivery (tenant_id, finished_at, id);
create index rw_delivery_age on rw_delivery (finished_at);

create table rw_delivery_attempt (
    message_id text not null,
    number integer not null,
    tenant_id text not null,
    url text not null,
    status -- @enum delivered|failed not null,
    started_at -- @time not null,
    finished_at -- @time not null,
    errors -- @json not null,
    request_headers -- @json not null,
    response_status integer,
    response_headers -- @json,
    response_body text,
    primary key (message_id, number)
);
