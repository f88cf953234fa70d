-- What an agency asks of clients for their calls and numbers.
create table rate_plans (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    name text not null check (length(name) between 1 and 255),
    currency text not null,
    -- Of a minute, and of a number for a month; millionths of the currency's unit.
    minute_micros bigint not null check (minute_micros >= 0),
    number_micros bigint not null check (number_micros >= 0),
    -- Seconds that a call is billed at least, and in what steps beyond.
    initial_seconds integer not null check (initial_seconds > 0),
    step_seconds integer not null check (step_seconds > 0),
    -- Of each month.
    included_minutes integer not null check (included_minutes >= 0),
    created_at -- @time not null,
    updated_at -- @time not null
);
create unique index rate_plans_name on rate_plans (tenant_id, lower(name));
-- Null while nothing is asked of the client.
alter table clients add column rate_plan_id text;
-- Calls that ended before are never charged; null while no plan was ever the client's.
alter table clients add column rated_from -- @time;
-- When the last call ended that was charged.
alter table clients add column rated_to -- @time;

-- What a client was charged, by the plan of that moment: rows are added, and never changed.
create table usage_ledger (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    -- By the agency's clock: 2026-02.
    month text not null,
    kind -- @enum call|number not null,
    -- The UUID of the leg, or the digits of the number.
    subject text not null,
    rate_plan_id text not null,
    billed_seconds integer not null,
    -- Of those, what the plan's minutes covered.
    included_seconds integer not null,
    currency text not null,
    micros bigint not null check (micros >= 0),
    -- When the call ended; when the number was the client's in that month.
    occurred_at -- @time not null,
    created_at -- @time not null,
    foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
create unique index usage_ledger_calls on usage_ledger (tenant_id, client_id, subject) where kind = 'call';
create unique index usage_ledger_numbers on usage_ledger (tenant_id, client_id, subject, month) where kind = 'number';
create index usage_ledger_month on usage_ledger (tenant_id, client_id, month, occurred_at, id);
create index usage_ledger_time on usage_ledger (tenant_id, occurred_at);
