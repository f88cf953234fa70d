-- The customer's own bucket, to which recordings of a connection's calls go. The secret key is sealed.
create table rw_connection_bucket (
    tenant_id text not null references rw_tenant (id),
    connection_id bigint not null,
    endpoint text,
    region text not null,
    name text not null,
    access_key text not null,
    secret text not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, connection_id) references rw_connection (tenant_id, id)
);
