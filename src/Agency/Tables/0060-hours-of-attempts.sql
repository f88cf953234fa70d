-- How many calls of the hour batches have placed, and how many of them beyond the hours of the law; null until the hour is added up anew.
alter table agency_hours add column attempts bigint;
alter table agency_hours add column beyond_hours bigint;
alter table agency_hours add column overridden bigint;
alter table agency_hours add column zoneless bigint;
create index agency_hours_open on agency_hours (tenant_id, starts_at) where attempts is null;
create index campaign_contacts_blocked on campaign_contacts (tenant_id, completed_at) where block_reason is not null;
