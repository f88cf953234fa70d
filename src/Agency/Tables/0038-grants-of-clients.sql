-- What users of the client may, in place of what the table of permissions says; null for nothing.
alter table clients add column permissions -- @json;
