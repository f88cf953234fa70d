-- When somebody of the account began to talk with whoever was called, for campaigns whose calls agents take.
alter table rw_attempt add column agent_at -- @time;
create index rw_attempt_answered on rw_attempt (campaign_id, answered_at, agent_at) where answered_at is not null;
