-- By what a carrier calls an event that it tells; null where it calls it nothing, and for the provider of voices.
alter table webhook_logs add column event_id text;
create index webhook_logs_event on webhook_logs (tenant_id, event_id, received_at) where event_id is not null;
-- Until then somebody makes what the agency is to have at its carrier.
alter table agency_integrations add column telephony_busy_until -- @time;
