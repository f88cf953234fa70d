-- Pictures and the like that go with texts, each account's by itself: they come and go with the text, in its transactions.
create table rw_text_media (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    content_type text not null,
    -- Base64.
    octets text not null,
    created_at -- @time not null
);
create index rw_text_media_age on rw_text_media (tenant_id, created_at, id);
