-- Numbers of the operator that accounts may find and order. Each is on the node once: here, or with an account.
create table rw_stock_number (
    text text not null primary key,
    national text not null,
    reversed text not null,
    country text not null,
    type -- @enum local|toll_free|mobile|national|shared_cost not null,
    ndc text not null,
    locality text,
    area text,
    rate_center text,
    features text not null,
    upfront_micros bigint not null,
    monthly_micros bigint not null,
    currency text not null,
    is_reservable boolean not null,
    is_quickship boolean not null,
    block_first text,
    block_size integer,
    state -- @enum available|held|assigned|quarantined|withheld not null,
    holder text,
    until_at -- @time,
    imported_at -- @time not null
);
-- A search gives numbers in their order, and one filter of it is an index.
create index rw_stock_number_country on rw_stock_number (country, national);
create index rw_stock_number_type on rw_stock_number (country, type, national);
create index rw_stock_number_ndc on rw_stock_number (country, ndc, national);
create index rw_stock_number_locality on rw_stock_number (country, locality, national);
create index rw_stock_number_area on rw_stock_number (country, area, national);
create index rw_stock_number_rate_center on rw_stock_number (country, rate_center, national);
create index rw_stock_number_reversed on rw_stock_number (country, reversed);
create index rw_stock_number_block on rw_stock_number (block_first) where block_first is not null;
create index rw_stock_number_holder on rw_stock_number (holder, state) where holder is not null;

-- What an account's searches have shown it, and until when it may order that.
create table rw_found_number (
    tenant_id text not null references rw_tenant (id),
    text text not null,
    until_at -- @time not null,
    primary key (tenant_id, text)
);
create index rw_found_number_until on rw_found_number (tenant_id, until_at);

-- Numbers that accounts pay for by the month, from the day on which they ordered them.
create table rw_number_month (
    tenant_id text not null references rw_tenant (id),
    number text not null,
    price_micros bigint not null,
    currency text not null,
    months integer not null,
    paid_until -- @time not null,
    created_at -- @time not null,
    primary key (tenant_id, number)
);
create index rw_number_month_due on rw_number_month (paid_until);
