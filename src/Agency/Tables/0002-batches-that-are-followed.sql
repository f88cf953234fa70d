-- Of whom a batch that is over still calls.
create index campaign_contacts_calling on campaign_contacts (batch_id) where status = 'calling';
-- A client's campaigns have different names while they live.
create unique index campaigns_name on campaigns (tenant_id, client_id, lower(name)) where archived_at is null;
