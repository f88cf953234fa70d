-- What was said on recordings. A row is there from the end of a recording that asked for it.
create table rw_recording_transcription (
    id text not null primary key,
    tenant_id text not null,
    recording_id text not null,
    leg_id text not null,
    state -- @enum in_progress|completed|failed not null,
    length_ms bigint not null,
    text text,
    detail text,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_recording_transcription_of on rw_recording_transcription (tenant_id, recording_id);
create index rw_recording_transcription_age on rw_recording_transcription (tenant_id, created_at);
