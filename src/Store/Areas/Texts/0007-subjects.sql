-- What stands above a text with files; it is kept as long as the words are, and found by the same round of forgetting.
alter table rw_text add column subject text not null default '';
create index rw_text_subjects on rw_text (tenant_id, received_at, id) where subject <> '';
