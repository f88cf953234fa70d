-- To whom an agent may hand a call on: names and numbers; null for nobody.
alter table agent_mappings add column transfers -- @json;
