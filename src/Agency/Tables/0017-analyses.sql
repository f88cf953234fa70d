-- What a model found in what was said in a call, whole; and what is counted of it.
alter table calls add column analysis -- @json;
-- None where nobody had said anything that could be judged.
alter table calls add column analysis_model text;
alter table calls add column analysis_version integer not null default 0;
alter table calls add column analyzed_at -- @time;
-- The disposition that the model found: a person's own stands above it.
alter table calls add column analysis_disposition text;
alter table calls add column sentiment -- @enum positive|neutral|negative;
-- The agent's share of what was said, in thousandths.
alter table calls add column talk_permille integer;
alter table calls add column interruptions integer;
alter table calls add column objections integer;
alter table calls add column objections_handled integer;
alter table calls add column buying_signals integer;
