-- SRTP on calls over the trunk.
alter table rw_trunk add column media_encryption text not null default 'disabled' check (media_encryption in ('disabled', 'optional', 'required'));
