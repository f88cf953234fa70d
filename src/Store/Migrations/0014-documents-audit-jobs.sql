-- Plain resources: one JSON object each, under its kind. What is deleted softly keeps its row and is found by nobody.
create table rw_resource (
    tenant_id text not null references rw_tenant (id),
    kind text not null,
    id text not null,
    doc -- @json not null,
    secret text,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    deleted_at -- @time,
    primary key (tenant_id, kind, id)
);
create index rw_resource_order on rw_resource (tenant_id, kind, created_at, id) where deleted_at is null;

-- The values that no second resource of the tenant may have.
create table rw_resource_key (
    tenant_id text not null,
    kind text not null,
    field text not null,
    value text not null,
    id text not null,
    primary key (tenant_id, kind, field, value),
    foreign key (tenant_id, kind, id) references rw_resource (tenant_id, kind, id)
);
create index rw_resource_key_resource on rw_resource_key (tenant_id, kind, id);

-- Who changed what.
create table rw_audit_event (
    seq -- @seq,
    tenant_id text not null references rw_tenant (id),
    at -- @time not null,
    id text not null,
    made_by -- @enum owner|member|manager|operator|node not null,
    key_id text,
    change_type text not null,
    record_type text not null,
    resource_id text not null,
    changes -- @json not null
);
create index rw_audit_event_order on rw_audit_event (tenant_id, at, seq);

-- Work that outlives the request that asked for it. Whoever holds the lease does it; a lease that ran out is anybody's.
create table rw_job (
    tenant_id text not null references rw_tenant (id),
    id text not null primary key,
    kind text not null,
    state -- @enum pending|running|complete|failed|cancelled not null,
    input -- @json not null,
    result -- @json,
    failure text,
    done bigint not null,
    total bigint,
    attempts integer not null,
    due_at -- @time not null,
    lease text,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_job_due on rw_job (due_at) where state in ('pending', 'running');
create index rw_job_order on rw_job (tenant_id, kind, created_at, id);
