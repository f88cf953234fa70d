-- What the operator charges accounts for calls, and what became of it. Amounts are millionths of a currency's unit; two currencies are never added.

-- Price lists. An import writes its rows with the next revision, a part at a time; they count when the list has that revision. Those before the first one
-- count no more.
create table rw_rate_deck (
    id text not null primary key,
    name text not null unique,
    is_default boolean not null,
    first_revision bigint not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null
);
create unique index rw_rate_deck_default on rw_rate_deck (is_default) where is_default;

create table rw_rate (
    deck_id text not null references rw_rate_deck (id),
    revision bigint not null,
    direction -- @enum inbound|outbound not null,
    prefix text not null,
    effective_from -- @time not null,
    currency text not null,
    price_micros bigint not null,
    initial_seconds integer not null,
    increment_seconds integer not null,
    fee_micros bigint not null,
    primary key (deck_id, revision, direction, prefix, effective_from)
);

-- How a tenant pays; a tenant without a row owes what it calls, without a limit.
create table rw_money_account (
    tenant_id text not null primary key references rw_tenant (id),
    currency text not null,
    credit_limit_micros bigint,
    is_unlimited boolean not null,
    rolls_up boolean not null,
    rate_deck_id text,
    recharge_id text not null,
    is_recharge_enabled boolean not null,
    is_recharge_invoiced boolean not null,
    recharge_preference -- @enum credit_paypal|ach not null,
    recharge_threshold_micros bigint not null,
    recharge_amount_micros bigint not null,
    updated_at -- @time not null
);

-- The ledger of money: rows are only ever added. Charges are negative.
create table rw_money_entry (
    seq -- @seq,
    tenant_id text not null,
    kind -- @enum charge|payment|adjustment not null,
    amount_micros bigint not null,
    currency text not null,
    balance_micros bigint not null,
    product text,
    leg_id text,
    direction -- @enum inbound|outbound,
    profile_id bigint,
    billing_group_id text,
    billed_seconds integer,
    note text not null,
    at -- @time not null
);
create unique index rw_money_entry_charge on rw_money_entry (leg_id) where kind = 'charge' and leg_id is not null;
create index rw_money_entry_at on rw_money_entry (tenant_id, at, seq);

-- The sum of a tenant's entries, written with each of them.
create table rw_money_balance (
    tenant_id text not null,
    currency text not null,
    micros bigint not null,
    primary key (tenant_id, currency)
);

-- Payments that an account has asked for, by its own wish or because its balance fell below its threshold. The operator says when the money is there.
create table rw_payment_request (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    amount_micros bigint not null,
    currency text not null,
    preference -- @enum credit_paypal|ach not null,
    state -- @enum pending|approved|rejected not null,
    made_at -- @time not null,
    decided_at -- @time
);
create unique index rw_payment_request_pending on rw_payment_request (tenant_id) where state = 'pending';
create index rw_payment_request_made on rw_payment_request (made_at, id);

-- What the leg was charged; empty for a leg without a price.
alter table rw_call_record add column billed_seconds integer;
alter table rw_call_record add column rate_micros bigint;
alter table rw_call_record add column cost_micros bigint;
alter table rw_call_record add column cost_currency text;

-- Whether the application hears what each of its legs cost.
alter table rw_connection add column tells_cost boolean not null default false;
