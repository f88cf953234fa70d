-- Keys that a customer makes: how they are told apart, and until when they are good.
alter table rw_api_key add column detail text;
alter table rw_api_key add column prefix text;
alter table rw_api_key add column expires_at -- @time;
alter table rw_api_key add column updated_at -- @time;
