-- Several messages of one call in one row, as a list; null for a row that is one.
alter table rw_trace add column entries -- @json;
