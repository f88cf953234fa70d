-- What an account below another one is for who manages it. Its keys are sealed text, because its manager may read them again.
alter table rw_tenant add column organization text;
alter table rw_tenant add column email text;
alter table rw_tenant add column has_own_prices boolean not null default false;
alter table rw_tenant add column keys text;
alter table rw_tenant add column disabled_at -- @time;
alter table rw_tenant add column updated_at -- @time;

-- Where the keys of an account may be used from. Without a row: from everywhere.
create table rw_access_network (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    kind -- @enum address|range not null,
    network text not null,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id),
    unique (tenant_id, kind, network)
);
