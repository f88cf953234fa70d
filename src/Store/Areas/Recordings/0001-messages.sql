-- A message is a recording that is in the mailbox of a number, and not among the recordings of its account.
alter table rw_recording add column mailbox text;
alter table rw_recording add column heard_at -- @time;
create index rw_recording_message on rw_recording (tenant_id, mailbox, created_at) where mailbox is not null;
