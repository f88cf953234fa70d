-- Conferences, live and over, and who takes or took part in them.
create table rw_conference (
    id text not null primary key,
    uuid text not null,
    tenant_id text not null,
    name text not null,
    connection_id bigint not null,
    status -- @enum init|in_progress|completed not null,
    created_at -- @time not null,
    expires_at -- @time not null,
    updated_at -- @time not null,
    ended_at -- @time,
    end_reason text,
    ended_by_leg text,
    ended_by_session text
);
create unique index rw_conference_uuid on rw_conference (tenant_id, uuid);
create index rw_conference_name on rw_conference (tenant_id, name, created_at);
create index rw_conference_listed on rw_conference (tenant_id, expires_at);
create index rw_conference_live on rw_conference (id) where ended_at is null;
create table rw_participant (
    id text not null primary key,
    conference_id text not null,
    tenant_id text not null,
    leg_id text not null,
    leg_uuid text not null,
    is_muted boolean not null,
    is_on_hold boolean not null,
    ends_conference boolean not null,
    ends_softly boolean not null,
    is_whispering boolean not null,
    whispers_to -- @json not null,
    status -- @enum joined|left not null,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_participant_conference on rw_participant (conference_id, created_at);
create index rw_ledger_conference_ended on rw_ledger (tenant_id, at) where type = 'conference_ended';
