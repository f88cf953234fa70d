-- Who must not be called, who has agreed to be, and what is left of both of accounts that have gone.
create table rw_do_not_call (
    id text not null primary key,
    tenant_id text references rw_tenant (id),
    number text not null,
    source -- @enum spoken|keypress|agent|analysis|message|api|import|operator not null,
    reason -- @enum caller_request|national|litigator|reassigned|other not null,
    added_by text not null,
    evidence text,
    leg_id text,
    is_provisional boolean not null,
    expires_at -- @time,
    created_at -- @time not null
);
create unique index rw_do_not_call_number on rw_do_not_call (tenant_id, number) where tenant_id is not null;
create unique index rw_do_not_call_platform on rw_do_not_call (number) where tenant_id is null;
create table rw_consent (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    number text not null,
    kind -- @enum express|written not null,
    channel -- @enum voice|message not null,
    source text not null,
    text_version text,
    evidence text,
    given_at -- @time not null,
    revoked_at -- @time,
    revoked_by text,
    created_at -- @time not null
);
create index rw_consent_number on rw_consent (tenant_id, number, given_at);
create table rw_contact_tombstone (
    id text not null primary key,
    owner_id text not null,
    number_hash text not null,
    kind -- @enum do_not_call|consent not null,
    facts -- @json not null,
    expires_at -- @time,
    created_at -- @time not null
);
create index rw_contact_tombstone_hash on rw_contact_tombstone (number_hash, owner_id);
