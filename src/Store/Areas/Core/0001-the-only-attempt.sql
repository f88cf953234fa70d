-- Nearly every message is done with its first attempt, which stands in the row of the delivery then; its times and its status are the delivery's.
-- Null: the attempts have rows of their own, as all had before.
alter table rw_delivery add column attempt_url text;
alter table rw_delivery add column attempt_errors -- @json;
alter table rw_delivery add column attempt_request_headers -- @json;
alter table rw_delivery add column attempt_response_status integer;
alter table rw_delivery add column attempt_response_headers -- @json;
alter table rw_delivery add column attempt_response_body text;
