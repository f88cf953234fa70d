-- What the model found in a call of a campaign that serves customers: 1 or 0; and how satisfied whoever was called was, 1 to 5. None where
-- nobody has judged, or the campaign is of another kind.
alter table calls add column issue_resolved integer;
alter table calls add column escalated integer;
alter table calls add column satisfaction integer;
-- The same of all calls of an hour; those that say how satisfied somebody was, with what they say added up; and calls that were not the
-- first try of their contact.
alter table agency_hour_sums add column resolved bigint not null default 0;
alter table agency_hour_sums add column escalated bigint not null default 0;
alter table agency_hour_sums add column rated bigint not null default 0;
alter table agency_hour_sums add column stars bigint not null default 0;
alter table agency_hour_sums add column retried bigint not null default 0;
-- In which form the hour was added up; null until it is added up anew.
alter table agency_hours add column form integer;
drop index agency_hours_open;
create index agency_hours_formless on agency_hours (tenant_id, starts_at) where form is null;
-- How the queues stand is asked again and again, and what is over is most of them.
create index webhook_queue_health on webhook_queue (tenant_id, status, next_retry_at, created_at) where status <> 'completed';
create index enrichment_queue_health on enrichment_queue (tenant_id, status, next_retry_at, created_at) where status <> 'completed';
