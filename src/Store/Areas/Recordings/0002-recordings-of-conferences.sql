-- Of the conference that a recording is of, what customers call that by.
alter table rw_recording add column conference_id text;
create index rw_recording_conference on rw_recording (tenant_id, conference_id) where conference_id is not null;
