-- By what a user's second factor is derived from the key of the node's tokens, by what the one that he has not shown yet, and the last
-- code that was taken: each is good once.
alter table users add column totp text;
alter table users add column totp_pending text;
alter table users add column totp_step integer;
