alter table rw_connection add column webhook_failover_method text;
