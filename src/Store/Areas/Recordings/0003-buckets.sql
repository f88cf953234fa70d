-- Where a recording is that was brought to the customer's own bucket; then there is no file of it here.
alter table rw_recording add column place -- @json;
