-- Since when nothing of what was said in a call is kept.
alter table calls add column redacted_at -- @time;
