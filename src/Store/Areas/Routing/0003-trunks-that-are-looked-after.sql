-- How often a trunk is asked by OPTIONS whether it is there (seconds; 0: never), which answers to an INVITE lead to the next trunk, and how many calls it gets
-- and brings, at a time and in a second (null: as many as there are).
alter table rw_trunk add column probe_seconds integer not null default 60;
alter table rw_trunk add column next_trunk_on -- @json not null default '["5xx"]';
alter table rw_trunk add column calls_per_second integer;
alter table rw_trunk add column inbound_channel_limit integer;
alter table rw_trunk add column inbound_calls_per_second integer;
