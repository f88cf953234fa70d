-- Documents of accounts that the node serves itself: whoever knows the token reads one.
create table rw_hosted_document (
    tenant_id text not null references rw_tenant (id),
    id text not null,
    name text not null,
    token text not null,
    content text not null,
    created_at -- @time not null,
    updated_at -- @time not null,
    primary key (tenant_id, id)
);
create unique index rw_hosted_document_token on rw_hosted_document (token);
