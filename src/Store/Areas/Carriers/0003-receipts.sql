-- Whether the carrier ever says what became of a text.
alter table rw_text_carrier add column has_receipts boolean not null default true;
