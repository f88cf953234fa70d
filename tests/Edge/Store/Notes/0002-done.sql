alter table rw_note add column is_done boolean not null default false;
