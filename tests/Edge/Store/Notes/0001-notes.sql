-- Colours are the operator's, notes are the accounts'.
create table rw_note_colour (
    id text not null primary key,
    name text not null unique,
    created_at -- @time not null
);

create table rw_note (
    tenant_id text not null references rw_tenant (id),
    id text not null primary key,
    colour_id text not null references rw_note_colour (id),
    words text not null,
    created_at -- @time not null
);
create index rw_note_order on rw_note (tenant_id, created_at, id);
