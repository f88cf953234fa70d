-- Voices that an agency has at its provider, as they were when they were last asked for.
create table agency_voices (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    name text not null,
    description text,
    primary_language text,
    preview_url text,
    is_public boolean not null,
    synced_at -- @time not null,
    primary key (tenant_id, id)
);
