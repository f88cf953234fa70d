-- The history of calls that a provider has, read page by page: where a job stands, and which calls could not be taken in.
alter table historical_sync_jobs add column date_from -- @time;
alter table historical_sync_jobs add column date_to -- @time;
-- Null for all.
alter table historical_sync_jobs add column max_calls integer;
alter table historical_sync_jobs add column enrich boolean not null default true;
alter table historical_sync_jobs add column total_calls integer;
alter table historical_sync_jobs add column processed_calls integer not null default 0;
alter table historical_sync_jobs add column imported_calls integer not null default 0;
alter table historical_sync_jobs add column skipped_calls integer not null default 0;
alter table historical_sync_jobs add column failed_calls integer not null default 0;
-- Of the page that is next.
alter table historical_sync_jobs add column page_cursor text;
alter table historical_sync_jobs add column reason text;
alter table historical_sync_jobs add column error_message text;
alter table historical_sync_jobs add column last_error_at -- @time;
-- Of the page that is next, which could not be read.
alter table historical_sync_jobs add column attempts integer not null default 0;
alter table historical_sync_jobs add column next_retry_at -- @time;
alter table historical_sync_jobs add column lease_expires_at -- @time;
alter table historical_sync_jobs add column created_by text;
alter table historical_sync_jobs add column started_at -- @time;
alter table historical_sync_jobs add column completed_at -- @time;
alter table historical_sync_jobs add column last_activity_at -- @time;
create unique index historical_sync_jobs_live on historical_sync_jobs (tenant_id) where status in ('pending', 'in_progress');
create index historical_sync_jobs_tenant on historical_sync_jobs (tenant_id, created_at, id);
create table historical_sync_errors (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    job_id text not null references historical_sync_jobs (id),
    provider_call_id text,
    error_message text not null,
    created_at -- @time not null
);
create index historical_sync_errors_job on historical_sync_errors (tenant_id, job_id, created_at, id);
-- What is live comes before what is history.
alter table enrichment_queue add column priority integer not null default 0;
