-- How many agents, numbers, contacts and minutes its agency allows the client; null for no limit.
alter table clients add column limits -- @json;
