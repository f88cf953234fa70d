-- What people write of a call, beside what it came to.
create table call_notes (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text,
    -- The UUID of the leg.
    call_id text not null,
    author text not null,
    body text not null check (length(body) between 1 and 5000),
    created_at -- @time not null,
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
create index call_notes_call on call_notes (tenant_id, call_id, created_at, id);
