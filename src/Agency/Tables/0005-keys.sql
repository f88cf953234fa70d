-- Keys of this API. A key is known by its hash alone, and is never more than whoever made it.
create table api_keys (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text,
    name text not null check (length(name) between 1 and 255),
    -- Its first letters, by which people tell keys apart.
    prefix text not null,
    hash text not null unique,
    role -- @enum agency_owner|agency_admin|agency_member|client_admin|client_viewer|admin not null,
    created_by text not null,
    created_at -- @time not null,
    expires_at -- @time,
    revoked_at -- @time,
    check ((client_id is null and role in ('agency_owner', 'agency_admin', 'agency_member'))
        or (client_id is not null and role in ('client_admin', 'client_viewer'))),
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
create index api_keys_tenant on api_keys (tenant_id, created_at, id);
