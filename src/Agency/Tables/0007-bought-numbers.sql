-- Numbers that the agency has bought from the operator's stock, and given back.
alter table agency_phone_numbers add column order_id text;
alter table agency_phone_numbers add column customer_reference text;
alter table agency_phone_numbers add column purchased_at -- @time;
alter table agency_phone_numbers add column released_at -- @time;
