-- An API that says whose a resource is looks for it without an account, and a login names none.
create index rw_resource_by_id on rw_resource (id, kind);
create index rw_resource_key_by_value on rw_resource_key (kind, field, value);
