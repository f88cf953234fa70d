-- A language model of the agency's own, which judges its calls: where it is asked, by which key (sealed), and what it is called there.
alter table agency_integrations add column llm_base_url text;
alter table agency_integrations add column llm_key text;
alter table agency_integrations add column llm_key_prefix text;
alter table agency_integrations add column llm_model text;
alter table agency_integrations add column llm_added_at -- @time;
-- Null where its server has no list of models, by which the key could be tried.
alter table agency_integrations add column llm_validated_at -- @time;
