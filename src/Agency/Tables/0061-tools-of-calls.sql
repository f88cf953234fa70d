-- Which tools agents have asked in calls, without what was said: it stays when that goes.
create table agency_tool_uses (
    tenant_id text not null references rw_tenant (id),
    -- The UUID of the leg.
    call_id text not null,
    invocation_id text not null,
    tool text not null,
    used_at -- @time not null,
    -- Null while there is no answer.
    is_failed boolean,
    took_ms bigint,
    primary key (tenant_id, call_id, invocation_id)
);
-- The same of all calls of an hour, as the other sums of hours.
create table agency_hour_tools (
    tenant_id text not null,
    starts_at -- @time not null,
    direction text not null,
    tool text not null,
    uses bigint not null,
    failed bigint not null,
    took_ms bigint not null
);
create index agency_hour_tools_at on agency_hour_tools (tenant_id, starts_at);
-- @only postgres
select agency_bind_rows();
-- @end
