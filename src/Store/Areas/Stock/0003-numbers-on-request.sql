-- The operator decides on each order of these, at his desk.
alter table rw_stock_number add column is_on_request boolean not null default false;
