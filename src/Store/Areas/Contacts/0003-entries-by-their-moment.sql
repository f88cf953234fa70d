-- Whoever shows how many came onto lists, agreed and took that back within some days reads those alone.
create index rw_do_not_call_added on rw_do_not_call (tenant_id, created_at, source);
create index rw_consent_given on rw_consent (tenant_id, given_at);
create index rw_consent_revoked on rw_consent (tenant_id, revoked_at) where revoked_at is not null;
