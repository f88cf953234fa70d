-- SIP equipment of customers: connections with users, addresses and host names of their own. Secrets are sealed text.

alter table rw_connection add column sip -- @json;
alter table rw_connection add column user_name text;
alter table rw_connection add column secret text;
alter table rw_connection add column subdomain text;
alter table rw_connection add column is_subdomain_open boolean not null default false;
create unique index rw_connection_user_name on rw_connection (user_name) where user_name is not null;
create unique index rw_connection_subdomain on rw_connection (subdomain) where subdomain is not null;

create table rw_connection_address (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    connection_id bigint,
    address text not null,
    port integer not null,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, address, port),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);

create table rw_connection_host (
    tenant_id text not null references rw_tenant (id),
    id bigint not null,
    connection_id bigint not null,
    host text not null,
    is_srv boolean not null,
    port integer not null,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, host, is_srv, port),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);

create table rw_sip_credential (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    connection_id bigint not null,
    user_name text not null unique,
    secret text not null,
    expires_at -- @time,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
create index rw_sip_credential_connection on rw_sip_credential (tenant_id, connection_id);

alter table rw_number add column voice -- @json;

alter table rw_outbound_profile add column daily_spend_limit_micros bigint;
alter table rw_outbound_profile add column max_rate_micros bigint;
alter table rw_outbound_profile add column recording -- @json;
