-- Campaigns, the lists of whom they call, and each attempt to call one of them.
create table rw_target_list (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null,
    created_at -- @time not null
);
create table rw_campaign (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null,
    -- One that a backup brings does not begin to call by itself: whom it has called since is not in the backup.
    state -- @enum stop|run|stopping not null default 'stop',
    stop_reason text default 'restored',
    list_id text not null references rw_target_list (id),
    terms -- @json not null,
    holder bigint,
    held_until bigint,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_campaign_tenant on rw_campaign (tenant_id, created_at, id);
create index rw_campaign_running on rw_campaign (state) where state <> 'stop';
create table rw_target (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    list_id text not null references rw_target_list (id),
    name text not null,
    data text,
    timezone text,
    -- Whoever is on the list twice by this is on it once.
    identity_key text,
    destinations -- @json not null,
    state -- @enum idle|progressing|done not null,
    outcome text,
    due_at -- @time not null,
    round integer not null default 0,
    tries_0 integer not null default 0,
    tries_1 integer not null default 0,
    tries_2 integer not null default 0,
    tries_3 integer not null default 0,
    tries_4 integer not null default 0,
    created_at -- @time not null,
    updated_at -- @time not null,
    deleted_at -- @time
);
create unique index rw_target_identity on rw_target (list_id, identity_key) where identity_key is not null and deleted_at is null;
create index rw_target_due on rw_target (list_id, due_at, id) where state = 'idle' and deleted_at is null;
create index rw_target_state on rw_target (list_id, state) where deleted_at is null;
create table rw_attempt (
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
    state -- @enum claimed|dialled|answered|ended|settled|returned not null,
    node bigint not null,
    leg_id text,
    leg_uuid text,
    claimed_at -- @time not null,
    dialled_at -- @time,
    answered_at -- @time,
    ended_at -- @time,
    cause text,
    sip_status integer,
    talk_seconds integer,
    result text,
    reason text,
    evidence -- @json not null
);
-- Nobody is dialled twice for the same try, and nobody is called by two campaigns at once: the database says so.
create unique index rw_attempt_try on rw_attempt (target_id, round, destination, try) where state <> 'returned';
create unique index rw_attempt_live on rw_attempt (tenant_id, number) where state in ('claimed', 'dialled', 'answered');
create index rw_attempt_unsettled on rw_attempt (state, ended_at) where state in ('claimed', 'ended');
create index rw_attempt_open on rw_attempt (campaign_id) where state in ('claimed', 'dialled', 'answered', 'ended');
create index rw_attempt_campaign on rw_attempt (campaign_id, claimed_at, id);
create index rw_attempt_number on rw_attempt (tenant_id, number, claimed_at);
create table rw_attempt_tombstone (
    id text not null primary key,
    owner_id text not null,
    number_hash text not null,
    facts -- @json not null,
    created_at -- @time not null
);
