-- The lists of all conferences of an account, newest first.
create index rw_conference_created on rw_conference (tenant_id, created_at, id);
