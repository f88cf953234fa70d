-- The lists of recordings that run or are kept: of an account, and of one of its calls, newest first.
create index rw_recording_begun on rw_recording (tenant_id, created_at, id) where mailbox is null and state <> 'failed';
create index rw_recording_of_leg on rw_recording (tenant_id, leg_id);
