-- Of the migrations 901549dc46da2549ba46f7ab4b5fee182450c1b2a7cef61f15a1e57bec1cbc3f
pragma defer_foreign_keys = on;
CREATE TABLE schema_migration (
    version integer not null primary key, name text not null, sha256 text not null, applied_at text not null);
CREATE TABLE rw_node (
    number integer not null primary key,
    epoch integer not null,
    token_key text not null,
    opened_at text not null
, alive_epoch bigint, alive_nanos bigint, beat bigint not null default 0, losses integer not null default 0);
CREATE TABLE rw_operator_key (
    hash text not null primary key,
    created_at text not null,
    revoked_at text
);
CREATE TABLE rw_tenant (
    id text not null primary key,
    name text not null unique,
    channel_limit integer,
    created_at text not null
, parent_id text references rw_tenant (id), daily_spend_limit_micros bigint, request_rate integer, media_bytes_limit bigint, organization text, email text, has_own_prices boolean not null default false, keys text, disabled_at text, updated_at text, default_profile_id bigint, webhook_retries text check (webhook_retries in ('short', 'long')), voice_channels text, live_audio_limit integer);
CREATE TABLE rw_api_key (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    hash text not null unique,
    role text check (role = 'owner' or role = 'member' or role = 'reader') not null,
    label text not null,
    created_at text not null,
    revoked_at text
, detail text, prefix text, expires_at text, updated_at text);
CREATE TABLE rw_signing_key (
    tenant_id text not null primary key references rw_tenant (id),
    seed text not null,
    webhook_secret text not null,
    created_at text not null
, auth_token text);
CREATE TABLE rw_outbound_profile (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    unique_name text not null,
    is_enabled boolean not null,
    concurrent_call_limit integer,
    destinations text not null,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null, daily_spend_limit_micros bigint, max_rate_micros bigint, recording text, billing_group text, name text not null default '', tags text not null default '[]',
    primary key (tenant_id, id),
    unique (tenant_id, unique_name)
);
CREATE TABLE rw_connection (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    kind text not null,
    unique_name text not null,
    is_active boolean not null,
    webhook_url text,
    webhook_failover_url text,
    webhook_timeout_ms integer,
    webhook_version text not null,
    first_command_timeout_ms integer,
    inbound_channel_limit integer,
    outbound_channel_limit integer,
    outbound_profile_id bigint,
    codecs text not null,
    is_dtmf_redacted boolean not null,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null, sip text, user_name text, secret text, subdomain text, is_subdomain_open boolean not null default false, digit_method text not null default 'events' check (digit_method in ('events', 'tones', 'info')), tells_cost boolean not null default false, rtp_timeout_secs integer, held_rtp_timeout_secs integer, hold_music text, name text not null default '', webhook_retries text check (webhook_retries in ('short', 'long')), application_kind text not null default 'webhook', application_target text not null default '', webhook_method text not null default 'POST', status_url text, status_method text not null default 'POST', webhook_failover_method text,
    primary key (tenant_id, id),
    unique (tenant_id, unique_name),
    foreign key (tenant_id, outbound_profile_id) references rw_outbound_profile (tenant_id, id)
);
CREATE TABLE rw_number (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    text text not null unique,
    connection_id bigint,
    tags text not null,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null, voice text, billing_group text, is_ported_out boolean not null default false, country text, messaging_profile text, texts text,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
CREATE TABLE rw_trunk (
    id text not null primary key,
    name text not null unique,
    is_enabled boolean not null,
    host text not null,
    port integer not null,
    sources text not null,
    auth_user text,
    auth_password text,
    channel_limit integer,
    codecs text not null,
    from_domain text,
    created_at text not null,
    updated_at text not null
, transport text check (transport = 'udp' or transport = 'tcp' or transport = 'tls'), nat text check (nat = 'auto' or nat = 'trust_contact' or nat = 'source') not null default 'auto', tls text not null default '{}', tls_key text, registers boolean not null default false, registrar text, register_seconds integer not null default 3600, media_encryption text not null default 'disabled' check (media_encryption in ('disabled', 'optional', 'required')), caller_ids text check (caller_ids in ('owned', 'any')) not null default 'owned', caller_identity text check (caller_identity in ('none', 'pai')) not null default 'none', rtp_auto_adjust boolean not null default true, rtp_timeout_secs integer, held_rtp_timeout_secs integer, forwarded_by text check (forwarded_by = 'diversion' or forwarded_by = 'history_info' or forwarded_by = 'both' or forwarded_by = 'none') not null default 'diversion', probe_seconds integer not null default 60, next_trunk_on text not null default '["5xx"]', calls_per_second integer, inbound_channel_limit integer, inbound_calls_per_second integer, may_refer boolean not null default false);
CREATE TABLE rw_route (
    id text not null primary key,
    trunk_id text not null references rw_trunk (id),
    prefix text not null,
    priority integer not null,
    weight integer not null,
    is_enabled boolean not null,
    caller_id text,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_leg (
    id text not null primary key,
    uuid text not null,
    session_id text not null,
    tenant_id text not null,
    connection_id bigint not null,
    direction text check (direction in ('inbound', 'outbound')) not null,
    from_party text not null,
    to_party text not null,
    from_uri text,
    to_uri text,
    caller_name text,
    trunk_id text,
    command_id text,
    state text check (state = 'initiated' or state = 'ringing' or state = 'answered' or state = 'ended') not null,
    is_held boolean not null,
    codec text,
    started_at text not null,
    answered_at text,
    ended_at text,
    cause text,
    ended_by text check (ended_by = 'unknown' or ended_by = 'local' or ended_by = 'remote'),
    sip_status integer,
    evidence text,
    quality text,
    labels text not null,
    headers text not null
, goodbye text, brought_caller text, found_ended_at text, sip_call_id text);
CREATE TABLE rw_ledger (
    seq integer primary key autoincrement,
    subject_id text not null,
    tenant_id text not null,
    type text not null,
    at text not null,
    body text not null
, subject_kind text not null default 'leg');
CREATE TABLE rw_call_record (
    leg_id text not null primary key,
    tenant_id text not null,
    session_id text not null,
    connection_id bigint not null,
    direction text check (direction in ('inbound', 'outbound')) not null,
    from_party text not null,
    to_party text not null,
    trunk_id text,
    started_at text not null,
    answered_at text,
    ended_at text not null,
    total_seconds integer not null,
    talk_seconds integer not null,
    cause text not null,
    ended_by text check (ended_by = 'unknown' or ended_by = 'local' or ended_by = 'remote') not null,
    sip_status integer
, billed_seconds integer, rate_micros bigint, cost_micros bigint, cost_currency text);
CREATE TABLE rw_outbox (
    seq integer primary key autoincrement,
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
    occurred_at text not null,
    body text not null,
    attempts integer not null,
    is_on_failover boolean not null,
    attempts_on_url integer not null,
    next_at text,
    started_at text
, retries text check (retries in ('short', 'long')) not null default 'short', retry_until text, other_from text, node integer not null default 0, is_handed_over boolean not null default true);
CREATE TABLE rw_delivery (
    id text not null primary key,
    message_id text not null unique,
    tenant_id text not null,
    event_type text not null,
    status text check (status in ('delivered', 'failed')) not null,
    started_at text not null,
    finished_at text not null,
    body text not null
, order_key text, occurred_at text, format text, failover_url text, method text, timeout_ms integer, version text, retries text check (retries in ('short', 'long')), attempt_url text, attempt_errors text, attempt_request_headers text, attempt_response_status integer, attempt_response_headers text, attempt_response_body text);
CREATE TABLE rw_delivery_attempt (
    message_id text not null,
    number integer not null,
    tenant_id text not null,
    url text not null,
    status text check (status in ('delivered', 'failed')) not null,
    started_at text not null,
    finished_at text not null,
    errors text not null,
    request_headers text not null,
    response_status integer,
    response_headers text,
    response_body text,
    primary key (message_id, number)
);
CREATE TABLE rw_trace (
    seq integer primary key autoincrement,
    tenant_id text not null,
    leg_id text not null,
    at text not null,
    kind text check (kind = 'sip' or kind = 'command' or kind = 'note') not null,
    is_outgoing boolean not null,
    local text,
    remote text,
    name text not null,
    command_id text,
    outcome text,
    message text
, transport text check (transport = 'udp' or transport = 'tcp' or transport = 'tls'), entries text);
CREATE TABLE rw_registration (
    user_name text not null,
    contact text not null,
    transport text check (transport = 'udp' or transport = 'tcp' or transport = 'tls' or transport = 'web_socket' or transport = 'secure_web_socket') not null,
    remote text not null,
    call_id text not null,
    cseq bigint not null,
    quality integer not null,
    user_agent text not null,
    registered_at text not null,
    expires_at text not null, node integer not null default 0, touched bigint not null default 0, path text not null default '[]', instance text, reg_id bigint not null default 0, network text,
    primary key (user_name, contact)
);
CREATE TABLE rw_connection_address (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    connection_id bigint,
    address text not null,
    port integer not null,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null, listed_at text,
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, address, port),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
CREATE TABLE rw_connection_host (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    connection_id bigint not null,
    host text not null,
    is_srv boolean not null,
    port integer not null,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null,
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, host, is_srv, port),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
CREATE TABLE rw_sip_credential (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    connection_id bigint not null,
    user_name text not null unique,
    secret text not null,
    expires_at text,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
CREATE TABLE rw_recording (
    id text not null primary key,
    tenant_id text not null,
    leg_id text not null,
    leg_uuid text not null,
    session_id text not null,
    connection_id bigint not null,
    from_party text not null,
    to_party text not null,
    plan text not null,
    state text check (state = 'recording' or state = 'saved' or state = 'failed') not null,
    started_at text not null,
    ended_at text,
    length_ms bigint,
    bytes bigint,
    blob text,
    detail text,
    created_at text not null,
    updated_at text not null
, gaps text, mailbox text, heard_at text, conference_id text, place text);
CREATE TABLE rw_media (
    tenant_id text not null references rw_tenant (id),
    name text not null,
    content_type text not null,
    file text not null unique,
    sha256 text not null,
    bytes bigint not null,
    created_at text not null,
    updated_at text not null,
    expires_at text not null,
    primary key (tenant_id, name)
);
CREATE TABLE rw_goodbye (
    leg_id text not null primary key,
    tenant_id text not null,
    body text not null
);
CREATE TABLE rw_resource (
    tenant_id text not null references rw_tenant (id),
    kind text not null,
    id text not null,
    doc text not null,
    secret text,
    revision bigint not null,
    created_at text not null,
    updated_at text not null,
    deleted_at text, due_at text, waits_since text,
    primary key (tenant_id, kind, id)
);
CREATE TABLE rw_resource_key (
    tenant_id text not null,
    kind text not null,
    field text not null,
    value text not null,
    id text not null,
    primary key (tenant_id, kind, field, value),
    foreign key (tenant_id, kind, id) references rw_resource (tenant_id, kind, id)
);
CREATE TABLE rw_audit_event (
    seq integer primary key autoincrement,
    tenant_id text not null references rw_tenant (id),
    at text not null,
    id text not null,
    made_by text check (made_by = 'owner' or made_by = 'member' or made_by = 'manager' or made_by = 'operator' or made_by = 'node') not null,
    key_id text,
    change_type text not null,
    record_type text not null,
    resource_id text not null,
    changes text not null
);
CREATE TABLE rw_job (
    tenant_id text not null references rw_tenant (id),
    id text not null primary key,
    kind text not null,
    state text check (state = 'pending' or state = 'running' or state = 'complete' or state = 'failed' or state = 'cancelled') not null,
    input text not null,
    result text,
    failure text,
    done bigint not null,
    total bigint,
    attempts integer not null,
    due_at text not null,
    lease text,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_access_network (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    kind text check (kind in ('address', 'range')) not null,
    network text not null,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null,
    primary key (tenant_id, id),
    unique (tenant_id, kind, network)
);
CREATE TABLE rw_oauth_key (
    number integer not null primary key,
    secret text not null,
    created_at text not null
);
CREATE TABLE rw_oauth_client (
    id text not null primary key,
    tenant_id text references rw_tenant (id),
    scopes text not null,
    secret text,
    doc text not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_oauth_grant (
    tenant_id text not null references rw_tenant (id),
    id text not null unique,
    client_id text not null,
    scopes text not null,
    created_at text not null,
    last_used_at text,
    primary key (tenant_id, client_id)
);
CREATE TABLE rw_oauth_consent (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    expires_at text not null
);
CREATE TABLE rw_oauth_family (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    grant_id text references rw_oauth_grant (id),
    scopes text not null,
    created_at text not null,
    expires_at text not null
);
CREATE TABLE rw_oauth_code (
    hash text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    grant_id text not null references rw_oauth_grant (id),
    redirect_uri text not null,
    scopes text not null,
    challenge text,
    expires_at text not null,
    family_id text
);
CREATE TABLE rw_oauth_refresh (
    hash text not null primary key,
    tenant_id text not null references rw_tenant (id),
    family_id text not null references rw_oauth_family (id),
    used_at text
);
CREATE TABLE rw_listener (
    tenant_id text not null primary key references rw_tenant (id),
    until text not null
);
CREATE TABLE rw_stream_event (
    seq integer primary key autoincrement,
    tenant_id text not null,
    message_id text not null,
    format text not null,
    event_type text not null,
    url text not null,
    version text not null,
    occurred_at text not null,
    body text not null,
    kept_at text not null
, node integer not null default 0);
CREATE TABLE rw_outbox_once (
    tenant_id text not null,
    key text not null,
    created_at text not null,
    primary key (tenant_id, key)
);
CREATE TABLE rw_rate_deck (
    id text not null primary key,
    name text not null unique,
    is_default boolean not null,
    first_revision bigint not null,
    revision bigint not null,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_rate (
    deck_id text not null references rw_rate_deck (id),
    revision bigint not null,
    direction text check (direction in ('inbound', 'outbound')) not null,
    prefix text not null,
    effective_from text not null,
    currency text not null,
    price_micros bigint not null,
    initial_seconds integer not null,
    increment_seconds integer not null,
    fee_micros bigint not null,
    primary key (deck_id, revision, direction, prefix, effective_from)
);
CREATE TABLE rw_money_account (
    tenant_id text not null primary key references rw_tenant (id),
    currency text not null,
    credit_limit_micros bigint,
    is_unlimited boolean not null,
    rolls_up boolean not null,
    rate_deck_id text,
    recharge_id text not null,
    is_recharge_enabled boolean not null,
    is_recharge_invoiced boolean not null,
    recharge_preference text check (recharge_preference in ('credit_paypal', 'ach')) not null,
    recharge_threshold_micros bigint not null,
    recharge_amount_micros bigint not null,
    updated_at text not null
);
CREATE TABLE rw_money_entry (
    seq integer primary key autoincrement,
    tenant_id text not null,
    kind text check (kind = 'charge' or kind = 'payment' or kind = 'adjustment') not null,
    amount_micros bigint not null,
    currency text not null,
    balance_micros bigint not null,
    product text,
    subject_id text,
    direction text check (direction in ('inbound', 'outbound')),
    profile_id bigint,
    billing_group_id text,
    quantity integer,
    note text not null,
    at text not null
, subject_kind text, unit text);
CREATE TABLE rw_money_balance (
    tenant_id text not null,
    currency text not null,
    micros bigint not null,
    primary key (tenant_id, currency)
);
CREATE TABLE rw_payment_request (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    amount_micros bigint not null,
    currency text not null,
    preference text check (preference in ('credit_paypal', 'ach')) not null,
    state text check (state = 'pending' or state = 'approved' or state = 'rejected') not null,
    made_at text not null,
    decided_at text
);
CREATE TABLE rw_feature_use (
    tenant_id text not null,
    feature text check (feature = 'recording' or feature = 'machine_detection' or feature = 'speech') not null,
    id text not null,
    leg_id text not null,
    leg_uuid text not null,
    session_id text not null,
    connection_id bigint not null,
    direction text check (direction in ('inbound', 'outbound')) not null,
    at text not null,
    length_ms bigint,
    bytes bigint,
    primary key (tenant_id, feature, id)
);
CREATE TABLE rw_bundle (
    id text not null primary key,
    name text not null,
    slug text not null unique,
    cost_code text not null,
    is_active boolean not null,
    is_public boolean not null,
    price_micros bigint not null,
    currency text not null,
    specs text not null,
    limits text not null,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_bundle_offer (
    tenant_id text not null references rw_tenant (id),
    bundle_id text not null references rw_bundle (id),
    primary key (tenant_id, bundle_id)
);
CREATE TABLE rw_user_bundle (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    bundle_id text not null references rw_bundle (id),
    order_key text,
    is_active boolean not null,
    paid_until text not null,
    months integer not null,
    created_at text not null,
    updated_at text,
    primary key (tenant_id, id)
);
CREATE TABLE rw_bundle_charge (
    tenant_id text not null references rw_tenant (id),
    user_bundle_id text not null,
    month integer not null,
    bundle_id text not null references rw_bundle (id),
    price_micros bigint not null,
    currency text not null,
    at text not null,
    primary key (tenant_id, user_bundle_id, month)
);
CREATE TABLE rw_verified_number (
    tenant_id text not null references rw_tenant (id),
    text text not null,
    proved_by text check (proved_by in ('call', 'operator')) not null,
    verified_at text not null, friendly_name text, named_at text,
    primary key (tenant_id, text)
);
CREATE TABLE rw_verification (
    seq integer primary key autoincrement,
    tenant_id text not null references rw_tenant (id),
    id text not null unique,
    text text not null,
    code text not null,
    wrong_codes integer not null,
    at text not null
);
CREATE TABLE rw_shared_address (
    address text not null primary key,
    created_at text not null
);
CREATE TABLE rw_address_turn (
    id integer not null primary key,
    taken bigint not null
);
CREATE TABLE rw_face (
    dialect text not null,
    table_name text not null,
    primary key (dialect, table_name)
);
CREATE TABLE rw_forwarded_command (
    id text not null primary key,
    from_node integer not null,
    to_node integer not null,
    subject_kind text not null,
    subject_id text not null,
    body text not null,
    is_taken boolean not null,
    answer text,
    made_at text not null
, take_until bigint not null default 0);
CREATE TABLE rw_dial_claim (
    tenant_id text not null,
    command_id text not null,
    leg_id text not null,
    made_at bigint not null,
    primary key (tenant_id, command_id)
);
CREATE TABLE rw_use (
    name text not null,
    node integer not null,
    used bigint not null,
    primary key (name, node)
);
CREATE TABLE schema_area (
    area text not null,
    version integer not null,
    name text not null,
    sha256 text not null,
    applied_at text not null,
    primary key (area, version)
);
CREATE TABLE rw_warning (
    seq integer primary key autoincrement,
    tenant_id text not null,
    at text not null,
    source text check (source = 'document' or source = 'webhook' or source = 'command') not null,
    leg_id text,
    url text,
    line integer,
    cause text not null
);
CREATE TABLE rw_waiting_messages (
    tenant_id text not null references rw_tenant (id),
    user_name text not null,
    new_messages integer not null,
    old_messages integer not null,
    urgent_new integer not null,
    urgent_old integer not null,
    updated_at text not null,
    primary key (tenant_id, user_name)
);
CREATE TABLE rw_mailbox (
    tenant_id text not null references rw_tenant (id),
    number text not null,
    is_enabled boolean not null,
    pin text,
    failures integer not null,
    locked_until text,
    created_at text not null,
    updated_at text not null,
    primary key (tenant_id, number)
);
CREATE TABLE rw_connection_bucket (
    tenant_id text not null references rw_tenant (id),
    connection_id bigint not null,
    endpoint text,
    region text not null,
    name text not null,
    access_key text not null,
    secret text not null,
    created_at text not null,
    updated_at text not null,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
CREATE TABLE rw_recording_transcription (
    id text not null primary key,
    tenant_id text not null,
    recording_id text not null,
    leg_id text not null,
    state text check (state = 'in_progress' or state = 'completed' or state = 'failed') not null,
    length_ms bigint not null,
    text text,
    detail text,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_queue (
    id text not null primary key,
    uuid text not null,
    tenant_id text not null,
    name text not null,
    max_size integer not null,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_queued_call (
    leg_id text not null primary key,
    queue_id text not null,
    tenant_id text not null,
    entry bigint not null,
    enqueued_at text not null
);
CREATE TABLE rw_conference (
    id text not null primary key,
    uuid text not null,
    tenant_id text not null,
    name text not null,
    connection_id bigint not null,
    status text check (status = 'init' or status = 'in_progress' or status = 'completed') not null,
    created_at text not null,
    expires_at text not null,
    updated_at text not null,
    ended_at text,
    end_reason text,
    ended_by_leg text,
    ended_by_session text
);
CREATE TABLE rw_participant (
    id text not null primary key,
    conference_id text not null,
    tenant_id text not null,
    leg_id text not null,
    leg_uuid text not null,
    is_muted boolean not null,
    is_on_hold boolean not null,
    ends_conference boolean not null,
    ends_softly boolean not null,
    whispers_to text not null,
    status text check (status in ('joined', 'left')) not null,
    created_at text not null,
    updated_at text not null
, role text check (role = 'none' or role = 'barge' or role = 'monitor' or role = 'whisper') not null default 'none');
CREATE TABLE rw_hosted_document (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    name text not null,
    token text not null,
    content text not null,
    created_at text not null,
    updated_at text not null,
    primary key (tenant_id, id)
);
CREATE TABLE rw_do_not_call (
    id text not null primary key,
    tenant_id text references rw_tenant (id),
    number text not null,
    source text check (source = 'spoken' or source = 'keypress' or source = 'agent' or source = 'analysis' or source = 'message' or source = 'api' or source = 'import' or source = 'operator') not null,
    reason text check (reason = 'caller_request' or reason = 'national' or reason = 'litigator' or reason = 'reassigned' or reason = 'other') not null,
    added_by text not null,
    evidence text,
    leg_id text,
    is_provisional boolean not null,
    expires_at text,
    created_at text not null
);
CREATE TABLE rw_consent (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    number text not null,
    kind text check (kind in ('express', 'written')) not null,
    channel text check (channel in ('voice', 'message')) not null,
    source text not null,
    text_version text,
    evidence text,
    given_at text not null,
    revoked_at text,
    revoked_by text,
    created_at text not null
);
CREATE TABLE rw_contact_tombstone (
    id text not null primary key,
    owner_id text not null,
    number_hash text not null,
    kind text check (kind in ('do_not_call', 'consent')) not null,
    facts text not null,
    expires_at text,
    created_at text not null
);
CREATE TABLE rw_registry (
    name text not null primary key,
    prefix text not null,
    load_id text not null,
    numbers bigint not null,
    warns_when_stale boolean not null,
    taken_at text not null,
    loaded_at text not null
);
CREATE TABLE rw_registry_load (
    id text not null primary key,
    numbers bigint not null,
    created_at text not null
);
CREATE TABLE rw_registry_number (
    load_id text not null,
    number text not null,
    primary key (load_id, number)
);
CREATE TABLE rw_target_list (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null,
    created_at text not null
, face text, doc text, revision integer not null default 1, updated_at text, deleted_at text, campaign_id text);
CREATE TABLE rw_campaign (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null,
    -- One that a backup brings does not begin to call by itself: whom it has called since is not in the backup.
    state text check (state = 'stop' or state = 'run' or state = 'stopping') not null default 'stop',
    stop_reason text default 'restored',
    list_id text not null references rw_target_list (id),
    terms text not null,
    holder bigint,
    held_until bigint,
    created_at text not null,
    updated_at text not null
, face text, doc text, revision integer not null default 1, deleted_at text);
CREATE TABLE rw_target (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    list_id text not null references rw_target_list (id),
    name text not null,
    data text,
    timezone text,
    -- Whoever is on the list twice by this is on it once.
    identity_key text,
    destinations text not null,
    state text check (state = 'idle' or state = 'progressing' or state = 'done') not null,
    outcome text,
    due_at text not null,
    round integer not null default 0,
    tries_0 integer not null default 0,
    tries_1 integer not null default 0,
    tries_2 integer not null default 0,
    tries_3 integer not null default 0,
    tries_4 integer not null default 0,
    created_at text not null,
    updated_at text not null,
    deleted_at text
, doc text, revision integer not null default 1);
CREATE TABLE rw_attempt (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    campaign_id text not null references rw_campaign (id),
    list_id text not null,
    target_id text not null,
    round integer not null,
    number text not null,
    from_party text not null,
    destination integer not null,
    try integer not null,
    state text check (state = 'claimed' or state = 'dialled' or state = 'answered' or state = 'ended' or state = 'settled' or state = 'returned') not null,
    node bigint not null,
    leg_id text,
    leg_uuid text,
    claimed_at text not null,
    dialled_at text,
    answered_at text,
    ended_at text,
    cause text,
    sip_status integer,
    talk_seconds integer,
    result text,
    reason text,
    evidence text not null
, asked_reason text, refs text, settled_at text, deleted_at text, agent_at text);
CREATE TABLE rw_attempt_tombstone (
    id text not null primary key,
    owner_id text not null,
    number_hash text not null,
    facts text not null,
    created_at text not null
);
CREATE TABLE rw_flow_run (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    flow_id text,
    state text check (state in ('running', 'ended')) not null,
    -- Why it ended; null while it runs.
    outcome text,
    reference_type text not null,
    reference_id text,
    parent_id text,
    -- Whose process runs it.
    node bigint not null,
    facts text not null,
    created_at text not null,
    updated_at text not null,
    deleted_at text
);
CREATE TABLE rw_stock_number (
    text text not null primary key,
    national text not null,
    reversed text not null,
    country text not null,
    type text check (type = 'local' or type = 'toll_free' or type = 'mobile' or type = 'national' or type = 'shared_cost') not null,
    ndc text not null,
    locality text,
    area text,
    rate_center text,
    features text not null,
    upfront_micros bigint not null,
    monthly_micros bigint not null,
    currency text not null,
    is_reservable boolean not null,
    is_quickship boolean not null,
    block_first text,
    block_size integer,
    state text check (state = 'available' or state = 'held' or state = 'assigned' or state = 'quarantined' or state = 'withheld') not null,
    holder text,
    until_at text,
    imported_at text not null
, is_on_request boolean not null default false);
CREATE TABLE rw_found_number (
    tenant_id text not null references rw_tenant (id),
    text text not null,
    until_at text not null,
    primary key (tenant_id, text)
);
CREATE TABLE rw_number_month (
    tenant_id text not null references rw_tenant (id),
    number text not null,
    price_micros bigint not null,
    currency text not null,
    months integer not null,
    paid_until text not null,
    created_at text not null,
    primary key (tenant_id, number)
);
CREATE TABLE rw_node_policy (
    kind text not null primary key,
    value text not null,
    updated_at text not null
);
CREATE TABLE rw_text (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    direction text check (direction in ('inbound', 'outbound')) not null,
    state text check (state = 'scheduled' or state = 'queued' or state = 'sending' or state = 'sent' or state = 'delivered' or state = 'cancelled' or state = 'expired' or state = 'sending_failed' or state = 'delivery_failed' or state = 'delivery_unconfirmed' or state = 'received') not null,
    sender text not null,
    recipient text not null,
    profile_id text not null,
    words text not null,
    encoding text not null check (encoding in ('gsm7', 'ucs2')),
    parts integer not null,
    -- What the text asks for, or of an automatic one what it answers.
    keyword text check (keyword = 'none' or keyword = 'stop' or keyword = 'start' or keyword = 'help') not null,
    is_automatic boolean not null,
    -- Of one part; null without a price.
    price_micros bigint,
    fee_micros bigint,
    currency text,
    error text,
    facts text not null,
    -- When it leaves this state by itself, or is looked at; null when it is over.
    due_at text,
    received_at text not null,
    valid_until text,
    sent_at text,
    completed_at text
, is_hidden boolean not null default false, subject text not null default '');
CREATE TABLE rw_text_block (
    tenant_id text not null references rw_tenant (id),
    profile_id text not null,
    number text not null,
    sender text not null,
    keyword text,
    created_at text not null,
    primary key (tenant_id, profile_id, number)
);
CREATE TABLE rw_text_media (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    content_type text not null,
    -- Base64.
    octets text not null,
    created_at text not null
);
CREATE TABLE rw_short_code (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    code text not null unique,
    country text not null,
    profile_id text,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE rw_text_policy (
    tenant_id text not null primary key references rw_tenant (id),
    policy text not null,
    updated_at text not null
);
CREATE TABLE rw_text_content (
    id text not null primary key,
    phrase text not null unique,
    created_at text not null
);
CREATE TABLE rw_sent_code (
    seq integer primary key autoincrement,
    id text not null unique,
    tenant_id text not null references rw_tenant (id),
    profile_id text not null,
    number text not null,
    -- The number without its last two digits: whoever pumps texts for money has blocks of numbers.
    block text not null,
    way text check (way in ('sms', 'call')) not null,
    -- Sealed; empty when it counts no more.
    code text not null,
    is_custom boolean not null,
    state text check (state = 'pending' or state = 'accepted' or state = 'invalid' or state = 'expired') not null,
    wrong_codes integer not null,
    timeout_secs integer not null,
    -- The text that told it.
    text_id text,
    created_at text not null,
    updated_at text not null
, is_flash boolean not null default false);
CREATE TABLE rw_text_carrier (
    id text not null primary key,
    name text not null unique,
    is_enabled boolean not null,
    host text not null,
    port integer not null,
    is_tls boolean not null,
    system_id text not null,
    -- Sealed.
    password text not null,
    system_type text not null,
    prefixes text not null,
    priority integer not null,
    rate integer not null,
    window_size integer not null,
    alphabet text not null check (alphabet in ('gsm7', 'latin1')),
    joining text check (joining = 'header' or joining = 'parameters' or joining = 'whole') not null,
    on_unknown text check (on_unknown in ('wait', 'resend')) not null,
    created_at text not null,
    updated_at text not null
, http text, secret_hash text, has_receipts boolean not null default true, receive_port integer);
CREATE TABLE rw_text_part (
    text_id text not null,
    tenant_id text not null references rw_tenant (id),
    number integer not null,
    carrier_id text not null,
    -- Who has the bind by which it goes.
    node integer not null,
    state text check (state = 'ready' or state = 'submitting' or state = 'accepted' or state = 'rejected' or state = 'in_doubt' or state = 'closed' or state = 'final' or state = 'dropped') not null,
    attempt integer not null,
    -- Of those, how often the centre has asked for another one later.
    tries integer not null,
    -- Sent with it: a centre may give it back where it says what became of the part.
    reference integer not null,
    -- As the centre says it, and in the form in which ids are compared.
    centre_id text,
    centre_key text,
    outcome text,
    error text,
    -- Not before then; null unless it is ready.
    due_at text,
    submitted_at text,
    created_at text not null,
    primary key (text_id, number)
);
CREATE TABLE rw_text_receipt (
    id text not null primary key,
    carrier_id text not null,
    centre_id text not null,
    outcome text not null,
    reference integer,
    error text,
    sender text not null,
    recipient text not null,
    received_at text not null
);
CREATE TABLE rw_text_arrival (
    carrier_id text not null,
    bind text not null,
    number integer not null,
    digest text not null,
    received_at text not null,
    primary key (carrier_id, bind, number)
);
CREATE TABLE rw_text_fragment (
    tenant_id text not null references rw_tenant (id),
    carrier_id text not null,
    sender text not null,
    recipient text not null,
    reference integer not null,
    total integer not null,
    number integer not null,
    coding integer not null,
    octets text not null,
    received_at text not null,
    primary key (tenant_id, carrier_id, sender, recipient, reference, total, number)
);
CREATE TABLE rw_chakra_call (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    is_logged boolean not null,
    document text not null,
    from_party text,
    to_party text,
    type text check (type in ('OUTBOUND', 'INBOUND')),
    call_status text,
    user_id text,
    for_process text,
    provider text,
    provider_call_id text,
    is_wrong_number boolean not null,
    disposed_at text,
    created_at text not null,
    updated_at text not null,
    deleted_at text,
    revision bigint not null,
    primary key (tenant_id, id)
);
CREATE TABLE agencies (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 255),
    slug text not null unique,
    settings text not null,
    timezone text not null,
    created_at text not null,
    updated_at text not null, branding text,
    check (id = tenant_id)
);
CREATE TABLE clients (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 255),
    slug text not null,
    status text check (status = 'active' or status = 'suspended' or status = 'archived') not null,
    contact_email text,
    contact_phone text,
    timezone text,
    created_at text not null,
    updated_at text not null, deleted_at text, rate_plan_id text, rated_from text, rated_to text, permissions text, limits text, branding text,
    unique (tenant_id, id),
    unique (tenant_id, slug)
);
CREATE TABLE users (
    id text not null primary key,
    -- Null for administrators of the platform alone.
    tenant_id text references rw_tenant (id),
    client_id text,
    email text not null unique,
    full_name text,
    role text check (role = 'agency_owner' or role = 'agency_admin' or role = 'agency_member' or role = 'client_admin' or role = 'client_viewer' or role = 'admin') not null,
    password_hash text,
    status text check (status = 'invited' or status = 'active' or status = 'disabled') not null,
    session_epoch integer not null default 0,
    last_login_at text,
    created_at text not null,
    updated_at text not null, totp text, totp_pending text, totp_step integer,
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    check ((role in ('agency_owner', 'agency_admin', 'agency_member') and tenant_id is not null and client_id is null)
        or (role in ('client_admin', 'client_viewer') and tenant_id is not null and client_id is not null)
        or (role = 'admin' and tenant_id is null and client_id is null))
);
CREATE TABLE campaigns (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    name text not null check (length(name) between 1 and 255),
    type text check (type in ('sdr', 'cs')) not null,
    description text,
    status text check (status = 'draft' or status = 'active' or status = 'paused' or status = 'archived') not null,
    timezone text,
    calling_windows text,
    retry_policy text not null,
    max_attempts integer not null check (max_attempts between 1 and 10),
    consent_required text check (consent_required = 'none' or consent_required = 'express' or consent_required = 'written') not null,
    created_at text not null,
    updated_at text not null,
    archived_at text, analysis_profile text, legal_override text, daily_attempt_cap integer default 1,
    unique (tenant_id, id),
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
CREATE TABLE agent_mappings (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    ultravox_agent_id text not null,
    ultravox_agent_name text,
    voice_provider text check (voice_provider in ('ultravox', 'internal')) not null,
    client_id text,
    campaign_id text,
    default_direction text check (default_direction in ('inbound', 'outbound')),
    system_prompt text,
    voice text,
    language_hint text not null default 'en' check (length(language_hint) <= 10),
    -- In hundredths.
    temperature integer not null default 40 check (temperature between 0 and 100),
    first_speaker_text text,
    recording_enabled boolean not null default true,
    max_duration_seconds integer not null default 3600 check (max_duration_seconds between 1 and 86400),
    tools text not null,
    managed boolean not null,
    created_at text not null,
    updated_at text not null,
    deleted_at text, voicemail_policy text not null default 'continue'
    check (voicemail_policy in ('continue', 'hangup', 'leave_message')), voicemail_message text, transfers text, script text, last_synced_at text,
    unique (tenant_id, id),
    unique (tenant_id, ultravox_agent_id),
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id)
);
CREATE TABLE agency_phone_numbers (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    phone_number text not null,
    friendly_name text,
    client_id text,
    agent_mapping_id text,
    direction text check (direction in ('inbound', 'outbound')) not null default 'inbound',
    status text check (status = 'pending' or status = 'active' or status = 'inactive' or status = 'released') not null,
    outbound_allowed boolean not null default true,
    created_at text not null,
    updated_at text not null, order_id text, customer_reference text, purchased_at text, released_at text, daily_call_cap integer check (daily_call_cap > 0), is_disabled boolean not null default false, status_at text, is_brought boolean not null default false,
    check (length(phone_number) between 8 and 16 and substr(phone_number, 1, 1) = '+'),
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, agent_mapping_id) references agent_mappings (tenant_id, id)
);
CREATE TABLE call_batches (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    campaign_id text not null,
    agent_mapping_id text not null,
    name text,
    from_number text not null,
    mode text check (mode in ('immediate', 'scheduled')) not null,
    status text check (status = 'pending' or status = 'scheduled' or status = 'processing' or status = 'paused' or status = 'completed' or status = 'failed') not null,
    scheduled_for text,
    calls_per_minute integer not null check (calls_per_minute between 1 and 60),
    max_concurrent integer not null check (max_concurrent between 1 and 100),
    total_contacts integer not null,
    -- Whom the dialler calls for it.
    list_id text not null,
    started_at text,
    paused_at text,
    completed_at text,
    cancelled_at text,
    failure_code text,
    created_at text not null,
    updated_at text not null, window_end text, circuit_resumes integer not null default 0, resumed_at text, is_test boolean not null default false, from_pool text,
    check (mode = 'immediate' or scheduled_for is not null),
    unique (tenant_id, id),
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    foreign key (tenant_id, agent_mapping_id) references agent_mappings (tenant_id, id)
);
CREATE TABLE campaign_contacts (
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
    custom_data text not null,
    status text check (status = 'pending' or status = 'scheduled' or status = 'calling' or status = 'completed' or status = 'failed') not null,
    outcome text check (outcome = 'no_answer' or outcome = 'answered' or outcome = 'voicemail' or outcome = 'busy' or outcome = 'declined' or outcome = 'callback_scheduled'),
    attempts integer not null default 0 check (attempts >= 0),
    max_attempts integer not null,
    last_attempt_at text,
    next_attempt_at text,
    completed_at text,
    call_id text,
    last_error text,
    block_reason text,
    created_at text not null,
    updated_at text not null, callback_at text, callbacks integer not null default 0, scheduled_for text, priority integer not null default 0, external_id text,
    check (attempts <= max_attempts),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    foreign key (tenant_id, batch_id) references call_batches (tenant_id, id)
);
CREATE TABLE calls (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text,
    direction text check (direction in ('inbound', 'outbound')) not null,
    source text check (source in ('webhook', 'historical_sync')) not null default 'webhook',
    transcript_status text check (transcript_status = 'pending' or transcript_status = 'fetching' or transcript_status = 'completed' or transcript_status = 'failed') not null default 'pending',
    analysis_status text check (analysis_status = 'pending' or analysis_status = 'processing' or analysis_status = 'completed' or analysis_status = 'failed') not null default 'pending',
    disposition text check (disposition = 'voicemail' or disposition = 'callback_requested' or disposition = 'not_interested' or disposition = 'wrong_number' or disposition = 'dnc_requested' or disposition = 'gatekeeper_blocked' or disposition = 'no_answer' or disposition = 'conversation' or disposition = 'appointment_booked' or disposition = 'busy' or disposition = 'declined' or disposition = 'failed' or disposition = 'resolved' or disposition = 'escalated' or disposition = 'unresolved'),
    created_at text not null,
    updated_at text not null, redacted_at text, analysis text, analysis_model text, analysis_version integer not null default 0, analyzed_at text, analysis_disposition text, sentiment text check (sentiment = 'positive' or sentiment = 'neutral' or sentiment = 'negative'), talk_permille integer, interruptions integer, objections integer, objections_handled integer, buying_signals integer, script_permille integer, legal_hold boolean not null default false, recording_deleted_at text, qualified integer, meeting_booked integer, tags text, agent_mapping_id text, issue_resolved integer, escalated integer, satisfaction integer, analysis_cost_micros bigint,
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
CREATE TABLE enrichment_queue (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    call_id text not null references calls (id),
    type text check (type in ('transcript', 'analysis')) not null,
    status text check (status = 'pending' or status = 'processing' or status = 'completed' or status = 'failed') not null default 'pending',
    attempts integer not null default 0,
    max_attempts integer not null,
    created_at text not null, error_message text, processing_started_at text, processed_at text, next_retry_at text, lease_expires_at text, priority integer not null default 0,
    check (attempts <= max_attempts)
);
CREATE TABLE historical_sync_jobs (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    status text check (status = 'pending' or status = 'in_progress' or status = 'completed' or status = 'failed' or status = 'cancelled') not null default 'pending',
    created_at text not null
, date_from text, date_to text, max_calls integer, enrich boolean not null default true, total_calls integer, processed_calls integer not null default 0, imported_calls integer not null default 0, skipped_calls integer not null default 0, failed_calls integer not null default 0, page_cursor text, reason text, error_message text, last_error_at text, attempts integer not null default 0, next_retry_at text, lease_expires_at text, created_by text, started_at text, completed_at text, last_activity_at text, pages integer not null default 0);
CREATE TABLE call_notes (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text,
    -- The UUID of the leg.
    call_id text not null,
    author text not null,
    body text not null check (length(body) between 1 and 5000),
    created_at text not null,
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
CREATE TABLE api_keys (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text,
    name text not null check (length(name) between 1 and 255),
    -- Its first letters, by which people tell keys apart.
    prefix text not null,
    hash text not null unique,
    role text check (role = 'agency_owner' or role = 'agency_admin' or role = 'agency_member' or role = 'client_admin' or role = 'client_viewer' or role = 'admin') not null,
    created_by text not null,
    created_at text not null,
    expires_at text,
    revoked_at text,
    check ((client_id is null and role in ('agency_owner', 'agency_admin', 'agency_member'))
        or (client_id is not null and role in ('client_admin', 'client_viewer'))),
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
CREATE TABLE idempotency_keys (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    -- Whose key it is: the agency's account, or a client's.
    account_id text not null,
    name text not null,
    request_hash text not null,
    -- Null while it is being done, and for good where the process that did it died.
    status integer,
    reply text,
    created_at text not null,
    unique (tenant_id, account_id, name)
);
CREATE TABLE user_sessions (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    user_id text not null references users (id),
    -- How often its refresh token was changed for another one.
    turn integer not null default 0,
    created_at text not null,
    used_at text not null,
    ends_at text not null
);
CREATE TABLE agency_tools (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 64),
    description text,
    definition text not null,
    created_at text not null,
    updated_at text not null
, provider_tool_id text, last_synced_at text);
CREATE TABLE call_turns (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    -- The UUID of the leg.
    call_id text not null,
    place integer not null,
    role text check (role = 'user' or role = 'agent' or role = 'tool_call' or role = 'tool_result') not null,
    body text not null,
    tool text,
    invocation_id text,
    said_at text not null
);
CREATE TABLE agency_integrations (
    id text not null primary key,
    tenant_id text not null unique references rw_tenant (id),
    -- The secret of the path follows from it and from a key of the database.
    path_nonce text not null,
    -- That of before, which is good for a while.
    old_path_nonce text,
    old_path_ends_at text,
    base_url text,
    -- Sealed.
    api_key text,
    key_prefix text,
    key_added_at text,
    key_validated_at text,
    -- Sealed: by what the provider signs.
    signing_secrets text,
    created_at text not null,
    updated_at text not null
, carrier_base_url text, carrier_key text, carrier_key_prefix text, carrier_public_key text, carrier_account text, carrier_added_at text, carrier_validated_at text, carrier_application text, carrier_profile text, telephony_at text, telephony_busy_until text, llm_base_url text, llm_key text, llm_key_prefix text, llm_model text, llm_added_at text, llm_validated_at text);
CREATE TABLE webhook_queue (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    source text check (source in ('ultravox')) not null,
    event_type text not null check (length(event_type) <= 50),
    provider_call_id text not null,
    -- Of two that are the same one is kept.
    dedupe_key text not null,
    payload text not null,
    status text check (status = 'pending' or status = 'processing' or status = 'completed' or status = 'failed') not null default 'pending',
    attempts integer not null default 0,
    max_attempts integer not null,
    error_message text,
    created_at text not null,
    processing_started_at text,
    processed_at text,
    next_retry_at text, verified boolean not null default false,
    check (attempts <= max_attempts),
    unique (tenant_id, dedupe_key)
);
CREATE TABLE webhook_logs (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    source text check (source in ('ultravox')) not null,
    provider_call_id text,
    request_method text not null,
    request_path text not null,
    request_headers text not null,
    request_body text not null,
    remote_ip text,
    response_status integer not null,
    verified boolean not null,
    verification_error text,
    duplicate boolean not null,
    received_at text not null
, carrier text check (carrier in ('telnyx')), event_id text);
CREATE TABLE provider_calls (
    id text not null primary key references calls (id),
    tenant_id text not null references rw_tenant (id),
    provider text check (provider in ('ultravox')) not null,
    provider_call_id text not null,
    -- As it was when the call came to be known.
    client_id text,
    agent_mapping_id text,
    campaign_id text,
    batch_id text,
    contact_id text,
    direction text check (direction in ('inbound', 'outbound')) not null,
    from_number text not null,
    to_number text not null,
    started_at text not null,
    joined_at text,
    ended_at text,
    end_reason text,
    short_summary text,
    summary text,
    billed_seconds integer,
    billing_status text,
    has_recording boolean not null default false,
    created_at text not null,
    updated_at text not null, asked_at text, sip_reason text,
    unique (tenant_id, provider, provider_call_id)
);
CREATE TABLE historical_sync_errors (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    job_id text not null references historical_sync_jobs (id),
    provider_call_id text,
    error_message text not null,
    created_at text not null
);
CREATE TABLE platform_administrators (
    id text not null primary key,
    email text not null unique,
    password_hash text not null,
    -- Rises when a token must no longer be good.
    session_epoch integer not null default 0,
    last_login_at text,
    created_at text not null,
    updated_at text not null
);
CREATE TABLE agency_alerts (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    kind text not null check (length(kind) between 1 and 50),
    -- Of what it tells: a batch's id, or nothing where it is of the whole agency.
    subject text not null,
    detail text not null,
    created_at text not null
);
CREATE TABLE rate_plans (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 255),
    currency text not null,
    -- Of a minute, and of a number for a month; millionths of the currency's unit.
    minute_micros bigint not null check (minute_micros >= 0),
    number_micros bigint not null check (number_micros >= 0),
    -- Seconds that a call is billed at least, and in what steps beyond.
    initial_seconds integer not null check (initial_seconds > 0),
    step_seconds integer not null check (step_seconds > 0),
    -- Of each month.
    included_minutes integer not null check (included_minutes >= 0),
    created_at text not null,
    updated_at text not null
);
CREATE TABLE usage_ledger (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    -- By the agency's clock: 2026-02.
    month text not null,
    kind text check (kind in ('call', 'number')) not null,
    -- The UUID of the leg, or the digits of the number.
    subject text not null,
    rate_plan_id text not null,
    billed_seconds integer not null,
    -- Of those, what the plan's minutes covered.
    included_seconds integer not null,
    currency text not null,
    micros bigint not null check (micros >= 0),
    -- When the call ended; when the number was the client's in that month.
    occurred_at text not null,
    created_at text not null,
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
CREATE TABLE agency_hours (
    tenant_id text not null,
    starts_at text not null,
    added_at text not null, attempts bigint, beyond_hours bigint, overridden bigint, zoneless bigint, form integer,
    primary key (tenant_id, starts_at)
);
CREATE TABLE agency_hour_sums (
    tenant_id text not null,
    starts_at text not null,
    direction text not null,
    answered integer not null,
    ended integer not null,
    cause text,
    disposition text,
    calls bigint not null,
    talk bigint not null,
    billed bigint not null,
    analyzed bigint not null,
    judged bigint not null,
    talked bigint not null,
    scripted bigint not null,
    adherence bigint not null,
    interruptions bigint not null,
    objections bigint not null,
    handled bigint not null,
    signals bigint not null,
    leads bigint not null,
    booked bigint not null,
    positive bigint not null,
    neutral bigint not null,
    negative bigint not null
, resolved bigint not null default 0, escalated bigint not null default 0, rated bigint not null default 0, stars bigint not null default 0, retried bigint not null default 0, llm_micros bigint not null default 0);
CREATE TABLE agency_hour_costs (
    tenant_id text not null,
    starts_at text not null,
    direction text not null,
    currency text,
    micros bigint not null
);
CREATE TABLE agency_hour_marks (
    seq integer primary key autoincrement,
    tenant_id text not null,
    starts_at text not null,
    last_at text not null
);
CREATE TABLE agency_voices (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    name text not null,
    description text,
    primary_language text,
    preview_url text,
    is_public boolean not null,
    synced_at text not null,
    primary key (tenant_id, id)
);
CREATE TABLE "imports" (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    campaign_id text not null,
    batch_id text,
    file_name text not null,
    status text check (status in ('completed', 'failed')) not null,
    failure_code text,
    received integer not null,
    accepted integer not null,
    duplicates integer not null,
    updated integer not null default 0,
    invalid integer not null,
    suppressed integer not null,
    mapping text not null,
    errors text not null,
    created_at text not null,
    completed_at text not null, taken_out integer not null default 0,
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    foreign key (tenant_id, batch_id) references call_batches (tenant_id, id)
);
CREATE TABLE agency_tool_uses (
    tenant_id text not null references rw_tenant (id),
    -- The UUID of the leg.
    call_id text not null,
    invocation_id text not null,
    tool text not null,
    used_at text not null,
    -- Null while there is no answer.
    is_failed boolean,
    took_ms bigint,
    primary key (tenant_id, call_id, invocation_id)
);
CREATE TABLE agency_hour_tools (
    tenant_id text not null,
    starts_at text not null,
    direction text not null,
    tool text not null,
    uses bigint not null,
    failed bigint not null,
    took_ms bigint not null
);
insert into "rw_address_turn" ("id", "taken") values (1, 0);
insert into "rw_face" ("dialect", "table_name") values ('telnyx', 'rw_connection');
insert into "rw_face" ("dialect", "table_name") values ('telnyx', 'rw_number');
insert into "rw_face" ("dialect", "table_name") values ('telnyx', 'rw_outbound_profile');
insert into "rw_face" ("dialect", "table_name") values ('telnyx', 'rw_sip_credential');
CREATE INDEX rw_api_key_tenant on rw_api_key (tenant_id, created_at);
CREATE INDEX rw_connection_profile on rw_connection (tenant_id, outbound_profile_id);
CREATE INDEX rw_number_connection on rw_number (tenant_id, connection_id);
CREATE INDEX rw_route_trunk on rw_route (trunk_id);
CREATE INDEX rw_leg_live on rw_leg (tenant_id, connection_id, started_at, id) where ended_at is null;
CREATE INDEX rw_leg_command on rw_leg (tenant_id, command_id, started_at) where command_id is not null;
CREATE INDEX rw_leg_uuid on rw_leg (tenant_id, uuid);
CREATE INDEX rw_leg_session on rw_leg (tenant_id, session_id);
CREATE INDEX rw_ledger_leg on rw_ledger (tenant_id, subject_id, seq);
CREATE INDEX rw_delivery_finished on rw_delivery (tenant_id, finished_at, id);
CREATE INDEX rw_trace_leg on rw_trace (tenant_id, leg_id, seq);
CREATE INDEX rw_trace_command on rw_trace (tenant_id, at) where kind = 'command';
CREATE INDEX rw_delivery_order on rw_delivery (tenant_id, order_key);
CREATE INDEX rw_delivery_occurred on rw_delivery (tenant_id, occurred_at);
CREATE INDEX rw_ledger_ended on rw_ledger (tenant_id, at) where type = 'leg_ended';
CREATE INDEX rw_outbox_order on rw_outbox (tenant_id, order_key);
CREATE INDEX rw_registration_expires on rw_registration (expires_at);
CREATE UNIQUE INDEX rw_connection_user_name on rw_connection (user_name) where user_name is not null;
CREATE UNIQUE INDEX rw_connection_subdomain on rw_connection (subdomain) where subdomain is not null;
CREATE INDEX rw_sip_credential_connection on rw_sip_credential (tenant_id, connection_id);
CREATE INDEX rw_recording_saved on rw_recording (tenant_id, created_at) where state = 'saved';
CREATE INDEX rw_recording_open on rw_recording (state) where state = 'recording';
CREATE INDEX rw_media_expires on rw_media (expires_at);
CREATE INDEX rw_resource_order on rw_resource (tenant_id, kind, created_at, id) where deleted_at is null;
CREATE INDEX rw_resource_key_resource on rw_resource_key (tenant_id, kind, id);
CREATE INDEX rw_audit_event_order on rw_audit_event (tenant_id, at, seq);
CREATE INDEX rw_job_due on rw_job (due_at) where state in ('pending', 'running');
CREATE INDEX rw_job_order on rw_job (tenant_id, kind, created_at, id);
CREATE INDEX rw_oauth_client_tenant on rw_oauth_client (tenant_id, created_at, id);
CREATE INDEX rw_oauth_grant_client on rw_oauth_grant (client_id);
CREATE INDEX rw_oauth_family_client on rw_oauth_family (client_id);
CREATE INDEX rw_oauth_family_grant on rw_oauth_family (grant_id);
CREATE INDEX rw_oauth_family_expires on rw_oauth_family (expires_at);
CREATE INDEX rw_oauth_code_grant on rw_oauth_code (grant_id);
CREATE INDEX rw_oauth_code_expires on rw_oauth_code (expires_at);
CREATE INDEX rw_oauth_refresh_family on rw_oauth_refresh (family_id);
CREATE UNIQUE INDEX rw_rate_deck_default on rw_rate_deck (is_default) where is_default;
CREATE INDEX rw_money_entry_at on rw_money_entry (tenant_id, at, seq);
CREATE UNIQUE INDEX rw_payment_request_pending on rw_payment_request (tenant_id) where state = 'pending';
CREATE INDEX rw_payment_request_made on rw_payment_request (made_at, id);
CREATE INDEX rw_feature_use_at on rw_feature_use (tenant_id, feature, at, id);
CREATE INDEX rw_call_record_ended on rw_call_record (tenant_id, ended_at, leg_id, direction, connection_id);
CREATE INDEX rw_user_bundle_order on rw_user_bundle (tenant_id, created_at, id);
CREATE INDEX rw_user_bundle_key on rw_user_bundle (tenant_id, order_key) where order_key is not null;
CREATE INDEX rw_user_bundle_due on rw_user_bundle (paid_until) where is_active;
CREATE INDEX rw_bundle_charge_at on rw_bundle_charge (tenant_id, at);
CREATE INDEX rw_verification_number on rw_verification (text, at);
CREATE INDEX rw_verification_tenant on rw_verification (tenant_id, at);
CREATE INDEX rw_connection_address_by_address on rw_connection_address (address);
CREATE INDEX rw_outbox_next on rw_outbox (next_at, seq) where next_at is not null;
CREATE INDEX rw_outbox_replay on rw_outbox (tenant_id) where attempts > 0 and next_at is null;
CREATE INDEX rw_leg_ended on rw_leg (tenant_id, ended_at) where ended_at is not null;
CREATE INDEX rw_recording_failed on rw_recording (tenant_id, updated_at) where state = 'failed';
CREATE UNIQUE INDEX rw_money_entry_charge on rw_money_entry (subject_id, subject_kind, product) where kind = 'charge' and subject_id is not null;
CREATE INDEX rw_verified_number_text on rw_verified_number (text);
CREATE INDEX rw_outbox_handed_over on rw_outbox (node, seq) where is_handed_over;
CREATE INDEX rw_resource_due on rw_resource (due_at) where due_at is not null;
CREATE INDEX rw_resource_waits on rw_resource (waits_since, id) where waits_since is not null;
CREATE INDEX rw_registration_touched on rw_registration (touched);
CREATE INDEX rw_stream_event_tenant on rw_stream_event (tenant_id, node, seq);
CREATE INDEX rw_resource_by_id on rw_resource (id, kind);
CREATE INDEX rw_resource_key_by_value on rw_resource_key (kind, field, value);
CREATE INDEX rw_warning_account on rw_warning (tenant_id, seq);
CREATE INDEX rw_warning_age on rw_warning (tenant_id, at);
CREATE INDEX rw_recording_message on rw_recording (tenant_id, mailbox, created_at) where mailbox is not null;
CREATE INDEX rw_recording_conference on rw_recording (tenant_id, conference_id) where conference_id is not null;
CREATE INDEX rw_recording_transcription_of on rw_recording_transcription (tenant_id, recording_id);
CREATE INDEX rw_recording_transcription_age on rw_recording_transcription (tenant_id, created_at);
CREATE INDEX rw_recording_begun on rw_recording (tenant_id, created_at, id) where mailbox is null and state <> 'failed';
CREATE INDEX rw_recording_of_leg on rw_recording (tenant_id, leg_id);
CREATE INDEX rw_queue_name on rw_queue (tenant_id, name);
CREATE INDEX rw_queued_call_queue on rw_queued_call (queue_id, entry);
CREATE INDEX rw_ledger_queue_ended on rw_ledger (tenant_id, at) where type = 'queue_ended';
CREATE UNIQUE INDEX rw_conference_uuid on rw_conference (tenant_id, uuid);
CREATE INDEX rw_conference_name on rw_conference (tenant_id, name, created_at);
CREATE INDEX rw_conference_listed on rw_conference (tenant_id, expires_at);
CREATE INDEX rw_conference_live on rw_conference (id) where ended_at is null;
CREATE INDEX rw_participant_conference on rw_participant (conference_id, created_at);
CREATE INDEX rw_ledger_conference_ended on rw_ledger (tenant_id, at) where type = 'conference_ended';
CREATE INDEX rw_participant_joined on rw_participant (conference_id, created_at) where status = 'joined';
CREATE INDEX rw_leg_started on rw_leg (tenant_id, started_at, id);
CREATE INDEX rw_conference_created on rw_conference (tenant_id, created_at, id);
CREATE UNIQUE INDEX rw_hosted_document_token on rw_hosted_document (token);
CREATE UNIQUE INDEX rw_do_not_call_number on rw_do_not_call (tenant_id, number) where tenant_id is not null;
CREATE UNIQUE INDEX rw_do_not_call_platform on rw_do_not_call (number) where tenant_id is null;
CREATE INDEX rw_consent_number on rw_consent (tenant_id, number, given_at);
CREATE INDEX rw_contact_tombstone_hash on rw_contact_tombstone (number_hash, owner_id);
CREATE INDEX rw_do_not_call_added on rw_do_not_call (tenant_id, created_at, source);
CREATE INDEX rw_consent_given on rw_consent (tenant_id, given_at);
CREATE INDEX rw_consent_revoked on rw_consent (tenant_id, revoked_at) where revoked_at is not null;
CREATE INDEX rw_campaign_tenant on rw_campaign (tenant_id, created_at, id);
CREATE INDEX rw_campaign_running on rw_campaign (state) where state <> 'stop';
CREATE UNIQUE INDEX rw_target_identity on rw_target (list_id, identity_key) where identity_key is not null and deleted_at is null;
CREATE INDEX rw_target_due on rw_target (list_id, due_at, id) where state = 'idle' and deleted_at is null;
CREATE INDEX rw_target_state on rw_target (list_id, state) where deleted_at is null;
CREATE UNIQUE INDEX rw_attempt_try on rw_attempt (target_id, round, destination, try) where state <> 'returned';
CREATE INDEX rw_attempt_unsettled on rw_attempt (state, ended_at) where state in ('claimed', 'ended');
CREATE INDEX rw_attempt_open on rw_attempt (campaign_id) where state in ('claimed', 'dialled', 'answered', 'ended');
CREATE INDEX rw_attempt_campaign on rw_attempt (campaign_id, claimed_at, id);
CREATE INDEX rw_attempt_number on rw_attempt (tenant_id, number, claimed_at);
CREATE INDEX rw_target_list_face on rw_target_list (tenant_id, face, created_at, id) where face is not null;
CREATE INDEX rw_target_list_campaign on rw_target_list (tenant_id, campaign_id) where campaign_id is not null;
CREATE INDEX rw_campaign_list on rw_campaign (list_id);
CREATE INDEX rw_target_page on rw_target (list_id, created_at, id);
CREATE INDEX rw_attempt_face on rw_attempt (tenant_id, claimed_at, id) where refs is not null;
CREATE UNIQUE INDEX rw_attempt_live on rw_attempt (tenant_id, number)
    where state in ('claimed', 'dialled', 'answered') and substr(number, 1, 1) = '+';
CREATE INDEX rw_attempt_answered on rw_attempt (campaign_id, answered_at, agent_at) where answered_at is not null;
CREATE INDEX rw_target_changed on rw_target (list_id, updated_at, id) where state <> 'idle' or updated_at > created_at;
CREATE INDEX rw_attempt_alone on rw_attempt (node, claimed_at) where state = 'answered' and leg_id is null;
CREATE INDEX rw_target_further on rw_target (
    (case when identity_key is null or cast(destinations as text) not like '["+%",null,null,null,null]' then list_id end))
    where deleted_at is null and doc is null
        and case when identity_key is null or cast(destinations as text) not like '["+%",null,null,null,null]' then list_id end is not null;
CREATE INDEX rw_flow_run_tenant on rw_flow_run (tenant_id, created_at, id);
CREATE INDEX rw_flow_run_reference on rw_flow_run (tenant_id, reference_id);
CREATE INDEX rw_flow_run_running on rw_flow_run (node, created_at) where state = 'running';
CREATE INDEX rw_stock_number_country on rw_stock_number (country, national);
CREATE INDEX rw_stock_number_type on rw_stock_number (country, type, national);
CREATE INDEX rw_stock_number_ndc on rw_stock_number (country, ndc, national);
CREATE INDEX rw_stock_number_locality on rw_stock_number (country, locality, national);
CREATE INDEX rw_stock_number_area on rw_stock_number (country, area, national);
CREATE INDEX rw_stock_number_rate_center on rw_stock_number (country, rate_center, national);
CREATE INDEX rw_stock_number_reversed on rw_stock_number (country, reversed);
CREATE INDEX rw_stock_number_block on rw_stock_number (block_first) where block_first is not null;
CREATE INDEX rw_stock_number_holder on rw_stock_number (holder, state) where holder is not null;
CREATE INDEX rw_found_number_until on rw_found_number (tenant_id, until_at);
CREATE INDEX rw_number_month_due on rw_number_month (paid_until);
CREATE INDEX rw_stock_number_group on rw_stock_number (country, type, features, is_reservable, is_quickship) where state <> 'withheld';
CREATE INDEX rw_text_due on rw_text (due_at, received_at, id) where due_at is not null;
CREATE INDEX rw_text_pair on rw_text (tenant_id, sender, recipient, received_at);
CREATE INDEX rw_text_profile on rw_text (tenant_id, profile_id, received_at);
CREATE INDEX rw_text_age on rw_text (tenant_id, received_at, id);
CREATE INDEX rw_text_block_time on rw_text_block (tenant_id, created_at);
CREATE INDEX rw_text_promised on rw_text (tenant_id, currency) where due_at is not null;
CREATE INDEX rw_text_words on rw_text (tenant_id, received_at, id) where words <> '';
CREATE INDEX rw_text_media_age on rw_text_media (tenant_id, created_at, id);
CREATE INDEX rw_short_code_tenant on rw_short_code (tenant_id, created_at, id);
CREATE INDEX rw_text_subjects on rw_text (tenant_id, received_at, id) where subject <> '';
CREATE INDEX rw_text_sent on rw_text (tenant_id, sender, received_at) where direction = 'outbound';
CREATE INDEX rw_text_come on rw_text (tenant_id, recipient, received_at) where direction = 'inbound';
CREATE INDEX rw_sent_code_asked on rw_sent_code (tenant_id, profile_id, number, seq);
CREATE INDEX rw_sent_code_number on rw_sent_code (number, created_at);
CREATE INDEX rw_sent_code_block on rw_sent_code (block, created_at);
CREATE INDEX rw_sent_code_age on rw_sent_code (tenant_id, created_at, id);
CREATE INDEX rw_text_part_ready on rw_text_part (carrier_id, node, due_at, created_at, text_id, number) where state = 'ready';
CREATE INDEX rw_text_part_open on rw_text_part (carrier_id, node) where state in ('submitting', 'in_doubt', 'closed');
CREATE INDEX rw_text_part_centre on rw_text_part (carrier_id, centre_key) where centre_key is not null;
CREATE INDEX rw_text_part_age on rw_text_part (tenant_id, created_at, text_id, number);
CREATE INDEX rw_text_receipt_carrier on rw_text_receipt (carrier_id, received_at);
CREATE INDEX rw_text_arrival_digest on rw_text_arrival (carrier_id, digest);
CREATE INDEX rw_text_arrival_age on rw_text_arrival (carrier_id, received_at);
CREATE INDEX rw_text_fragment_age on rw_text_fragment (received_at);
CREATE INDEX rw_text_part_nameless on rw_text_part (carrier_id, created_at) where state = 'accepted' and centre_id is null;
CREATE INDEX rw_resource_toll_free_verification_status on rw_resource (tenant_id, (case json_type(doc, '$."verificationStatus"') when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, '$."verificationStatus"') as text) end), created_at, id)
    where kind = 'toll_free_verification' and deleted_at is null;
CREATE INDEX rw_resource_ai_assistant_version_assistant on rw_resource (tenant_id, (case json_type(doc, '$."assistant_id"') when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, '$."assistant_id"') as text) end), created_at, id)
    where kind = 'ai_assistant_version' and deleted_at is null;
CREATE INDEX rw_resource_ai_message_conversation on rw_resource (tenant_id, (case json_type(doc, '$."conversation_id"') when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, '$."conversation_id"') as text) end), created_at, id)
    where kind = 'ai_message' and deleted_at is null;
CREATE INDEX rw_resource_ai_conversation_insight_conversation on rw_resource (tenant_id, (case json_type(doc, '$."conversation_id"') when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, '$."conversation_id"') as text) end), created_at, id)
    where kind = 'ai_conversation_insight' and deleted_at is null;
CREATE INDEX rw_resource_ai_scheduled_event_assistant on rw_resource (tenant_id, (case json_type(doc, '$."assistant_id"') when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, '$."assistant_id"') as text) end), created_at, id)
    where kind = 'ai_scheduled_event' and deleted_at is null;
