-- Audio files that tenants keep under names; the bytes are files below DATA/media.
create table rw_media (
    tenant_id text not null references rw_tenant (id),
    name text not null,
    content_type text not null,
    file text not null unique,
    sha256 text not null,
    bytes bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    expires_at -- @time not null,
    primary key (tenant_id, name)
);
create index rw_media_expires on rw_media (expires_at);
