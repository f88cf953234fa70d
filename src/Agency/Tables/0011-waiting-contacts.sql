-- A campaign's contacts that no batch has: of each number one.
create unique index campaign_contacts_waiting on campaign_contacts (campaign_id, phone_number) where batch_id is null;
