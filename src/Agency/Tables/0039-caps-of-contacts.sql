-- Attempts that one number may get on a day; null for as many as anybody likes.
alter table campaigns add column daily_attempt_cap integer default 1;
