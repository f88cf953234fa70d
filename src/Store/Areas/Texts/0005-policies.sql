-- Hours at which an account's texts may arrive, by the clocks of whom it writes to; without a row there is no such limit.
create table rw_text_policy (
    tenant_id text not null primary key references rw_tenant (id),
    policy -- @json not null,
    updated_at -- @time not null
);
