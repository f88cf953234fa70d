-- How many calls at a time the numbers of an account may have that are paid by channel, by zone. Null: as many as the account may have.
alter table rw_tenant add column voice_channels -- @json;
