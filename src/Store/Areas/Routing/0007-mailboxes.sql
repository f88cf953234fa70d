-- Numbers with voicemail. The PIN is sealed; no row is a number that never had any.
create table rw_mailbox (
    tenant_id text not null references rw_tenant (id),
    number text not null,
    is_enabled boolean not null,
    pin text,
    failures integer not null,
    locked_until -- @time,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, number)
);
