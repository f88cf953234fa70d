-- A carrier of the agency's own: where it is asked and by which key (sealed), the key by which it signs, what the agency has there, and
-- since when the provider of voices calls by it.
alter table agency_integrations add column carrier_base_url text;
alter table agency_integrations add column carrier_key text;
alter table agency_integrations add column carrier_key_prefix text;
alter table agency_integrations add column carrier_public_key text;
alter table agency_integrations add column carrier_account text;
alter table agency_integrations add column carrier_added_at -- @time;
alter table agency_integrations add column carrier_validated_at -- @time;
alter table agency_integrations add column carrier_application text;
alter table agency_integrations add column carrier_profile text;
alter table agency_integrations add column telephony_at -- @time;
-- Which carrier has told it; null for the provider of voices.
alter table webhook_logs add column carrier text check (carrier in ('telnyx'));
