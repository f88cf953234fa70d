-- Of the duplicates of the file: contacts who were there already, and over whom it was laid.
alter table imports add column updated integer not null default 0;
