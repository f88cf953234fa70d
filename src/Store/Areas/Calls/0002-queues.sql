-- Queues in which calls wait, as long as one does, and the calls of each.
create table rw_queue (
    id text not null primary key,
    uuid text not null,
    tenant_id text not null,
    name text not null,
    max_size integer not null,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_queue_name on rw_queue (tenant_id, name);
create table rw_queued_call (
    leg_id text not null primary key,
    queue_id text not null,
    tenant_id text not null,
    entry bigint not null,
    enqueued_at -- @time not null
);
create index rw_queued_call_queue on rw_queued_call (queue_id, entry);
create index rw_ledger_queue_ended on rw_ledger (tenant_id, at) where type = 'queue_ended';
