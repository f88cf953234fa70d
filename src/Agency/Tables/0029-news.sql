-- What has happened since a moment, for whoever is told of it.
create index calls_analyzed on calls (tenant_id, analyzed_at) where analyzed_at is not null;
create index campaign_contacts_completed on campaign_contacts (tenant_id, completed_at, id) where completed_at is not null;
create index provider_calls_updated on provider_calls (tenant_id, updated_at);
