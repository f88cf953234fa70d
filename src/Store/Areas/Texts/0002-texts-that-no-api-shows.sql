-- What tells a code, and what its account has deleted, is shown by no API.
alter table rw_text add column is_hidden boolean not null default false;
-- What an account has promised is asked for before each text, and what has words for each account in each round of forgetting.
create index rw_text_promised on rw_text (tenant_id, currency) where due_at is not null;
create index rw_text_words on rw_text (tenant_id, received_at, id) where words <> '';
