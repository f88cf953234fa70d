-- How a number has done of late is asked for with each page of numbers.
create index rw_text_sent on rw_text (tenant_id, sender, received_at) where direction = 'outbound';
create index rw_text_come on rw_text (tenant_id, recipient, received_at) where direction = 'inbound';
