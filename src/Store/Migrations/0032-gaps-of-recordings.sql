-- What is missing in a recording, because its disk stood still: a list of when each gap begins and how long it lasts; null for none.
alter table rw_recording add column gaps -- @json;
