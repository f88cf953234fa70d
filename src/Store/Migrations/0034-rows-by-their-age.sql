-- What is kept for a time only is found by its age, account by account. (Events by rw_ledger_ended, records and saved recordings by the indexes of their lists.)
create index rw_leg_ended on rw_leg (tenant_id, ended_at) where ended_at is not null;
create index rw_recording_failed on rw_recording (tenant_id, updated_at) where state = 'failed';
