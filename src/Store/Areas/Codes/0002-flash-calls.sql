-- A call that only rings: the number that it is from ends with the code.
alter table rw_sent_code add column is_flash boolean not null default false;
