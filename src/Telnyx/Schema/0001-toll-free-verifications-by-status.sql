-- An account that sends for others has a request for each of them, and looks for those that wait for it.
create index rw_resource_toll_free_verification_status on rw_resource (tenant_id, -- @filter verificationStatus, created_at, id)
    where kind = 'toll_free_verification' and deleted_at is null;
