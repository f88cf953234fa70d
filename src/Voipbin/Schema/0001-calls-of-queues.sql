-- A queue looks for those who wait in it, and a call for the one that it waits by, among all that ever did.
create index rw_resource_voipbin_queuecall_status on rw_resource (tenant_id, -- @filter status, created_at, id)
    where kind = 'voipbin_queuecall' and deleted_at is null;
create index rw_resource_voipbin_queuecall_reference on rw_resource (tenant_id, -- @filter reference_id, created_at, id)
    where kind = 'voipbin_queuecall' and deleted_at is null;
