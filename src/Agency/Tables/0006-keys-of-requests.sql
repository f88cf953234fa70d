-- What was answered to requests that must not be done twice, for a day.
create table idempotency_keys (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    -- Whose key it is: the agency's account, or a client's.
    account_id text not null,
    name text not null,
    request_hash text not null,
    -- Null while it is being done, and for good where the process that did it died.
    status integer,
    reply text,
    created_at -- @time not null,
    unique (tenant_id, account_id, name)
);
create index idempotency_keys_age on idempotency_keys (tenant_id, created_at);