CREATE INDEX rw_resource_voipbin_queuecall_status on rw_resource (tenant_id, (case json_type(doc, '$."status"') when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, '$."status"') as text) end), created_at, id)
    where kind = 'voipbin_queuecall' and deleted_at is null;
CREATE INDEX rw_resource_voipbin_queuecall_reference on rw_resource (tenant_id, (case json_type(doc, '$."reference_id"') when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, '$."reference_id"') as text) end), created_at, id)
    where kind = 'voipbin_queuecall' and deleted_at is null;
CREATE INDEX rw_chakra_call_logged on rw_chakra_call (tenant_id, created_at, id) where is_logged;
CREATE UNIQUE INDEX rw_chakra_call_provider on rw_chakra_call (tenant_id, provider, provider_call_id) where provider_call_id is not null;
CREATE INDEX users_tenant on users (tenant_id, role);
CREATE INDEX users_client on users (tenant_id, client_id) where client_id is not null;
CREATE INDEX campaigns_client on campaigns (tenant_id, client_id);
CREATE INDEX agent_mappings_client on agent_mappings (tenant_id, client_id) where client_id is not null;
CREATE UNIQUE INDEX agency_phone_numbers_number on agency_phone_numbers (phone_number) where status <> 'released';
CREATE INDEX agency_phone_numbers_agent on agency_phone_numbers (tenant_id, agent_mapping_id) where agent_mapping_id is not null;
CREATE INDEX call_batches_tenant on call_batches (tenant_id, created_at, id);
CREATE INDEX call_batches_open on call_batches (status) where status not in ('completed', 'failed');
CREATE UNIQUE INDEX campaign_contacts_number on campaign_contacts (batch_id, phone_number) where batch_id is not null;
CREATE INDEX campaign_contacts_status on campaign_contacts (batch_id, status);
CREATE INDEX campaign_contacts_campaign on campaign_contacts (tenant_id, campaign_id, created_at, id);
CREATE INDEX campaign_contacts_calling on campaign_contacts (batch_id) where status = 'calling';
CREATE UNIQUE INDEX campaigns_name on campaigns (tenant_id, client_id, lower(name)) where archived_at is null;
CREATE INDEX call_notes_call on call_notes (tenant_id, call_id, created_at, id);
CREATE INDEX api_keys_tenant on api_keys (tenant_id, created_at, id);
CREATE INDEX idempotency_keys_age on idempotency_keys (tenant_id, created_at);
CREATE INDEX campaign_contacts_callback on campaign_contacts (batch_id) where callback_at is not null;
CREATE INDEX user_sessions_user on user_sessions (tenant_id, user_id, used_at, id);
CREATE UNIQUE INDEX agency_tools_name on agency_tools (tenant_id, lower(name));
CREATE UNIQUE INDEX campaign_contacts_waiting on campaign_contacts (campaign_id, phone_number) where batch_id is null;
CREATE UNIQUE INDEX call_turns_place on call_turns (tenant_id, call_id, place);
CREATE UNIQUE INDEX enrichment_queue_live on enrichment_queue (call_id, type) where status in ('pending', 'processing');
CREATE INDEX enrichment_queue_open on enrichment_queue (type, created_at) where status <> 'completed';
CREATE INDEX enrichment_queue_tenant on enrichment_queue (tenant_id, created_at);
CREATE INDEX webhook_queue_open on webhook_queue (created_at, id) where status <> 'completed';
CREATE INDEX webhook_queue_tenant on webhook_queue (tenant_id, created_at, id);
CREATE INDEX webhook_queue_call on webhook_queue (tenant_id, provider_call_id);
CREATE INDEX webhook_logs_tenant on webhook_logs (tenant_id, received_at, id);
CREATE INDEX webhook_logs_call on webhook_logs (tenant_id, provider_call_id) where provider_call_id is not null;
CREATE INDEX provider_calls_started on provider_calls (tenant_id, started_at, id);
CREATE UNIQUE INDEX historical_sync_jobs_live on historical_sync_jobs (tenant_id) where status in ('pending', 'in_progress');
CREATE INDEX historical_sync_jobs_tenant on historical_sync_jobs (tenant_id, created_at, id);
CREATE INDEX historical_sync_errors_job on historical_sync_errors (tenant_id, job_id, created_at, id);
CREATE INDEX provider_calls_open on provider_calls (started_at) where ended_at is null;
CREATE INDEX agency_alerts_tenant on agency_alerts (tenant_id, created_at, id);
CREATE INDEX campaign_contacts_phone on campaign_contacts (tenant_id, phone_number);
CREATE INDEX call_batches_test on call_batches (tenant_id) where is_test;
CREATE INDEX calls_analyzed on calls (tenant_id, analyzed_at) where analyzed_at is not null;
CREATE INDEX campaign_contacts_completed on campaign_contacts (tenant_id, completed_at, id) where completed_at is not null;
CREATE INDEX provider_calls_updated on provider_calls (tenant_id, updated_at);
CREATE UNIQUE INDEX rate_plans_name on rate_plans (tenant_id, lower(name));
CREATE UNIQUE INDEX usage_ledger_calls on usage_ledger (tenant_id, client_id, subject) where kind = 'call';
CREATE UNIQUE INDEX usage_ledger_numbers on usage_ledger (tenant_id, client_id, subject, month) where kind = 'number';
CREATE INDEX usage_ledger_month on usage_ledger (tenant_id, client_id, month, occurred_at, id);
CREATE INDEX usage_ledger_time on usage_ledger (tenant_id, occurred_at);
CREATE INDEX agency_phone_numbers_pending on agency_phone_numbers (phone_number) where status = 'pending';
CREATE INDEX webhook_logs_event on webhook_logs (tenant_id, event_id, received_at) where event_id is not null;
CREATE INDEX agency_hour_sums_at on agency_hour_sums (tenant_id, starts_at);
CREATE INDEX agency_hour_costs_at on agency_hour_costs (tenant_id, starts_at);
CREATE INDEX agency_hour_marks_at on agency_hour_marks (tenant_id, starts_at);
CREATE UNIQUE INDEX agency_tools_provider on agency_tools (tenant_id, provider_tool_id) where provider_tool_id is not null;
CREATE INDEX calls_agent on calls (tenant_id, agent_mapping_id) where agent_mapping_id is not null;
CREATE INDEX campaign_contacts_external on campaign_contacts (tenant_id, external_id) where external_id is not null;
CREATE INDEX imports_tenant on imports (tenant_id, created_at, id);
CREATE INDEX imports_batch on imports (tenant_id, batch_id);
CREATE INDEX imports_campaign on imports (tenant_id, campaign_id);
CREATE INDEX campaign_contacts_blocked on campaign_contacts (tenant_id, completed_at) where block_reason is not null;
CREATE INDEX agency_hour_tools_at on agency_hour_tools (tenant_id, starts_at);
CREATE INDEX agency_hours_formless on agency_hours (tenant_id, starts_at) where form is null;
CREATE INDEX webhook_queue_health on webhook_queue (tenant_id, status, next_retry_at, created_at) where status <> 'completed';
CREATE INDEX enrichment_queue_health on enrichment_queue (tenant_id, status, next_retry_at, created_at) where status <> 'completed';
CREATE UNIQUE INDEX agencies_account on agencies (tenant_id);
CREATE VIEW dnc_entries as
select entry.id, case when entry.tenant_id is null then 'platform' when account.parent_id is null then 'agency' else 'client' end as scope,
    coalesce(account.parent_id, account.id) as agency_id, case when account.parent_id is null then null else account.id end as client_id,
    entry.number as phone_number, entry.reason, entry.source, entry.leg_id as source_call_id, entry.evidence,
    entry.is_provisional as provisional, entry.expires_at, entry.added_by, entry.created_at as added_at
