-- Contacts of before whom the file says that nobody is to call: over by it, or when their calls are.
alter table imports add column taken_out integer not null default 0;
