-- What an account calls a number that it has proved to be its own, and when it said so; null where it has said nothing.
alter table rw_verified_number add column friendly_name text;
alter table rw_verified_number add column named_at -- @time;
