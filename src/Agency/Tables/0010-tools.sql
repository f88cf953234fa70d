-- What agents may have done while they talk; which agent may what stands in agent_mappings.tools.
create table agency_tools (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 64),
    description text,
    definition -- @json not null,
    created_at -- @time not null,
    updated_at -- @time not null
);
create unique index agency_tools_name on agency_tools (tenant_id, lower(name));