from rw_do_not_call entry left join rw_tenant account on account.id = entry.tenant_id;
CREATE VIEW consent_records as
select consent.id, coalesce(account.parent_id, account.id) as agency_id,
    case when account.parent_id is null then null else account.id end as client_id, consent.number as phone_number, consent.kind,
    consent.channel, consent.source, consent.text_version, consent.evidence, consent.given_at as captured_at, consent.revoked_at,
    consent.revoked_by
from rw_consent consent join rw_tenant account on account.id = consent.tenant_id;
CREATE VIEW dial_attempts as
select attempt.id, coalesce(account.parent_id, account.id) as agency_id,
    case when account.parent_id is null then null else account.id end as client_id, batch.id as batch_id, contact.id as contact_id,
    attempt.leg_uuid as call_id, attempt.from_party as from_number, attempt.number as to_number, attempt.try as attempt_no,
    attempt.claimed_at as decided_at, attempt.dialled_at as dialed_at, attempt.ended_at, attempt.result, attempt.reason
from rw_attempt attempt join rw_tenant account on account.id = attempt.tenant_id
left join call_batches batch on batch.id = attempt.campaign_id left join campaign_contacts contact on contact.id = attempt.target_id;
CREATE VIEW v_call_batch_summary as
select summed.id, summed.agency_id, summed.campaign_id, summed.status, summed.total_calls, summed.completed_count, summed.failed_count,
    summed.pending_count, summed.in_progress_count, case when summed.total_calls = 0 then 0
        else cast(round(100.0 * (summed.completed_count + summed.failed_count) / summed.total_calls) as integer) end as progress_pct,
    summed.created_at, summed.completed_at
