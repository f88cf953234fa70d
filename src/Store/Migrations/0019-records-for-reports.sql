-- What a call used beside its minutes: recordings, verdicts on who answered, spoken texts. Rows stay when what was made is deleted.
create table rw_feature_use (
    tenant_id text not null,
    feature -- @enum recording|machine_detection|speech not null,
    id text not null,
    leg_id text not null,
    leg_uuid text not null,
    session_id text not null,
    connection_id bigint not null,
    direction -- @enum inbound|outbound not null,
    at -- @time not null,
    length_ms bigint,
    bytes bigint,
    primary key (tenant_id, feature, id)
);
create index rw_feature_use_at on rw_feature_use (tenant_id, feature, at, id);

insert into rw_feature_use (tenant_id, feature, id, leg_id, leg_uuid, session_id, connection_id, direction, at, length_ms, bytes)
select r.tenant_id, 'recording', r.id, r.leg_id, r.leg_uuid, r.session_id, r.connection_id, l.direction, r.updated_at, r.length_ms, r.bytes
from rw_recording r join rw_leg l on l.id = r.leg_id where r.state = 'saved';

-- Lists of calls are counted by this index alone, also when they are narrowed to a direction or a connection.
drop index rw_call_record_ended;
create index rw_call_record_ended on rw_call_record (tenant_id, ended_at, leg_id, direction, connection_id);

-- Bundles that the operator offers for a price a month: to everybody, or to the accounts that are listed.
create table rw_bundle (
    id text not null primary key,
    name text not null,
    slug text not null unique,
    cost_code text not null,
    is_active boolean not null,
    is_public boolean not null,
    price_micros bigint not null,
    currency text not null,
    specs -- @json not null,
    limits -- @json not null,
    created_at -- @time not null,
    updated_at -- @time not null
);

create table rw_bundle_offer (
    tenant_id text not null references rw_tenant (id),
    bundle_id text not null references rw_bundle (id),
    primary key (tenant_id, bundle_id)
);

-- Bundles that accounts took. One is paid for until a moment, and while it is active for the month after that too.
create table rw_user_bundle (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    bundle_id text not null references rw_bundle (id),
    order_key text,
    is_active boolean not null,
    paid_until -- @time not null,
    months integer not null,
    created_at -- @time not null,
    updated_at -- @time,
    primary key (tenant_id, id)
);
create index rw_user_bundle_order on rw_user_bundle (tenant_id, created_at, id);
create index rw_user_bundle_key on rw_user_bundle (tenant_id, order_key) where order_key is not null;
create index rw_user_bundle_due on rw_user_bundle (paid_until) where is_active;

-- What they were charged, a row each month, beside the entry in the ledger of money.
create table rw_bundle_charge (
    tenant_id text not null references rw_tenant (id),
    user_bundle_id text not null,
    month integer not null,
    bundle_id text not null references rw_bundle (id),
    price_micros bigint not null,
    currency text not null,
    at -- @time not null,
    primary key (tenant_id, user_bundle_id, month)
);
create index rw_bundle_charge_at on rw_bundle_charge (tenant_id, at);
