-- By what a provider knows a tool that it has told of; null for one that was made here.
alter table agency_tools add column provider_tool_id text;
-- When the provider has last told of it.
alter table agency_tools add column last_synced_at -- @time;
create unique index agency_tools_provider on agency_tools (tenant_id, provider_tool_id) where provider_tool_id is not null;
-- The same of an agent that is a provider's.
alter table agent_mappings add column last_synced_at -- @time;
