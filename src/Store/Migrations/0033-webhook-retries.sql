-- Which schedule webhooks are tried again by: the application's (null takes the account's), the account's (null is short), and that of each message.
alter table rw_tenant add column webhook_retries -- @enum short|long;
alter table rw_connection add column webhook_retries -- @enum short|long;
alter table rw_delivery add column retries -- @enum short|long;
alter table rw_outbox add column retries -- @enum short|long not null default 'short';

-- When the long schedule ends, and when the URL that is not to be tried next may be (the first URL or the failover URL).
alter table rw_outbox add column retry_until -- @time;
alter table rw_outbox add column other_from -- @time;

-- Attempts of the next minute are found by their time; the others rest on disk.
create index rw_outbox_next on rw_outbox (next_at, seq) where next_at is not null;

-- Replays that wait for their first attempt, so that a replay of many goes no faster than they are taken.
create index rw_outbox_replay on rw_outbox (tenant_id) where attempts > 0 and next_at is null;
