-- Short codes that the operator has of his carriers, each one account's. Without a profile nothing is sent from one, and nothing comes.
create table rw_short_code (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    code text not null unique,
    country text not null,
    profile_id text,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_short_code_tenant on rw_short_code (tenant_id, created_at, id);
