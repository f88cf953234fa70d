-- What an agent says and asks that thinks by steps and not by a model; null for one without.
alter table agent_mappings add column script -- @json;
