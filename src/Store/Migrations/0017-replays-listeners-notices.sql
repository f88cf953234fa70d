-- What it takes to send a finished delivery once more; null for deliveries that were finished before.
alter table rw_delivery add column format text;
alter table rw_delivery add column failover_url text;
alter table rw_delivery add column method text;
alter table rw_delivery add column timeout_ms integer;
alter table rw_delivery add column version text;

-- Tenants whose events somebody listens to, and until when they are kept for who comes back.
create table rw_listener (
    tenant_id text not null primary key references rw_tenant (id),
    until -- @time not null
);

-- The events of those tenants in the order of their commit, whether or not they go to a URL.
create table rw_stream_event (
    seq -- @seq,
    tenant_id text not null,
    message_id text not null,
    format text not null,
    event_type text not null,
    url text not null,
    version text not null,
    occurred_at -- @time not null,
    body text not null,
    kept_at -- @time not null
);
create index rw_stream_event_tenant on rw_stream_event (tenant_id, seq);

-- What is to be told once: a message with such a key is written only by the first who has it.
create table rw_outbox_once (
    tenant_id text not null,
    key text not null,
    created_at -- @time not null,
    primary key (tenant_id, key)
);
