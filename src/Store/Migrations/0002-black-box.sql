-- What passed on the wire and what was commanded, call by call; secrets are hidden before anything comes here.
create table rw_trace (
    seq -- @seq,
    tenant_id text not null,
    leg_id text not null,
    at -- @time not null,
    kind -- @enum sip|command|note not null,
    is_outgoing boolean not null,
    local text,
    remote text,
    name text not null,
    command_id text,
    outcome text,
    message text
);
create index rw_trace_leg on rw_trace (tenant_id, leg_id, seq);
create index rw_trace_command on rw_trace (tenant_id, at) where kind = 'command';
create index rw_trace_age on rw_trace (at);

-- Which event of which leg a delivery was for; null for deliveries that were finished before.
alter table rw_delivery add column order_key text;
alter table rw_delivery add column occurred_at -- @time;
create index rw_delivery_order on rw_delivery (tenant_id, order_key);
create index rw_delivery_occurred on rw_delivery (tenant_id, occurred_at);
create index rw_ledger_ended on rw_ledger (tenant_id, at) where type = 'leg_ended';
create index rw_outbox_order on rw_outbox (tenant_id, order_key);
