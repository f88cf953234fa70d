-- When nobody more is called for a batch; null for never.
alter table call_batches add column window_end -- @time;
-- How often it has gone on by itself after its calls had failed, and when it went on last: what was before is not counted again.
alter table call_batches add column circuit_resumes integer not null default 0;
alter table call_batches add column resumed_at -- @time;
