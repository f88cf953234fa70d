-- What ends a leg at its far end after a crash, in the switch's own form. It lives with the leg's row, so that it costs no statement of its own.
alter table rw_leg add column goodbye text;

-- Those of legs that an earlier start left alive, from their end event until their far ends know.
create table rw_goodbye (
    leg_id text not null primary key,
    tenant_id text not null,
    body text not null
);
