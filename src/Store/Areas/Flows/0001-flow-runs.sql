-- Lists of actions that run or have run, with a call or without one.
create table rw_flow_run (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    flow_id text,
    state -- @enum running|ended not null,
    -- Why it ended; null while it runs.
    outcome text,
    reference_type text not null,
    reference_id text,
    parent_id text,
    -- Whose process runs it.
    node bigint not null,
    facts -- @json not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    deleted_at -- @time
);
create index rw_flow_run_tenant on rw_flow_run (tenant_id, created_at, id);
create index rw_flow_run_reference on rw_flow_run (tenant_id, reference_id);
create index rw_flow_run_running on rw_flow_run (node, created_at) where state = 'running';
