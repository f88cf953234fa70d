-- What was recorded of calls. A row is there from the first moment, so that a file that a crash left behind finds its call again.
create table rw_recording (
    id text not null primary key,
    tenant_id text not null,
    leg_id text not null,
    leg_uuid text not null,
    session_id text not null,
    connection_id bigint not null,
    from_party text not null,
    to_party text not null,
    plan -- @json not null,
    state -- @enum recording|saved|failed not null,
    started_at -- @time not null,
    ended_at -- @time,
    length_ms bigint,
    bytes bigint,
    blob text,
    detail text,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_recording_saved on rw_recording (tenant_id, created_at) where state = 'saved';
create index rw_recording_open on rw_recording (state) where state = 'recording';