from (
    select batch.id, batch.tenant_id as agency_id, batch.campaign_id, batch.status, batch.total_contacts as total_calls,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status = 'completed') as completed_count,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status = 'failed') as failed_count,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status in ('pending', 'scheduled')) as pending_count,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status = 'calling') as in_progress_count,
        batch.created_at, batch.completed_at
    from call_batches batch
) summed;
CREATE VIEW v_campaign_progress as
select campaign.id as campaign_id, campaign.tenant_id as agency_id, campaign.client_id, count(contact.id) as contacts,
    count(case when contact.status = 'pending' then 1 end) as pending_count,
    count(case when contact.status = 'scheduled' then 1 end) as scheduled_count,
    count(case when contact.status = 'calling' then 1 end) as calling_count,
    count(case when contact.status = 'completed' then 1 end) as completed_count,
    count(case when contact.status = 'failed' then 1 end) as failed_count,
    count(case when contact.outcome = 'answered' then 1 end) as answered_count,
    count(case when contact.outcome = 'no_answer' then 1 end) as no_answer_count,
    count(case when contact.outcome = 'voicemail' then 1 end) as voicemail_count,
    count(case when contact.outcome = 'busy' then 1 end) as busy_count,
    count(case when contact.outcome = 'declined' then 1 end) as declined_count,
    count(case when contact.outcome = 'callback_scheduled' then 1 end) as callback_scheduled_count,
    coalesce(sum(contact.attempts), 0) as attempts, min(contact.next_attempt_at) as next_due_at
