-- Whether a provider has signed it: what nobody has signed brings no agent into being.
alter table webhook_queue add column verified boolean not null default false;
-- How many a job has read: a list that never ends is left.
alter table historical_sync_jobs add column pages integer not null default 0;
