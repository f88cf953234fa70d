-- The lists of all calls of an account, newest first.
create index rw_leg_started on rw_leg (tenant_id, started_at, id);
