-- What a language model has said that it costs to judge the call, all tries together, in millionths of a US dollar; null where none has.
alter table calls add column analysis_cost_micros bigint;
-- The same of all calls of an hour.
alter table agency_hour_sums add column llm_micros bigint not null default 0;
