-- What a team has said of a call: of a leg, by its UUID, or of a call that was only logged.
create table rw_chakra_call (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    is_logged boolean not null,
    document -- @json not null,
    from_party text,
    to_party text,
    type -- @enum OUTBOUND|INBOUND,
    call_status text,
    user_id text,
    for_process text,
    provider text,
    provider_call_id text,
    is_wrong_number boolean not null,
    disposed_at -- @time,
    created_at -- @time not null,
    updated_at -- @time not null,
    deleted_at -- @time,
    revision bigint not null,
    primary key (tenant_id, id)
);
create index rw_chakra_call_logged on rw_chakra_call (tenant_id, created_at, id) where is_logged;
create unique index rw_chakra_call_provider on rw_chakra_call (tenant_id, provider, provider_call_id) where provider_call_id is not null;
