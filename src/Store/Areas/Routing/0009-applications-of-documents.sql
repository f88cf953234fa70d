alter table rw_connection add column webhook_method text not null default 'POST';
alter table rw_connection add column status_url text;
alter table rw_connection add column status_method text not null default 'POST';
