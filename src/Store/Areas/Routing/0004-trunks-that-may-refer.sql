-- Whoever is behind the trunk may transfer calls by REFER.
alter table rw_trunk add column may_refer boolean not null default false;
