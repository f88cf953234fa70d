-- Its calls try something out, and are in no figure.
alter table call_batches add column is_test boolean not null default false;
create index call_batches_test on call_batches (tenant_id) where is_test;
