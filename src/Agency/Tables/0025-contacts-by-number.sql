-- All that an agency has of a number.
create index campaign_contacts_phone on campaign_contacts (tenant_id, phone_number);
