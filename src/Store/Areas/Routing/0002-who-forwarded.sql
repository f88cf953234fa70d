-- The header that tells a trunk who sent a call on.
alter table rw_trunk add column forwarded_by -- @enum diversion|history_info|both|none not null default 'diversion';
