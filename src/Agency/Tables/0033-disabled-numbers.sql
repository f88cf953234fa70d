-- Somebody of the agency has said that nothing is to call from the number.
alter table agency_phone_numbers add column is_disabled boolean not null default false;
