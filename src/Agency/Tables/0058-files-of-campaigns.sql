-- A file may be of a campaign alone, whose contacts wait for a batch.
-- @only sqlite
create table imports_anew (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    campaign_id text not null,
    batch_id text,
    file_name text not null,
    status -- @enum completed|failed not null,
    failure_code text,
    received integer not null,
    accepted integer not null,
    duplicates integer not null,
    updated integer not null default 0,
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
insert into imports_anew (id, tenant_id, client_id, campaign_id, batch_id, file_name, status, failure_code, received, accepted, duplicates,
    updated, invalid, suppressed, mapping, errors, created_at, completed_at)
select id, tenant_id, client_id, campaign_id, batch_id, file_name, status, failure_code, received, accepted, duplicates,
    updated, invalid, suppressed, mapping, errors, created_at, completed_at
from imports;
drop table imports;
alter table imports_anew rename to imports;
create index imports_tenant on imports (tenant_id, created_at, id);
create index imports_batch on imports (tenant_id, batch_id);
-- @end
-- @only postgres
alter table imports alter column batch_id drop not null;
-- @end
create index imports_campaign on imports (tenant_id, campaign_id);
