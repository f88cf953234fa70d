-- Whose rules texts from and to a number follow; null takes no part in texts.
alter table rw_number add column messaging_profile text;
