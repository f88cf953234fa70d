-- Calls a day that batches begin from the number at most; null for as many as anybody likes.
alter table agency_phone_numbers add column daily_call_cap integer check (daily_call_cap > 0);
