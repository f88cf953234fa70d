-- Text messages, out and in, each a row before it leaves or is told; and who has asked for no more of a profile's.
create table rw_text (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    direction -- @enum inbound|outbound not null,
    state -- @enum scheduled|queued|sending|sent|delivered|cancelled|expired|sending_failed|delivery_failed|delivery_unconfirmed|received not null,
    sender text not null,
    recipient text not null,
    profile_id text not null,
    words text not null,
    encoding text not null check (encoding in ('gsm7', 'ucs2')),
    parts integer not null,
    -- What the text asks for, or of an automatic one what it answers.
    keyword -- @enum none|stop|start|help not null,
    is_automatic boolean not null,
    -- Of one part; null without a price.
    price_micros bigint,
    fee_micros bigint,
    currency text,
    error text,
    facts -- @json not null,
    -- When it leaves this state by itself, or is looked at; null when it is over.
    due_at -- @time,
    received_at -- @time not null,
    valid_until -- @time,
    sent_at -- @time,
    completed_at -- @time
);
create index rw_text_due on rw_text (due_at, received_at, id) where due_at is not null;
create index rw_text_pair on rw_text (tenant_id, sender, recipient, received_at);
create index rw_text_profile on rw_text (tenant_id, profile_id, received_at);
create index rw_text_age on rw_text (tenant_id, received_at, id);
create table rw_text_block (
    tenant_id text not null references rw_tenant (id),
    profile_id text not null,
    number text not null,
    sender text not null,
    keyword text,
    created_at -- @time not null,
    primary key (tenant_id, profile_id, number)
);
create index rw_text_block_time on rw_text_block (tenant_id, created_at);
