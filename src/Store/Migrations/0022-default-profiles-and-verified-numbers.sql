-- The outbound profile that calls of an account go out by when no connection of it places them.
alter table rw_tenant add column default_profile_id bigint;

-- Each account that is there gets one, as a new account does. The program's own ids stand for the time at which they were minted, from 2015 on: these are of
-- a day in 2022, before any of those.
update rw_tenant set default_profile_id = 1000022000000000000 +
    (select count(*) from rw_tenant o where o.created_at < rw_tenant.created_at or o.created_at = rw_tenant.created_at and o.id < rw_tenant.id);

insert into rw_outbound_profile (tenant_id, id, name, is_enabled, destinations, doc, revision, created_at, updated_at)
select t.id, t.default_profile_id, n.name, true, cast('["US","CA"]' as -- @json),
    cast('{"name":"' || n.name || '","enabled":true,"concurrent_call_limit":null,"daily_spend_limit_enabled":false,"service_plan":"global","tags":[],' ||
        '"traffic_type":"conversational","usage_payment_method":"rate-deck","whitelisted_destinations":["US","CA"],' ||
        '"call_recording":{"call_recording_type":"none","call_recording_caller_phone_numbers":[]}}' as -- @json),
    1, t.created_at, t.created_at
from rw_tenant t
join (
    select id, case when exists (select 1 from rw_outbound_profile p where p.tenant_id = a.id and p.name = 'Default') then 'Default ' || default_profile_id else 'Default' end as name
    from rw_tenant a) n on n.id = t.id;

-- Numbers of the public network that accounts have proved to be theirs, by a code that a call told, or by the operator's word.
create table rw_verified_number (
    tenant_id text not null references rw_tenant (id),
    text text not null,
    proved_by -- @enum call|operator not null,
    verified_at -- @time not null,
    primary key (tenant_id, text)
);

-- Calls that told a code. The newest one to a number is the one whose code counts; the others are there to be counted.
create table rw_verification (
    seq -- @seq,
    tenant_id text not null references rw_tenant (id),
    id text not null unique,
    text text not null,
    code text not null,
    wrong_codes integer not null,
    at -- @time not null
);
create index rw_verification_number on rw_verification (text, at);
create index rw_verification_tenant on rw_verification (tenant_id, at);
