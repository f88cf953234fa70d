-- What came of each file of contacts, with the first of the rows that are none.
create table imports (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    campaign_id text not null,
    batch_id text not null,
    file_name text not null,
    status -- @enum completed|failed not null,
    failure_code text,
    received integer not null,
    accepted integer not null,
    duplicates integer not null,
    invalid integer not null,
    suppressed integer not null,
    mapping -- @json not null,
    errors -- @json not null,
    created_at -- @time not null,
    completed_at -- @time not null,
    foreign key (tenant_id, client_id) references clients (tenant_id, id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    foreign key (tenant_id, batch_id) references call_batches (tenant_id, id)
);
create index imports_tenant on imports (tenant_id, created_at, id);
create index imports_batch on imports (tenant_id, batch_id);
