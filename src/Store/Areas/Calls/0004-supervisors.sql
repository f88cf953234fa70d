-- Who hears a supervisor, in place of whether it is some of them alone; and who takes part now, apart from the thousands that a long conference has seen go.
alter table rw_participant add column role -- @enum none|barge|monitor|whisper not null default 'none';
update rw_participant set role = 'whisper' where is_whispering;
alter table rw_participant drop column is_whispering;
create index rw_participant_joined on rw_participant (conference_id, created_at) where status = 'joined';
