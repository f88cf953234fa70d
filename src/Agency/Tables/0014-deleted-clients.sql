-- Since when a client is gone; its row stays for calls, charges and consents, which name it.
alter table clients add column deleted_at -- @time;
