-- Nobody calls the contact before; null for as soon as its batch calls.
alter table campaign_contacts add column scheduled_for -- @time;
-- From -100 to 100: whoever has a higher one is called first, of those whom nobody has tried yet.
alter table campaign_contacts add column priority integer not null default 0;
-- What the agency's own system calls the contact.
alter table campaign_contacts add column external_id text;
create index campaign_contacts_external on campaign_contacts (tenant_id, external_id) where external_id is not null;