from campaigns campaign
left join campaign_contacts contact on contact.tenant_id = campaign.tenant_id and contact.campaign_id = campaign.id
group by campaign.id, campaign.tenant_id, campaign.client_id;
CREATE VIEW v_queue_health as
select entry.tenant_id as agency_id, entry.queue, count(case when entry.status = 'pending' then 1 end) as pending,
    count(case when entry.status = 'processing' then 1 end) as processing,
    count(case when entry.status = 'failed' and entry.next_retry_at is not null then 1 end) as retryable,
    count(case when entry.status = 'failed' and entry.next_retry_at is null then 1 end) as dead,
    cast(strftime('%s', 'now') as integer)
        - cast(strftime('%s', min(case when entry.status = 'pending' then entry.created_at end)) as integer) as oldest_pending_age_seconds
from (
    select tenant_id, 'webhook' as queue, status, next_retry_at, created_at from webhook_queue
    union all select tenant_id, 'enrichment' as queue, status, next_retry_at, created_at from enrichment_queue
) entry group by entry.tenant_id, entry.queue;
CREATE VIEW ultravox_voices as
select voice.id, voice.tenant_id as agency_id, voice.name, voice.description, voice.primary_language, voice.preview_url,
    'ultravox' as provider, voice.is_public, voice.synced_at
