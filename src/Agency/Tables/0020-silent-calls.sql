-- Calls of providers that nobody has said to be over: when their provider was asked.
alter table provider_calls add column asked_at -- @time;
create index provider_calls_open on provider_calls (started_at) where ended_at is null;
