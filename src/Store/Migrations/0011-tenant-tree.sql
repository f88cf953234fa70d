-- A tenant may have tenants below it, and those have none. Limits without a value limit nothing.
alter table rw_tenant add column parent_id text references rw_tenant (id);
alter table rw_tenant add column daily_spend_limit_micros bigint;
alter table rw_tenant add column request_rate integer;
alter table rw_tenant add column media_bytes_limit bigint;
