-- Which leg a dial with an id has made, by the database's clock in milliseconds: for a minute no node dials for that id again. Kept where nodes share a database.
create table rw_dial_claim (
    tenant_id text not null,
    command_id text not null,
    leg_id text not null,
    made_at bigint not null,
    primary key (tenant_id, command_id)
);

-- At which node a SIP user is registered; 0 is nobody's, for the first that starts.
alter table rw_registration add column node integer not null default 0;
-- When the row was changed last, by the database's clock in milliseconds: by it other nodes hear of it.
alter table rw_registration add column touched bigint not null default 0;
create index rw_registration_touched on rw_registration (touched);

-- Who wrote an event: one node's numbers are committed in their order, those of several are not. 0 where there is one node alone.
alter table rw_stream_event add column node integer not null default 0;
drop index rw_stream_event_tenant;
create index rw_stream_event_tenant on rw_stream_event (tenant_id, node, seq);

-- Until when a command may be taken, by the database's clock in milliseconds.
alter table rw_forwarded_command add column take_until bigint not null default 0;

-- What each node uses of what is limited: channels of an account, a profile, a connection; money that its calls hold.
create table rw_use (
    name text not null,
    node integer not null,
    used bigint not null,
    primary key (name, node)
);
