-- What whoever commanded an answered call has said that its end means: it may be called again.
alter table rw_attempt add column asked_reason text;
