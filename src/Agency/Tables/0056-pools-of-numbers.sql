-- Further numbers from which the batch calls, as a list of their digits; null for from_number alone.
alter table call_batches add column from_pool -- @json;
