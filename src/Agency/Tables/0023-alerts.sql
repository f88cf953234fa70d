-- What somebody is to look at: written down once an hour for each cause, and for whoever listens.
create table agency_alerts (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    kind text not null check (length(kind) between 1 and 50),
    -- Of what it tells: a batch's id, or nothing where it is of the whole agency.
    subject text not null,
    detail text not null,
    created_at -- @time not null
);
create index agency_alerts_tenant on agency_alerts (tenant_id, created_at, id);
-- What a campaign wants to know of its calls, beside what all are asked.
alter table campaigns add column analysis_profile -- @json;
-- How far an agent has done what it was told, in thousandths.
alter table calls add column script_permille integer;
