-- Who answered a call that came in: the number that was called was his. Null for a call that a batch placed, which says whose it is.
alter table calls add column agent_mapping_id text;
create index calls_agent on calls (tenant_id, agent_mapping_id) where agent_mapping_id is not null;
