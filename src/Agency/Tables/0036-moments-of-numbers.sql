-- When somebody of the agency disabled or enabled the number last.
alter table agency_phone_numbers add column status_at -- @time;
