-- Whoever shows how a list gets on reads what has changed since it looked. Rows as they were added are not in it: an import pays nothing.
create index rw_target_changed on rw_target (list_id, updated_at, id) where state <> 'idle' or updated_at > created_at;