from agency_voices voice;
CREATE VIEW audit_log as
select entry.id, coalesce(account.parent_id, account.id) as agency_id,
    case when account.parent_id is null then null else account.id end as client_id,
    case when entry.key_id like 'user %' then substr(entry.key_id, 6) end as actor_user_id,
    case when entry.key_id like 'user %' then 'user' else entry.made_by end as actor_kind, entry.change_type as action,
    entry.record_type as resource, entry.resource_id, entry.changes, entry.at
from rw_audit_event entry join rw_tenant account on account.id = entry.tenant_id;
CREATE VIEW call_tags as
select noted.id as call_id, noted.tenant_id as agency_id, noted.client_id, tag.value as tag
from calls noted, json_each(noted.tags) tag where noted.tags is not null;
CREATE VIEW outbound_webhooks as
select hook.id, hook.tenant_id as agency_id, json_extract(hook.doc, '$.client_id') as client_id, json_extract(hook.doc, '$.url') as url,
    json_extract(hook.doc, '$.events') as events, json_extract(hook.doc, '$.is_active') as is_active, hook.created_at, hook.updated_at
from rw_resource hook where hook.kind = 'agency_outbound_webhook' and hook.deleted_at is null;
CREATE TRIGGER agency_hour_leg_insert after insert on rw_leg begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(new.started_at, 1, 13) || ':00:00.000000Z', substr(new.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = new.tenant_id;
end;
CREATE TRIGGER agency_hour_leg_update after update of tenant_id, uuid, direction, started_at, answered_at, ended_at, cause on rw_leg begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(old.started_at, 1, 13) || ':00:00.000000Z', substr(old.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = old.tenant_id;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(new.started_at, 1, 13) || ':00:00.000000Z', substr(new.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = new.tenant_id;
end;
CREATE TRIGGER agency_hour_leg_delete after delete on rw_leg begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(old.started_at, 1, 13) || ':00:00.000000Z', substr(old.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = old.tenant_id;
end;
CREATE TRIGGER agency_hour_record_insert after insert on rw_call_record begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = new.leg_id;
end;
CREATE TRIGGER agency_hour_record_update after update on rw_call_record begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = old.leg_id;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = new.leg_id;
end;
CREATE TRIGGER agency_hour_record_delete after delete on rw_call_record begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = old.leg_id;
end;
CREATE TRIGGER agency_hour_note_insert after insert on calls begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = new.id
    where t.id = new.tenant_id or t.parent_id = new.tenant_id;
end;
CREATE TRIGGER agency_hour_note_update after update on calls begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = old.id
    where t.id = old.tenant_id or t.parent_id = old.tenant_id;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = new.id
    where t.id = new.tenant_id or t.parent_id = new.tenant_id;
end;
CREATE TRIGGER agency_hour_note_delete after delete on calls begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = old.id
    where t.id = old.tenant_id or t.parent_id = old.tenant_id;
end;
CREATE TRIGGER agency_hour_attempt_insert after insert on rw_attempt begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = new.tenant_id and l.uuid = new.leg_uuid;
end;
CREATE TRIGGER agency_hour_attempt_update after update of tenant_id, campaign_id, leg_uuid on rw_attempt begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = old.tenant_id and l.uuid = old.leg_uuid;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = new.tenant_id and l.uuid = new.leg_uuid;
end;
CREATE TRIGGER agency_hour_attempt_delete after delete on rw_attempt begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = old.tenant_id and l.uuid = old.leg_uuid;
end;
CREATE TRIGGER agency_hour_batch_insert after insert on call_batches when new.is_test begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where a.campaign_id = new.id;
end;
CREATE TRIGGER agency_hour_batch_update after update of is_test on call_batches begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where a.campaign_id = new.id;
end;
CREATE TRIGGER agency_hour_batch_delete after delete on call_batches when old.is_test begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where a.campaign_id = old.id;
end;
CREATE TRIGGER agency_hour_agency_insert after insert on agencies begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join rw_leg l on l.tenant_id = t.id where t.id = new.tenant_id or t.parent_id = new.tenant_id;
end;
CREATE TRIGGER agency_hour_agency_delete after delete on agencies begin
    delete from agency_hours where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_sums where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_costs where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_marks where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
end;
CREATE TRIGGER agency_hour_account_delete after delete on rw_tenant begin
    delete from agency_hours where tenant_id = old.id;
    delete from agency_hour_sums where tenant_id = old.id;
    delete from agency_hour_costs where tenant_id = old.id;
    delete from agency_hour_marks where tenant_id = old.id;
end;
