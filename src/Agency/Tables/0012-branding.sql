-- How pages that are made for the agency look, as whoever makes them reads it.
alter table agencies add column branding -- @json;
