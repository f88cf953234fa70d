-- The account has proved that the number is its own, and its carrier keeps it: nothing but calls from it is here.
alter table agency_phone_numbers add column is_brought boolean not null default false;
