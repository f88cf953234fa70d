-- What numbers, connections, profiles and SIP users are belongs to no dialect: it is in the columns. Each dialect keeps a document of its own beside them, in "doc", under its own name.
-- All that was written so far was Telnyx's.
update rw_outbound_profile set doc = cast('{"telnyx":' || cast(doc as text) || '}' as -- @json);
update rw_connection set doc = cast('{"telnyx":' || cast(doc as text) || '}' as -- @json);
update rw_number set doc = cast('{"telnyx":' || cast(doc as text) || '}' as -- @json);
update rw_sip_credential set doc = cast('{"telnyx":' || cast(doc as text) || '}' as -- @json);

-- Which dialects' documents are there, table by table: one that is new gets its own written at the next start.
create table rw_face (
    dialect text not null,
    table_name text not null,
    primary key (dialect, table_name)
);
insert into rw_face (dialect, table_name) values ('telnyx', 'rw_outbound_profile'), ('telnyx', 'rw_connection'), ('telnyx', 'rw_number'), ('telnyx', 'rw_sip_credential');

-- What only the document knew, and calls are routed by, or another dialect asks for.
alter table rw_number add column is_ported_out boolean not null default false;
update rw_number set is_ported_out = true where doc -> 'telnyx' ->> 'status' = 'ported-out';
alter table rw_number add column country text;
update rw_number set country = doc -> 'telnyx' ->> 'country_iso_alpha2';
alter table rw_outbound_profile add column tags -- @json not null default '[]';
update rw_outbound_profile set tags = doc -> 'telnyx' -> 'tags' where doc -> 'telnyx' ->> 'tags' like '[%';

-- What commands the calls of a connection.
alter table rw_connection add column application_kind text not null default 'webhook';
alter table rw_connection add column application_target text not null default '';
