-- How pages for the client look, in place of what its agency says of its own; null for as the agency's.
alter table clients add column branding -- @json;
