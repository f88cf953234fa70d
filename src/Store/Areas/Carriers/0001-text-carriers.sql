-- Centres of other networks by which texts go out and come in, and each part of a text on its way there.
create table rw_text_carrier (
    id text not null primary key,
    name text not null unique,
    is_enabled boolean not null,
    host text not null,
    port integer not null,
    is_tls boolean not null,
    system_id text not null,
    -- Sealed.
    password text not null,
    system_type text not null,
    prefixes -- @json not null,
    priority integer not null,
    rate integer not null,
    window_size integer not null,
    alphabet text not null check (alphabet in ('gsm7', 'latin1')),
    joining -- @enum header|parameters|whole not null,
    on_unknown -- @enum wait|resend not null,
    created_at -- @time not null,
    updated_at -- @time not null
);
create table rw_text_part (
    text_id text not null,
    tenant_id text not null references rw_tenant (id),
    number integer not null,
    carrier_id text not null,
    -- Who has the bind by which it goes.
    node integer not null,
    state -- @enum ready|submitting|accepted|rejected|in_doubt|closed|final|dropped not null,
    attempt integer not null,
    -- Of those, how often the centre has asked for another one later.
    tries integer not null,
    -- Sent with it: a centre may give it back where it says what became of the part.
    reference integer not null,
    -- As the centre says it, and in the form in which ids are compared.
    centre_id text,
    centre_key text,
    outcome text,
    error text,
    -- Not before then; null unless it is ready.
    due_at -- @time,
    submitted_at -- @time,
    created_at -- @time not null,
    primary key (text_id, number)
);
create index rw_text_part_ready on rw_text_part (carrier_id, node, due_at, created_at, text_id, number) where state = 'ready';
create index rw_text_part_open on rw_text_part (carrier_id, node) where state in ('submitting', 'in_doubt', 'closed');
create index rw_text_part_centre on rw_text_part (carrier_id, centre_key) where centre_key is not null;
create index rw_text_part_age on rw_text_part (tenant_id, created_at, text_id, number);
-- What a centre has said of a text before it answered that it has it, or of one that nobody knows.
create table rw_text_receipt (
    id text not null primary key,
    carrier_id text not null,
    centre_id text not null,
    outcome text not null,
    reference integer,
    error text,
    sender text not null,
    recipient text not null,
    received_at -- @time not null
);
create index rw_text_receipt_carrier on rw_text_receipt (carrier_id, received_at);
-- What a centre has brought lately: it brings it once more when the bind broke before it had its answer.
create table rw_text_arrival (
    carrier_id text not null,
    bind text not null,
    number integer not null,
    digest text not null,
    received_at -- @time not null,
    primary key (carrier_id, bind, number)
);
create index rw_text_arrival_digest on rw_text_arrival (carrier_id, digest);
create index rw_text_arrival_age on rw_text_arrival (carrier_id, received_at);
-- Parts of texts that have not all come yet.
create table rw_text_fragment (
    tenant_id text not null references rw_tenant (id),
    carrier_id text not null,
    sender text not null,
    recipient text not null,
    reference integer not null,
    total integer not null,
    number integer not null,
    coding integer not null,
    octets text not null,
    received_at -- @time not null,
    primary key (tenant_id, carrier_id, sender, recipient, reference, total, number)
);
create index rw_text_fragment_age on rw_text_fragment (received_at);
